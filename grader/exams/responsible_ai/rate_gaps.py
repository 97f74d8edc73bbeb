"""Task `rate_gaps`: gaps of three rates with intervals, where one group is small.

The reference is Newcombe's interval; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exams.responsible_ai.intervals import caffo, jeffreys, newcombe, student, swapped, wald
from labkit.checks.responsible_ai.varied import Populations, populations
from labkit.exercise.drawing import until

POPULATIONS = 200
GOOD, BAD = 0.93, 0.915
"""Good intervals cover so much in every rate, known mistakes less in one; 0.92 is asked."""

NINETY_THREE = 0.0719
"""What an interval of 1.8 standard errors leaves out."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: about 20 people in a group, and four times as many.

    Each has ``seed``, ``people`` (two groups) and ``populations``, which draw the records; and
    ``width``, the mean widths of the reference's intervals.
    """
    fits = "good intervals above what is asked, and others below"
    return {"cases": [until(partial(_case, rng, times), _apart, fits) for times in (1, 4)]}


def _case(rng: np.random.Generator, times: int) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "people": [times * int(rng.integers(40, 100)), times * int(rng.integers(18, 25))],
        "populations": POPULATIONS,
    }
    tables: list[Any] = counts(populations(case))  # four arrays each
    case["width"] = [float(np.mean(np.subtract(*newcombe(*table)[::-1]))) for table in tables]
    return case


def counts(drawn: Populations) -> list[tuple[np.ndarray, ...]]:
    """For each rate: chosen and size of group 1, then of group 0, (populations,) each."""
    tables = []
    for used in (drawn.y >= 0, drawn.y == 1, drawn.y == 0):
        of = [used & (drawn.group == g) for g in (1, 0)]
        tables.append(
            tuple(
                part for mask in of for part in ((mask & (drawn.decided == 1)).sum(1), mask.sum(1))
            )
        )
    return tables


def _apart(case: dict[str, Any]) -> bool:
    """Good people and others in every group; good intervals cover as they should, others do not."""
    drawn = populations(case)
    tables = counts(drawn)
    if min(table[place].min() for table in tables[1:] for place in (1, 3)) < 2:
        return False

    def least(interval: Any, **level: float) -> float:
        """Coverage in the worst of the three rates."""
        held = [
            np.mean((low <= truth) & (truth <= high))
            for table, truth in zip(tables, drawn.truth.T, strict=True)
            for low, high in [interval(*table, **level)]
        ]
        return float(min(held))

    if not all(least(way) >= GOOD for way in (newcombe, caffo, jeffreys)):
        return False
    if case["people"][1] > 40:
        return max(least(way, miss=NINETY_THREE) for way in (newcombe, caffo)) < BAD
    return max(map(least, (wald, student, swapped))) < BAD
