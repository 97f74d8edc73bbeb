"""Task `plan`: estimates of how viewers behave, and a policy, judged by its exact value."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.personalization.redraw import steps, viewer
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_choices, as_number, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.personalization.world import loyalty

SHARE = 0.95
"""Of the optimum. Plans from estimated parts reach .978 to 1.000 (24 worlds), the exact hand rules
at most .925 where the audience hardly tires, raw counts .20 to .91 and .84 in the worse of two (50
exams), chance .53 to .78."""

NEAR = {
    "taste": 0.025,
    "up": 0.06,
    "tired": 0.08,
    "leave": 0.02,
    "lift": 0.012,
    "miss": 0.008,
    "down": 0.011,
}
"""How far each estimate may be off: about twice the most of 24 worlds, which is .014 (taste), .023
(up), .036 (tired), .011 (leave), .008 (lift), .005 (miss) and .006 (down)."""

SHAPES = {"taste": (loyalty.GENRES,), "up": (loyalty.GENRES,), "tired": (2,)}
SHAPES["leave"] = (loyalty.LEVELS,)

MISSED = 0.01
"""Items. Policy iteration and 100 sweeps of value iteration miss nothing, a discount of .999 at
most .004 (60 viewers); one of .95 misses .11 and more. Looking one step ahead to worths from
elsewhere misses .02 and more where the audience hardly tires."""

MISCOUNTED = {
    "taste": "Tired viewers are counted too: they watch less of a genre that they like as much.",
    "lift": "Tired viewers are counted too: bait lifts less for them.",
    "leave": "Leaving depends on the satisfaction after the move, `then`.",
    "miss": "At satisfaction 0 nothing can fall: those rows tell nothing of `miss`.",
    "down": "At satisfaction 0 nothing can fall: those rows tell nothing of `down`.",
}

SAME_TRAP = 1e-4

SECONDS = 30.0
"""CPU-seconds of a call; the reference needs a tenth of one."""

TRAPS = {
    "next click": "This shows what is watched most probably now. Bait is, and it drives viewers "
    "away.",
    "never bait": "This never baits and shows the genre that is watched most probably now: "
    "satisfaction has a price, and so has a fresh genre.",
    "honest plan": "This is the best plan without bait. A viewer who is full of goodwill can "
    "afford some.",
    **{
        f"bait from {level}": "Bait from one satisfaction on, and otherwise what is watched most "
        "probably now: genres differ in how many viewers they make stay."
        for level in range(3, loyalty.LEVELS)
    },
    **{
        f"goodwill to {level}": "This shows honest items that most probably add satisfaction, and "
        "bait from one level on. What a step is worth depends on how many items are still to come."
        for level in range(3, loyalty.LEVELS + 1)
    },
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the estimates, and value the policy, in the world from which the log came."""

    def one(case: Instance) -> Outcome:
        log = steps(case)
        raw = call(answer, log._asdict(), seconds=SECONDS)
        estimates, raw_policy = as_parts(raw, ("viewer", "policy"))
        truth, found = viewer(case), _read(as_parts(estimates, loyalty.Viewer._fields))
        fault = _estimates(found, truth, case)
        if fault:
            return fault
        table = as_array(raw_policy, "policy", loyalty.SHAPE)
        policy = as_choices(table.ravel(), "policy", table.size, range(loyalty.ACTIONS))
        share = loyalty.value(truth, policy) / case["best"]
        if share >= SHARE:
            return _planned(found, policy) or passed("")
        return failed(
            f"A session under this policy has {share:.1%} of the items that the best one has; "
            f"{SHARE:.0%} is asked.",
            on=f"a log of {case['steps']:,} steps; the best policy: {case['best']:.1f} items a "
            "session",
            next_step="Estimate the few numbers that the world is made of, each from all rows that "
            "tell of it; then plan until the viewer leaves.",
            misconception=trap(share, case["traps"], TRAPS, SAME_TRAP),
        )

    return each_case(instance, one, "The plan looks beyond the next click.")


def _read(parts: list[Any]) -> loyalty.Viewer:
    """The estimates, each in the shape of the world's own."""
    return loyalty.Viewer._make(
        as_array(part, name, SHAPES[name]) if name in SHAPES else as_number(part, name)
        for name, part in zip(loyalty.Viewer._fields, parts, strict=True)
    )


def _planned(found: loyalty.Viewer, policy: np.ndarray) -> Outcome | None:
    """Whether the policy is the best one in the world of the learner's own estimates."""
    missed = loyalty.missed(found, policy)
    if missed <= MISSED:
        return None
    return failed(
        f"By your own estimates, one other action in some state promises {missed:.3f} items more, "
        f"with your policy followed after it; at most {MISSED:g} is allowed.",
        on="the decision process of your estimates",
        next_step="Solve worth = max over actions of watch + moves @ worth, without discount, "
        "until nothing changes.",
        misconception="What satisfaction is worth differs from viewer to viewer: it follows from "
        "these estimates, and no table from elsewhere has it.",
    )


def _estimates(found_all: loyalty.Viewer, truth: loyalty.Viewer, case: Instance) -> Outcome | None:
    for name, near in NEAR.items():
        right, found = (np.asarray(getattr(one, name), float) for one in (truth, found_all))
        off = np.abs(found - right)
        if off.max() > near:
            place = int(off.argmax())
            where = f"{name}[{place}]" if right.ndim else name
            return failed(
                f"{where} is {right.ravel()[place]:.3f}; you say {found.ravel()[place]:.3f}.",
                on="a log of random actions",
                next_step="Which rows of the log tell of this number, and of nothing else?",
                misconception=trap(
                    found.ravel(), {name: case["miscounts"].get(name)}, MISCOUNTED, SAME_TRAP
                )
                if name in MISCOUNTED
                else "",
            )
    return None


TASK = Task(
    "plan",
    15,
    judge,
    (
        "84 × 12 cells of 120 rows each are too few to count by themselves: in many of them nobody "
        "left, by luck. But leaving depends on the satisfaction alone, watching on genre, bait and "
        "fatigue.",
        "Away from 0 and 6, the step of the satisfaction tells `up` (by genre), `miss` and `down`.",
        "loyalty.transitions(viewer) of your estimates gives the decision process; policy or value "
        "iteration solves it: worth = watch + moves @ worth.",
    ),
    title="Beyond the next click",
    traps=TRAPS,
)
