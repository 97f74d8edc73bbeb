"""Judge of the task `shapley`: exact contributions, to the log-odds and to the chance."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.explainable_ai.world.boxes import box

TRAPS = {
    "mean row": "Absent columns take the background's mean row; f of the mean is not the mean of "
    "f.",
    "swings": "Every coalition counts the same. There are more of middle size, so each of these "
    "counts less.",
    "alone": "Each column is tried alone; what it does together with others is nobody's.",
    "last": "Each column is taken away from the full row alone.",
    "share": "The contributions to the log-odds were scaled to the chance; contributions do not "
    "survive a curve.",
    "curve of mean": "The chance of the mean log-odds was taken, not the mean chance.",
}
TOLERANCE = 1e-8
"""Exact ways differ by 1e-13. A thousand sampled orders are 0.001 or more off, shap's defaults 1e-5
or more where it samples; known mistakes 0.001 or more, by the draw."""

QUICK = 30.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare both rows with the values of all coalitions."""
    return each_case(
        instance, lambda case: _row(answer, case), "Exact on both scales, for every column."
    )


def _row(answer: Any, case: Instance) -> Outcome:
    x, background = np.array(case["x"]), np.array(case["background"])
    raw = call(answer, box(case["parts"]), x, background, seconds=QUICK)
    found = as_array(raw, "contributions", (2, len(x)))
    for row, words in enumerate(("log-odds", "chance")):
        values, right = found[row], np.array(case[("margin", "chance")[row]])
        off = np.abs(values - right)
        if off.max() > TOLERANCE:
            worst = int(off.argmax())
            return failed(
                f"In the row of the {words} column {worst} has {values[worst]:.6g}; "
                f"{right[worst]:.6g} is right.",
                on=f"{len(x)} columns, {len(background)} background rows",
                next_step=_next_step(values, right),
                misconception=trap(
                    values,
                    {key: both[row] for key, both in case["traps"].items()},
                    TRAPS,
                    TOLERANCE,
                ),
            )
    return passed("")


def _next_step(values: np.ndarray, right: np.ndarray) -> str:
    if np.abs(values - right).max() < 0.05 and abs(values.sum() - right.sum()) < TOLERANCE:
        return "The sum is right and each part is near: do not sample, go through all coalitions."
    return "Try a box of two columns by hand: four coalitions, two orders."


TASK = Task(
    "shapley",
    15,
    judge,
    (
        "A coalition's value: put x's values into its columns of every background row, and take "
        "the mean of f.",
        "A coalition S without column i has the weight |S|! (M - |S| - 1)! / M!.",
        "For the second row the same, with the chance 1 / (1 + exp(-f)) taken before the mean.",
    ),
    title="Exact contributions",
    traps=TRAPS,
)
