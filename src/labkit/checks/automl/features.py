"""Judge of the task `features`: exact at every cut-off, whatever comes after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.automl.redraw import events
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

NAMES = ("count", "sum", "days since", "above the mean")
TRAPS = {
    "cut-off included": "What was booked on the day of the cut-off counts, but came after it.",
    "bookings ignored": "A purchase counts from the day it was made; it was not in the table yet.",
    "edge left out": "The window begins on the day of cut-off minus window, and that day counts.",
    "whole life": "Count and sum are of the whole life, not of the window.",
    "mean of all time": "The mean of all customers is taken over purchases that came later.",
}
TOLERANCE, SAME_TRAP = 1e-6, 1e-9
QUICK = 10.0
"""CPU-seconds of a call; the reference needs a tenth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare all features of all cut-offs."""
    return each_case(
        instance, lambda case: _shop(answer, case), "Every feature could be known at its cut-off."
    )


def _shop(answer: Any, case: Instance) -> Outcome:
    bought, cutoffs = events(case)
    right = np.array(case["features"])
    raw = call(answer, bought, cutoffs, case["window"], seconds=QUICK)
    found = as_array(raw, "features", right.shape)
    off = np.abs(found - right) > TOLERANCE
    if not off.any():
        return passed("")
    row, column = (int(place) for place in np.argwhere(off)[0])
    cutoff = cutoffs.iloc[row]
    return failed(
        f"{off.any(axis=1).sum()} of {len(right)} cut-offs are not right: '{NAMES[column]}' is "
        f"{found[row, column]:.6g}, {right[row, column]:.6g} is right.",
        on=f"customer {cutoff['customer']}, cut-off on day {cutoff['day']}",
        next_step="Keep the purchases booked before the cut-off, then compute everything from "
        "these alone.",
        misconception=trap(found.sum(axis=0), case["traps"], TRAPS, SAME_TRAP),
    )


TASK = Task(
    "features",
    15,
    judge,
    (
        "What stood in the table when the model would have been asked?",
        "For each cut-off: known = events[events['booked'] < day]. Everything comes from it.",
        "Days since the last purchase, and the mean, look at the customer's whole known past.",
    ),
    title="Features at a cut-off",
    traps=TRAPS,
)
