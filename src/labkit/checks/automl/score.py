"""Judge of the task `score`: the exported model says the same on every row."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TRAPS = {
    "strict": "A value on the threshold goes to the left: the sign is <=.",
    "missing to the right": "Missing values go where `default_left` says; with missing_type "
    "'Zero' zeros go there too, with 'None' a missing value is a zero.",
    "numbers of shops": "The last feature is a name, not a size: a split on it lists its members.",
    "no link": "These are log-odds; the logistic function makes chances of them.",
    "single precision": "Values were rounded to 32 bits, which moves those on a threshold.",
    "zeros are not missing": "With missing_type 'Zero' a zero is missing too.",
    "mean of trees": "Trees are summed: each one corrects those before it.",
}
TOLERANCE, SAME_TRAP = 1e-9, 1e-10
QUICK = 10.0
"""CPU-seconds of a call; the reference needs a twentieth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare every row with LightGBM's own prediction."""
    return each_case(
        instance, lambda case: _model(answer, case), "The same on every row, as LightGBM says it."
    )


def _model(answer: Any, case: Instance) -> Outcome:
    rows = np.array(json.loads(case["rows"]), dtype=float)
    right = np.array(case["chances"])
    found = as_array(
        call(answer, json.loads(case["trees"]), rows, seconds=QUICK), "chances", right.shape
    )
    off = np.abs(found - right)
    if off.max() <= TOLERANCE:
        return passed("")
    worst = int(off.argmax())
    return failed(
        f"{(off > TOLERANCE).sum()} of {len(rows)} rows differ; in the worst you say "
        f"{found[worst]:.6f}, LightGBM {right[worst]:.6f}.",
        on=f"row {worst}: {np.array2string(rows[worst], precision=4)}",
        next_step="Follow this row by hand through the first tree.",
        misconception=trap(float(found.mean()), case["traps"], TRAPS, SAME_TRAP),
    )


TASK = Task(
    "score",
    15,
    judge,
    (
        "A node with `leaf_value` is an end; every other one has two children.",
        "Three questions a node: is it a split on a name, is the value missing here, is it <= ?",
        "Sum the leaves of all trees, then 1 / (1 + exp(-sum)).",
    ),
    title="An exported model that says the same",
    traps=TRAPS,
)
