"""Judge of the task `weights`: the expected loss of the blend on new customers."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.automl.redraw import NEW, panel
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.automl.metrics import expected_log_loss

TRAPS = {
    "in sample": "The weights come from rows that the members were trained on: they go to the one "
    "that learned them by heart.",
    "best member": "One member gets everything; others know what it does not.",
    "uniform": "All members count alike, the useless ones too.",
    "by rank": "The weights follow the ranks: members that say the same are counted several times.",
    "by loss": "The weights follow each member's own loss: what it adds to the others is not "
    "asked.",
}
MOST_ABOVE = 0.003
"""Nats above the best convex weights. Over 9 panels greedy selection, least squares without
negative weights and the likeliest weights are at most 0.003 above; the worst of three panels is
0.010 or more above with weights by loss, 0.011 with uniform ones, 0.040 with the best member, 0.316
with weights learned in sample. Draws in which a known mistake stays below
0.006, or the weights of the highest likelihood exceed 0.0015, are not used."""

SAME_TRAP = 1e-5
QUICK = 10.0
"""CPU-seconds of a call; the reference needs a tenth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Blend with the weights, and take the exact expected loss."""
    return each_case(
        instance, lambda case: _panel(answer, case), "The blend is as good as a blend can be."
    )


def _panel(answer: Any, case: Instance) -> Outcome:
    drawn = panel(case)
    raw = call(answer, drawn.in_sample, drawn.out_of_fold, drawn.y, seconds=QUICK)
    found = as_array(raw, "weights", (drawn.new.shape[1],))
    if (found < -1e-9).any() or abs(found.sum() - 1) > 1e-6:
        raise UnusableError(
            f"The weights sum to {found.sum():.6g}, and the least is {found.min():.3g}.",
            "They must be 0 or more, and sum to 1.",
        )
    above = expected_log_loss(drawn.chance, drawn.new @ np.maximum(found, 0)) - case["best"]
    words = f"The blend's log loss is {1000 * above:.1f} thousandths above that of the best weights"
    if above <= MOST_ABOVE:
        return passed(f"{words}.")
    return failed(
        f"{words}; {1000 * MOST_ABOVE:g} are allowed.",
        on=f"{drawn.new.shape[1]} members, {NEW:,} new customers",
        next_step="Minimise the log loss of the blend itself, on predictions that no member made "
        "of its own training rows.",
        misconception=trap(above, case["traps"], TRAPS, SAME_TRAP),
    )


TASK = Task(
    "weights",
    10,
    judge,
    (
        "Which of the two tables tells how good a member is on customers it has not met?",
        "scipy.optimize.minimize with bounds (0, 1) and the constraint that weights sum to 1.",
        "Or add members one at a time, with repetition, each time the one that helps the blend "
        "most.",
    ),
    title="Weights of a blend",
    traps=TRAPS,
)
