"""Right and wrong answers of task `plan`, which prove its judge."""

from __future__ import annotations

import numpy as np

from labkit.trends.personalization.world import loyalty


def _estimates(log):
    """The viewer's numbers, counted with weights instead of masks."""
    genre, bait = np.divmod(log["action"], 2)
    same = genre == log["last"]
    fatigue = np.where(same, 1 + log["twice"], 0)
    cell = (genre * 2 + bait) * 3 + fatigue
    n = np.bincount(cell, minlength=36).reshape(6, 2, 3)
    hits = np.bincount(cell, log["watched"], 36).reshape(6, 2, 3)
    fresh = hits[:, :, 0] / n[:, :, 0]
    taste = fresh[:, 0]
    lift = float((fresh[:, 1] - taste).mean())
    expected = (taste[:, None] + lift * np.arange(2))[:, :, None] * n[:, :, 1:]
    tired = hits[:, :, 1:].sum(axis=(0, 1)) / expected.sum(axis=(0, 1))
    step = log["then"] - log["satisfaction"]
    inner = (log["satisfaction"] > 0) & (log["satisfaction"] < 6)
    seen = log["watched"] == 1
    up = [np.mean(step[inner & seen & (log["action"] == 2 * g)] > 0) for g in range(6)]
    leave = np.bincount(log["then"], log["left"], 7) / np.bincount(log["then"], minlength=7)
    return loyalty.Viewer(
        taste, np.array(up), tired, leave, lift,
        float(np.mean(step[inner & ~seen & (bait == 0)] < 0)),
        float(np.mean(step[inner & seen & (bait == 1)] < 0)),
    )  # fmt: skip


def _solved(watch, moves, discount=1.0):
    """Policy iteration."""
    rows, policy = np.arange(len(watch)), watch.argmax(axis=1)
    for _ in range(50):
        stay = discount * moves[rows, policy]
        worth = np.linalg.lstsq(np.eye(len(watch)) - stay, watch[rows, policy], rcond=None)[0]
        found = (watch + discount * moves @ worth).argmax(axis=1)
        if np.array_equal(found, policy):
            break
        policy = found
    return policy.reshape(loyalty.SHAPE)


def policy_iteration(log):
    return _solved(*loyalty.transitions(_estimates(log))).tolist()


def nearly_undiscounted(log):
    """Value iteration with a discount of 0.999."""
    watch, moves = loyalty.transitions(_estimates(log))
    worth = np.zeros(len(watch))
    for _ in range(800):
        worth = np.max(watch + 0.999 * moves @ worth, axis=1)
    return np.argmax(watch + 0.999 * moves @ worth, axis=1).reshape(loyalty.SHAPE)


def next_click(log):
    return loyalty.transitions(_estimates(log))[0].argmax(axis=1).reshape(loyalty.SHAPE)


def never_bait(log):
    honest = loyalty.transitions(_estimates(log))[0][:, ::2]
    return 2 * honest.argmax(axis=1).reshape(loyalty.SHAPE)


def honest_plan(log):
    watch, moves = loyalty.transitions(_estimates(log))
    return 2 * _solved(watch[:, ::2], moves[:, ::2])


def bait_when_satisfied(log):
    policy = never_bait(log)
    policy[6] = next_click(log)[6]
    return policy


def short_sighted(log):
    """A discount of 0.5, as if a session had two items."""
    return _solved(*loyalty.transitions(_estimates(log)), discount=0.5)


def raw_counts(log):
    """Every state and action counted by itself."""
    shape = loyalty.SHAPE
    here = np.ravel_multi_index((log["satisfaction"], log["last"], log["twice"]), shape)
    genre = log["action"] // 2
    there = np.ravel_multi_index((log["then"], genre, (genre == log["last"]) * 1), shape)
    n, watch = np.zeros((84, 12)), np.zeros((84, 12))
    moves = np.zeros((84, 12, 84))
    np.add.at(n, (here, log["action"]), 1)
    np.add.at(watch, (here, log["action"]), log["watched"])
    np.add.at(moves, (here, log["action"], there), 1 - log["left"])
    n = np.maximum(n, 1)
    return _solved(watch / n, moves / n[:, :, None], discount=0.9999)


def most_watched(log):
    """One action for all states: the one that was watched most in the log."""
    n = np.bincount(log["action"], minlength=12)
    best = (np.bincount(log["action"], log["watched"], 12) / n).argmax()
    return np.full(loyalty.SHAPE, best)


def by_chance(log):
    return np.random.default_rng(0).integers(12, size=loyalty.SHAPE)


def _with_estimates(policy):
    """Answers of the task: the right estimates beside the policy."""
    return lambda log: (_estimates(log), policy(log))


def _planned_with(changed):
    """The best plan for estimates of which `changed` makes one wrong."""

    def plan(log):
        viewer = _estimates(log)
        wrong = {name: np.asarray(value) for name, value in changed(viewer, log).items()}
        viewer = viewer._replace(**wrong)
        return viewer, _solved(*loyalty.transitions(viewer))

    return plan


def lift_in_all_rows(viewer, log):
    """Tired viewers too: those who watch bait less, because they have seen the genre."""
    bait = log["action"] % 2 == 1
    same = log["action"] // 2 == log["last"]
    return {"lift": log["watched"][bait & same].mean() - log["watched"][~bait & ~same].mean()}


def steps_for_chances(viewer, log):
    """The share of steps up among all rows of a genre, watched or not."""
    step = log["then"] - log["satisfaction"]
    return {"up": np.array([np.mean(step[log["action"] == 2 * g] > 0) for g in range(6)])}


def tired_rows_by_a_constant(viewer, log):
    """All rows of a genre, and a constant from home for those in which it tired."""
    rows = [log["watched"][log["action"] == 2 * genre] for genre in range(6)]
    return {"taste": [row.mean() / 0.943 for row in rows]}


def one_fatigue(viewer, log):
    """One number for viewers who saw the genre once and for those who saw it twice."""
    genre, bait = np.divmod(log["action"], 2)
    same = genre == log["last"]
    fresh = viewer.taste[genre] + viewer.lift * bait
    return {"tired": np.full(2, log["watched"][same].sum() / fresh[same].sum())}


def goodwill(log):
    """Honest items that most probably add satisfaction, and bait for the most satisfied."""
    viewer = _estimates(log)
    watch = loyalty.transitions(viewer)[0]
    policy = 2 * (watch[:, ::2] * viewer.up).argmax(axis=1).reshape(loyalty.SHAPE)
    policy[6] = watch.argmax(axis=1).reshape(loyalty.SHAPE)[6]
    return policy


def _share(name, of, where=None):
    """One estimate from all rows that seem to tell of it."""

    def changed(viewer, log):
        log = log | {"genre": log["action"] // 2, "bait": log["action"] % 2 == 1}
        log["fell"] = log["then"] < log["satisfaction"]
        rows = np.ones(len(log["left"]), bool) if where is None else where(log)
        return {name: of(log, rows)}

    return changed


MISCOUNTED = {
    "leaving by the satisfaction before": (
        _share("leave", lambda log, _: [np.mean(log["left"][log["satisfaction"] == k])
                                        for k in range(7)]),
        "after the move",
    ),
    "misses at zero": (
        _share("miss", lambda log, at: log["fell"][at].mean(),
               lambda log: ~log["bait"] & (log["watched"] == 0)),
        "nothing of `miss`",
    ),
    "falls at zero": (
        _share("down", lambda log, at: log["fell"][at].mean(),
               lambda log: log["bait"] & (log["watched"] == 1)),
        "nothing of `down`",
    ),
    "lift with tired viewers": (
        _share("lift", lambda log, at: log["watched"][at].mean() - log["watched"][~at].mean(),
               lambda log: log["bait"]),
        "bait lifts less",
    ),
    "taste with tired viewers": (
        _share("taste", lambda log, at: [np.mean(log["watched"][at & (log["genre"] == g)])
                                         for g in range(6)],
               lambda log: ~log["bait"]),
        "watch less of a genre",
    ),
}  # fmt: skip


def _one_step_ahead(worths):
    """The viewer's numbers are right; what a satisfaction is worth was found at home."""

    def policy(log):
        watch, moves = loyalty.transitions(_estimates(log))
        return (watch + moves @ np.repeat(worths, 12)).argmax(axis=1).reshape(loyalty.SHAPE)

    return policy


RIGHT = {
    "policy iteration": _with_estimates(policy_iteration),
    "value iteration": _with_estimates(nearly_undiscounted),
}

WRONG = {
    "next click": (_with_estimates(next_click), "of the items that the best one has"),
    "never bait": (_with_estimates(never_bait), "of the items that the best one has"),
    "the best without bait": (_with_estimates(honest_plan), ""),
    "bait when satisfied": (
        _with_estimates(bait_when_satisfied),
        "",
    ),
    "two items ahead": (_with_estimates(short_sighted), "of the items that the best one has"),
    "one step ahead, to worths from home": (
        _with_estimates(_one_step_ahead([2.7, 4.3, 6.5, 8.6, 10.3, 11.6, 12.6])),
        "",
    ),
    "one step ahead, an item a level": (_with_estimates(_one_step_ahead(range(7))), ""),
    "raw counts": (_with_estimates(raw_counts), "of the items that the best one has"),
    "goodwill": (_with_estimates(goodwill), ""),
    **{name: (_planned_with(changed), words) for name, (changed, words) in MISCOUNTED.items()},
    "most watched": (_with_estimates(most_watched), "of the items that the best one has"),
    "by chance": (_with_estimates(by_chance), "of the items that the best one has"),
    "bait in tired rows": (_planned_with(lift_in_all_rows), "lift is"),
    "tired rows made up for by a constant": (_planned_with(tired_rows_by_a_constant), "taste["),
    "one fatigue for both": (_planned_with(one_fatigue), ""),
    "steps for chances": (_planned_with(steps_for_chances), "up["),
}

HARMLESS = {
    "constant: … (log['satisfaction'] > 0) & (log['satisfaction']… -> "
    "… (log['satisfaction'] > 1) & (log['satisfaction']…": "inner levels all tell the same",
    "constant: … (log['satisfaction'] < 6) -> … (log['satisfaction'] < 5)": (
        "inner levels all tell the same"
    ),
    "constant: for _ in range(500): -> *": "the values have settled long before",
}
