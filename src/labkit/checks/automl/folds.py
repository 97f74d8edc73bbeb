"""Judge of the task `folds`: every row in the right place, and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.automl.redraw import rows
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_list, as_parts
from labkit.exercise.task import Instance, Task, each_case

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a hundredth."""

STEP = "Write down for one block its first day, then ask of a row what was known on that day."


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare every fold with the only one that fits the rules."""
    return each_case(instance, lambda case: _table(answer, case), "Every fold could be lived.")


def _table(answer: Any, case: Instance) -> Outcome:
    table = rows(case)
    customer, day = table["customer"].to_numpy(), table["day"].to_numpy()
    raw = call(answer, customer, day, case["wait"], case["length"], case["k"], seconds=QUICK)
    for place, (fold, right) in enumerate(
        zip(as_list(raw, "folds", case["k"]), case["folds"], strict=True)
    ):
        train, test = (_numbers(part, len(day)) for part in as_parts(fold, ("train", "test")))
        on = f"fold {place + 1} of {case['k']}, {len(day)} rows"
        if set(test) != set(right[1]):
            return failed(
                f"The test block has {len(test)} rows; {len(right[1])} are right.",
                on=on,
                next_step=f"The last block ends with the last day, {day.max()}; each is "
                f"{case['length']} days long, and the earliest comes first.",
            )
        first = day.max() + 1 - (case["k"] - place) * case["length"]
        if words := _leak(train, test, customer, day, case["wait"], int(first)):
            return failed(
                f"{len(train)} rows to train on, and not all of them could be used.",
                on=on,
                next_step=STEP,
                misconception=words,
            )
        if missing := len(set(right[0]) - set(train)):
            return failed(
                f"{missing} rows that could be trained on are left out.", on=on, next_step=STEP
            )
    return passed("")


def _numbers(value: Any, n: int) -> NDArray[np.int64]:
    found = as_array(as_list(value, "row numbers"), "row numbers", (None,))
    if ((found != np.floor(found)) | (found < 0) | (found >= n)).any():
        raise UnusableError(
            f"Row numbers are whole and lie between 0 and {n - 1}.",
            "np.flatnonzero turns a mask into row numbers.",
        )
    if len(np.unique(found)) < len(found):
        raise UnusableError("A row stands twice in a part of a fold.", "Name every row once.")
    return found.astype(np.int64)


def _leak(
    train: NDArray[np.int64],
    test: NDArray[np.int64],
    customer: NDArray[np.int64],
    day: NDArray[np.int64],
    wait: int,
    first: int,
) -> str:
    """What a row to train on knows that nobody could know, in words; "" where there is none."""
    if (day[train] >= first).any():
        return "Rows from the block's own days or later are trained on: the future."
    if (day[train] + wait > first).any():
        return "The label of a row comes only after its wait; until then nobody could train on it."
    if (day[train] + wait == first).any():
        return "A label that comes on the block's first day comes too late for its model."
    if np.isin(customer[train], customer[test]).any():
        return "A customer stands on both sides, so the model may recognise the person."
    return ""


TASK = Task(
    "folds",
    10,
    judge,
    (
        "Three rules hold for a row to train on: its day, its label's day, its customer.",
        "With `first` the first day of a block: day + wait < first.",
        "np.isin(customer, customer[test]) finds the rows of customers in the block.",
    ),
    title="Folds that could be lived",
)
