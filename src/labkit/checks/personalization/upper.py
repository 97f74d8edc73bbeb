"""Task `upper`: upper bounds of what each title is worth to each visitor."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

CLOSE = 1e-8
"""How far a bound may be off. Inverse, linear system and singular values agree to 1e-13; some bound
of every known mistake is off by .02 and more."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs less than a thousandth."""

TRAPS = {
    "no root": "The bonus is a standard error: the square root of a variance is missing.",
    "greedy": "These are the estimates alone. What is not known yet is worth a look.",
    "all titles": "Every title learned from all visits; it was only shown in some of them.",
    "ridge of one": "The ridge is taken as 1, whatever is asked.",
    "lower": "These are lower bounds: they avoid what is not known yet.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare every bound."""

    def one(case: Instance) -> Outcome:
        x, visitors = np.array(case["features"]), np.array(case["visitors"])
        items, rewards = np.array(case["items"]), np.array(case["rewards"])
        settings = case["titles"], case["ridge"], case["width"]
        right = np.array(case["bounds"])
        raw = call(answer, x, items, rewards, visitors, *settings, seconds=QUICK)
        bounds = as_array(raw, "bounds", right.shape)
        off = np.abs(bounds - right)
        if off.max() <= CLOSE:
            return passed("")
        visitor, title = np.unravel_index(off.argmax(), off.shape)
        return failed(
            f"For visitor {visitor} and title {title}, shown {int((items == title).sum())} times, "
            f"the bound is {right[visitor, title]:.6f}; you say {bounds[visitor, title]:.6f}.",
            on=f"{len(items)} visits, {case['titles']} titles, ridge {case['ridge']:g}, width "
            f"{case['width']:g}",
            next_step="Try a title that was never shown: there the matrix is ridge times the "
            "identity, and the estimate 0.",
            misconception=trap(bounds, case["traps"], TRAPS, CLOSE),
        )

    return each_case(instance, one, "Every bound is that of the ridge regression of its title.")


TASK = Task(
    "upper",
    10,
    judge,
    (
        "For each title, keep only the visits in which it was shown. A = XᵀX + ridge · I, and the "
        "weights solve A w = Xᵀy.",
        "The variance of visitor x is proportional to xᵀ A⁻¹ x; the bonus is width times its root.",
    ),
    title="What it may be worth, at most",
    traps=TRAPS,
)
