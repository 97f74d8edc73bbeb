"""Judge of the task `counterfactual`: allowed, approved, and the cheapest there is."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.explainable_ai.world.advice import as_applicant, broken_rule, price
from labkit.trends.explainable_ai.world.boxes import box

MOST = 1.001
"""Times the least cost. By the draw, changes one column at a time, the most gain a cost, and the
fewest steps cost 1.01 times as much or more with some applicant of every bank."""

QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Try the rules, the bank's score and the cost, of every applicant."""
    return each_case(
        instance, lambda case: _advice(answer, case), "Allowed, approved and cheapest, for all."
    )


def _advice(answer: Any, case: Instance) -> Outcome:
    applicant, f = as_applicant(case), box(case["parts"])
    raw = call(
        answer, f, applicant.x, applicant.grid, applicant.costs, applicant.rules, seconds=QUICK
    )
    row = as_array(raw, "row", applicant.x.shape)
    on = f"an applicant with x = {np.array2string(applicant.x, precision=2)}"
    if broken := broken_rule(applicant, row):
        return failed(
            f"The advice is not allowed: {broken}.",
            on=on,
            next_step="Leave out every candidate that breaks a rule before you look for the "
            "cheapest.",
        )
    cost, unchanged = price(applicant, row), bool(np.allclose(row, applicant.x))
    if case["best"] < 0:
        if unchanged:
            return passed("")
        return failed(
            "Nothing that is allowed gets approved here; then x itself is asked for.",
            on=on,
            next_step="Return x where no candidate is left.",
        )
    if unchanged or f(row[None])[0] < 0:
        return failed(
            f"The score of the row is {f(row[None])[0]:.3g}: it is refused. There is an allowed "
            f"way that costs {case['best']:.4g}.",
            on=on,
            next_step="Columns act together. Try whole rows, with the tied columns where the "
            "others bring them.",
        )
    if cost > MOST * case["best"]:
        return failed(
            f"The advice costs {cost:.4g}; the cheapest that is allowed costs {case['best']:.4g}.",
            on=on,
            next_step="The candidates are a few thousand: ask f about all of them at once.",
        )
    return passed("")


TASK = Task(
    "counterfactual",
    15,
    judge,
    (
        "Which columns can move at all? The others have one value.",
        "itertools.product, or np.meshgrid, gives every combination. Then put the tied columns "
        "where the moves bring them.",
        "Keep those with f(rows) >= 0, and take the one whose costs sum to the least.",
    ),
    title="A change that would have been enough",
)
