"""Task 6, the guideline changes: bands under new limits and weights, without new labels.

The answer sees the guideline as Turtle text, so limits and weights must be read from it. The exact
chances stand in the instance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_probabilities
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.world.scores import BANDS

Floats = NDArray[np.float64]

EXACT = 1e-6

SECONDS = 60.0
"""CPU time of a call. The reference needs 0.05 s, visiting all combinations of twelve lesions in
plain Python 2 s."""

TRAPS = {
    "old limits": "These are the bands of the published limits. The new ones stand in the graph.",
    "old weights": "The limits are new, the weights are the published ones. Both stand in the "
    "graph.",
    "limit below": "The score just below a limit lies in the upper band. With 4.75, column 47 is "
    "still below and 48 is above: rules.bands(np.arange(columns)) cuts correctly.",
    "most likely": "All probability is on one band: the most likely findings stand for all others.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """The probabilities of the three bands under changed guidelines, to 1e-6."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "Every verdict follows the changed guideline, without new labels.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    beliefs, graph = redraw.stated_beliefs(case), redraw.changed_guideline(case)
    raw = call(answer, beliefs, guideline.to_turtle(graph), seconds=SECONDS)
    stated = as_probabilities(raw, "table of bands", (len(case["rows"]), len(BANDS)))
    expected = np.array(case["bands"])
    off = np.abs(stated - expected)
    if off.max() <= EXACT:
        return passed("")
    row, band = np.unravel_index(off.argmax(), off.shape)
    return failed(
        f"Lesion {row} is {BANDS[band]} with a chance of {stated[row, band]:.4f}; under this "
        f"guideline it is {expected[row, band]:.4f}.",
        on=f"{len(expected)} lesions, {case['words']}",
        next_step="Print guideline.read(guideline.load(turtle)). Hand its weights to your "
        "posterior, and cut the scores at its limits.",
        misconception=_trap_of(stated, case),
    )


def _trap_of(stated: Floats, case: Instance) -> str:
    if known := trap(stated, case["traps"], TRAPS, 1e-4):
        return known
    if np.abs(stated.sum(axis=1) - 1).max() > 1e-4:
        return "The three chances of a lesion do not sum to 1."
    return ""


TASK = Task(
    "adapt",
    10,
    judge,
    (
        "guideline.read(guideline.load(turtle)) has the weights in tenths and the limits.",
        "The beliefs do not change: what is seen is what it was. Only the rule does.",
        "Your posterior takes weights. Its length follows from them. A score above a limit "
        "belongs to the next band: with 4.75, column 47 is still below and 48 above. "
        "rules.bands(np.arange(columns)) does it for the guideline you have read.",
    ),
    title="The guideline changes",
    traps=TRAPS,
)
