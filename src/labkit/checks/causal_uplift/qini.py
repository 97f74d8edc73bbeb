"""Judge of the task `qini`: both areas, ties included."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.causal_uplift.asking import QUICK, ask
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import (
    as_array,
)
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TRAPS = {
    "row order": "Equal scores are taken in the order of the rows. They should enter together: "
    "one corner of the curve for each distinct score.",
    "ascending": "The curve begins with the lowest score; the highest comes first.",
    "random line kept": "The straight line of a random order has not been taken off the Qini area.",
    "not per customer": "The areas are those of totals; divide by the number of customers once "
    "more, so that they do not grow with the list.",
    "swapped": "The two numbers are swapped: the Qini coefficient comes first.",
}


CURVE_TOLERANCE = 1e-6


def judge(answer: Any, instance: Instance) -> Outcome:
    """Both areas of small experiments, to 1e-6."""
    return each_case(
        instance,
        lambda case: _experiment(answer, case),
        "Both areas are right, with and without equal scores.",
    )


def _experiment(answer: Any, case: Instance) -> Outcome:
    arrays = [np.array(case[name]) for name in ("score", "treated", "outcome")]
    pair = as_array(ask(answer, *arrays, seconds=QUICK), "pair of Qini and AUUC", (2,))
    expected = np.array([case["qini"], case["auuc"]])
    right = np.abs(pair - expected) <= CURVE_TOLERANCE
    if right.all():
        return passed("")
    words = " and ".join(
        f"{name} is {value:.6g} where {true:.6g} is right"
        for name, value, true, ok in zip(("Qini", "AUUC"), pair, expected, right, strict=True)
        if not ok
    )
    return failed(
        f"{words}.",
        on=f"{len(arrays[0])} customers, {case['words']}",
        next_step="Write down both curves of the first three distinct scores by hand, and compare.",
        misconception=trap(pair, case["traps"], TRAPS, 1e-6),
    )


TASK = Task(
    "qini",
    15,
    judge,
    (
        "Walk down the distinct scores, not the rows. numpy.unique with return_inverse, and "
        "bincount with weights, give the sums of each group.",
        "Cumulate four sums: people and outcomes, with and without the offer. Begin both "
        "curves at zero, and leave out corners at which one group is still empty.",
        "numpy.trapezoid(height, share) is the area; divide by the number of customers, and "
        "take half of the last height off for the Qini coefficient.",
    ),
    title="Qini and AUUC, by hand",
    traps=TRAPS,
)
