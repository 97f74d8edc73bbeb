"""Judge of the task `leaks`: the columns that knew the outcome, in every review."""

from __future__ import annotations

from typing import Any

from labkit.checks.explainable_ai.redraw import ROWS, review
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.explainable_ai.world.reviews import Table

WRONGLY = {
    "strong": "It contributes most, and it pays in both tables.",
    "honest": "It pays in both tables.",
    "faded": "It pays less in production than in validation, but it still pays.",
    "moved": "Its values have moved, and it pays in both tables.",
    "masked": "Its correlation with default is gone in production, because it now goes against "
    "another column; next to that one it still pays.",
    "shadow": "The model does not use it: its contributions are all zero.",
    "useless": "It pays in neither table: it was learned by heart, but it did not leak.",
}
"""What is so about a column that was named and is no leak."""

QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the sets; by the draw every gain is three standard errors or more from zero."""
    return each_case(
        instance, lambda case: _review(answer, case), "The right columns in every review."
    )


def _review(answer: Any, case: Instance) -> Outcome:
    drawn = review(case)
    raw = call(
        answer,
        drawn.names,
        drawn.base,
        _parts(drawn.validation),
        _parts(drawn.production),
        seconds=QUICK,
    )
    found, right = as_names(raw, "leaks", drawn.names), set(case["leaks"])
    on = f"{len(drawn.names)} {'words' if case['is_text'] else 'columns'}, {ROWS:,} rows a table"
    if found == right:
        return passed("")
    if wrong := [name for name in drawn.names if name in found - right]:
        kind = case["roles"][drawn.names.index(wrong[0])]["kind"]
        return failed(
            f"'{wrong[0]}' is named, but it is no leak. {WRONGLY[kind]}",
            on=on,
            next_step="Take one contribution out of the sum: does the log loss rise, in validation "
            "and in production?",
        )
    return failed(
        f"Of {len(right)} leaks {len(right - found)} "
        f"{'is' if len(right - found) == 1 else 'are'} missing.",
        on=on,
        next_step="A leak pays in validation; in production the model is better without it.",
    )


def _parts(table: Table) -> tuple[Any, Any, Any]:
    return table.columns, table.contributions, table.default


TASK = Task(
    "leaks",
    15,
    judge,
    (
        "The model says base + contributions.sum(axis=1), in log-odds. How good is that in each "
        "table?",
        "And how good is it without the contribution of one column?",
        "A leak: the log loss rises in validation when it is taken out, and falls in production.",
    ),
    title="Columns that knew the outcome",
)
