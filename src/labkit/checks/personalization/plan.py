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
at most .925, raw counts .28 to .71, chance .51 to .71."""

NEAR = {
    "taste": 0.05,
    "up": 0.08,
    "tired": 0.12,
    "leave": 0.05,
    "lift": 0.03,
    "miss": 0.03,
    "down": 0.03,
}
"""How far each estimate may be off: about twice the most of 60 worlds, which is .028 (taste), .047
(up), .065 (tired), .025 (leave), .012 (lift), .011 (miss) and .011 (down)."""

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
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the estimates, and value the policy, in the world from which the log came."""

    def one(case: Instance) -> Outcome:
        log = steps(case)
        raw = call(answer, log._asdict(), seconds=SECONDS)
        estimates, raw_policy = as_parts(raw, ("viewer", "policy"))
        fault = _estimates(as_parts(estimates, loyalty.Viewer._fields), viewer(case))
        if fault:
            return fault
        table = as_array(raw_policy, "policy", loyalty.SHAPE)
        policy = as_choices(table.ravel(), "policy", table.size, range(loyalty.ACTIONS))
        share = loyalty.value(viewer(case), policy) / case["best"]
        if share >= SHARE:
            return passed("")
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


def _estimates(parts: list[Any], truth: loyalty.Viewer) -> Outcome | None:
    for (name, near), part in zip(NEAR.items(), parts, strict=True):
        right = np.asarray(getattr(truth, name), float)
        found = as_array(part, name, right.shape) if right.ndim else np.array(as_number(part, name))
        off = np.abs(found - right)
        if off.max() > near:
            place = int(off.argmax())
            where = f"{name}[{place}]" if right.ndim else name
            return failed(
                f"{where} is {right.ravel()[place]:.3f}; you say {found.ravel()[place]:.3f}.",
                on="a log of random actions",
                next_step="Which rows of the log tell of this number, and of nothing else?",
            )
    return None


TASK = Task(
    "plan",
    15,
    judge,
    (
        "84 × 12 cells of 40 rows each are too few to count by themselves: in many of them nobody "
        "left, by luck. But leaving depends on the satisfaction alone, watching on genre, bait and "
        "fatigue.",
        "Away from 0 and 6, the step of the satisfaction tells `up` (by genre), `miss` and `down`.",
        "loyalty.transitions(viewer) of your estimates gives the decision process; policy or value "
        "iteration solves it: worth = watch + moves @ worth.",
    ),
    title="Beyond the next click",
    traps=TRAPS,
)
