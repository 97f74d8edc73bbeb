"""Secret instances of the lab on personalization: fair, and with references that hold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from catalogue import ROOT
from exams.personalization import evaluate, intent, planning, release, upper
from exams.personalization.broken_promises import JUST_ENOUGH
from labkit.checks.personalization import redraw, vendors
from labkit.checks.personalization.attack import told_apart
from labkit.checks.personalization.evaluate import NARROW, WIDE
from labkit.checks.personalization.plan import NEAR
from labkit.exercise.instances import draw
from labkit.trends.personalization import widgets
from labkit.trends.personalization.world import logs, loyalty, sessions, views


def drawn(task, seed):
    return draw(ROOT / "grader" / "exams", "personalization", task, seed)


def test_the_forward_filter_is_the_sum_over_all_paths_of_moods():
    known = sessions.draw_moods(np.random.default_rng(1))
    some = sessions.draw_session(np.random.default_rng(2), known, 6)
    weights = intent.likelihood(known, some)
    joint = np.zeros(3)
    for path in itertools.product(range(3), repeat=6):
        p = known.prior[path[0]] * weights[0, path[0]]
        for t in range(1, 6):
            p *= known.move[path[t - 1], path[t]] * weights[t, path[t]]
        joint[path[-1]] += p
    assert intent.forward(known, some)[-1] == pytest.approx(joint / joint.sum())
    assert intent.smoothed(known, some)[-1] == pytest.approx(joint / joint.sum())


def test_the_moods_of_the_exploration_are_those_of_the_filter():
    belief = widgets.KNOWN.prior
    for items in range(4):
        assert widgets.BELIEFS[items] == pytest.approx(belief, abs=1e-4)
        seen = sessions.Session(np.zeros(1, int), np.array([4]), np.array([1]))
        belief = intent.forward(widgets.KNOWN._replace(prior=belief), seen)[0] @ widgets.KNOWN.move


def test_the_estimates_of_a_title_are_those_of_scikit_learns_ridge():
    case = drawn("upper", 0)["cases"][0]
    x, y, items = (np.array(case[name]) for name in ("features", "rewards", "items"))
    mean, _ = upper.bounds(case)
    for title in set(items):
        model = Ridge(alpha=case["ridge"], fit_intercept=False)
        model.fit(x[items == title], y[items == title])
        assert mean[:, title] == pytest.approx(model.predict(np.array(case["visitors"])))


def test_the_estimators_agree_with_a_log_worked_out_by_hand():
    log = logs.Log(np.zeros(2, int), np.array([0, 1]), np.array([1, 0]), np.array([0.5, 0.25]))
    target, model = np.array([[0.8, 0.2]] * 2), np.array([[0.5, 0.1]] * 2)
    weight = evaluate.weights(log, target)
    assert weight == pytest.approx([1.6, 0.8])
    ips, snips, dr = evaluate.estimates(log, target, model, weight)
    assert (ips, snips) == pytest.approx((0.8, 1.6 / 2.4))
    assert dr == pytest.approx((0.42 + 1.6 * 0.5 + 0.42 - 0.8 * 0.1) / 2)
    assert evaluate.effective(weight) == pytest.approx(2.4**2 / 3.2 / 2)


@pytest.mark.parametrize("seed", range(2))
def test_estimates_are_right_on_average_where_the_log_is_enough(seed):
    for case in drawn("evaluate", seed)["cases"]:
        if case["enough"]:
            found = redraw.logged(case)
            dr = [
                evaluate.estimates(
                    log, found.new[log.kind], found.model[log.kind],
                    evaluate.weights(log, found.new[log.kind]),
                )[2]
                for log in found.logs
            ]  # fmt: skip
            assert np.mean(dr) == pytest.approx(case["truth"], abs=0.01)
            assert min(case["overlap"]) > 0.08
        else:
            assert max(case["overlap"]) < 0.035


def test_no_one_correlation_of_the_parts_gives_the_width_in_every_shop():
    """The parts of DR's terms vary together in one shop, and against each other in another."""
    cases = [case for case in drawn("evaluate", 0)["cases"] if case["enough"]]

    def wide(case, together):
        """A width from both parts' variances and this correlation, in right widths."""
        widths, known = [], redraw.logged(case)
        for log in known.logs:
            new, model = known.new[log.kind], known.model[log.kind]
            said = (new * model).sum(axis=1)
            missed = evaluate.terms(log, new, model, evaluate.weights(log, new)) - said
            square = said.var() + missed.var() + 2 * together * said.std() * missed.std()
            widths.append(2 * 1.96 * np.sqrt(square / len(said)))
        return np.mean(widths) / np.mean(case["widths"])

    for together in np.arange(-0.4, 0.45, 0.1):
        assert not all(NARROW <= wide(case, together) <= WIDE for case in cases)


def test_no_constant_makes_up_for_tired_rows_of_both_audiences():
    for seed in range(3):
        cases = drawn("plan", seed)["cases"]
        for kept in np.arange(0.85, 1.005, 0.01):
            off = [
                np.abs(np.array(case["miscounts"]["taste"]) / kept - redraw.viewer(case).taste)
                for case in cases
            ]
            assert np.max(off) > NEAR["taste"]


def test_policy_iteration_finds_no_better_action_anywhere_and_beats_every_hand_rule():
    """Bellman's equation: the worth of the optimum is the best of all actions in every state."""
    viewer = loyalty.draw_viewer(np.random.default_rng(3))
    watch, moves = loyalty.transitions(viewer)
    policy = planning.best(viewer).ravel()
    rows = np.arange(84)
    worth = np.linalg.solve(np.eye(84) - moves[rows, policy], watch[rows, policy])
    assert (watch + moves @ worth).max(axis=1) == pytest.approx(worth)
    ahead = np.zeros(84)
    for _ in range(2_000):
        ahead = (watch + moves @ ahead).max(axis=1)
    assert ahead == pytest.approx(worth)
    assert max(planning.hand_rules(viewer).values()) <= 1 + 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_no_hand_rule_and_no_raw_count_is_near_the_optimum(seed):
    cases = drawn("plan", seed)["cases"]
    for case in cases:
        known = planning.from_parts(redraw.steps(case))
        assert loyalty.value(redraw.viewer(case), known) >= 0.97 * case["best"]
    fresh = max(cases, key=lambda case: case["tired"][0])
    assert max(fresh["traps"].values()) <= 0.925
    raw = [
        loyalty.value(redraw.viewer(case), planning.from_raw_counts(redraw.steps(case)))
        / case["best"]
        for case in cases
    ]
    assert min(raw) <= 0.9


@pytest.mark.parametrize("seed", range(3))
def test_the_live_services_promise_a_quarter_more_at_the_bar(seed):
    for case in drawn("serve", seed)["cases"]:
        asked = case["static"] + 0.72 * (case["oracle"] - case["static"])
        assert asked >= 1.25 * case["static"]


def test_the_counts_to_be_met_are_those_of_a_loop_over_people():
    case = drawn("release", 0)["cases"][0]
    rows = redraw.viewed(case)
    kept = [rows[rows[:, 0] == person][: case["bound"]] for person in np.unique(rows[:, 0])]
    counts = np.bincount(np.concatenate(kept)[:, 1], minlength=case["titles"])
    assert release.counted(rows, case["titles"], case["bound"]) == counts.tolist()


def test_honest_vendors_are_not_accused_and_broken_promises_are_measured():
    case = drawn("broken_promises", 0)["cases"][0]
    rows = redraw.viewed(case)
    people, times = np.unique(rows[:, 0], return_counts=True)
    rare = rows[rows[:, 1] == np.bincount(rows[:, 1]).argmin(), 0][0]
    for kind in vendors.HONEST + vendors.BROKEN:
        vendor = vendors.vendor(kind, case["titles"], case["bound"], case["epsilon"])
        whole = vendor(rows, 8_000, 1)
        told = max(
            told_apart(whole, vendor(views.without(rows, int(who)), 8_000, 2))
            for who in (people[times.argmax()], rare)
        )
        assert (told > case["epsilon"]) == (kind in vendors.BROKEN)


def test_every_kind_of_broken_promise_is_in_every_exam():
    for seed in range(5):
        cases = drawn("broken_promises", seed)["cases"]
        assert {kind for case in cases for _, kind in case["vendors"]} >= set(vendors.BROKEN)
        assert all(0 < len(case["broken"]) < len(case["vendors"]) for case in cases)
        claims = [case["epsilon"] for case in cases]
        assert sorted(claim < 0.5 for claim in claims) == [False, True, True]
        for case in cases[1:]:
            assert {kind for _, kind in case["vendors"]} >= set(JUST_ENOUGH)


def test_beside_a_small_claim_chance_alone_moves_a_ratio_beyond_a_fixed_slack():
    def moved(epsilon: float, kind: str, seed: int) -> float:
        """The largest ratio of shares beyond fixed cuts, in logarithms and times the claim."""
        vendor = vendors.vendor(kind, 6, 4, epsilon)
        rows = views.draw_views(np.random.default_rng(seed))
        heaviest = int(np.bincount(rows[:, 0]).argmax())
        one, other = vendor(rows, 20_000, 1), vendor(views.without(rows, heaviest), 20_000, 2)
        cuts = np.quantile(other, [0.04, 0.1, 0.3, 0.5, 0.7, 0.9, 0.96], axis=0)
        sides = [(one > cut, other > cut) for cut in cuts]
        sides += [(one < cut, other < cut) for cut in cuts]
        ratios = [np.log(a.mean(axis=0) / b.mean(axis=0)) for a, b in sides]
        return float(np.abs(ratios).max() / epsilon)

    tables = list(itertools.product(JUST_ENOUGH, (1, 2, 3)))
    assert max(moved(1.0, *table) for table in tables) < 1.2
    assert max(moved(0.15, *table) for table in tables) > 1.2


def test_in_every_decision_the_known_mistakes_choose_something_else():
    for seed in range(5):
        for place, case in enumerate(drawn("decide", seed)["cases"]):
            # A wrong level of the interval shows in every other case.
            seldom = {"per cent as share", ("level of 99 %", "level of 90 %")[place % 2]}
            traps = [found for name, found in case["traps"].items() if name not in seldom]
            assert case["best"] not in traps
