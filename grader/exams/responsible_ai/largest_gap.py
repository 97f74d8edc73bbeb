"""Task `largest_gap`: what is known for certain of the largest gap among many groups.

The reference are Newcombe's intervals of all pairs at once; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exams.responsible_ai.intervals import largest
from labkit.checks.responsible_ai.redraw import counts
from labkit.exercise.drawing import until

DRAWS = 200


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: groups all alike, small ones and large ones, then one differs.

    Each has ``seed``, ``people``, ``chances`` and ``draws``, which draw the counts; ``truth``, the
    largest true gap; ``bound``, the mean of the reference's bounds; and ``one pair``, how often a
    pair that is judged by itself claims too much.
    """
    fits = "a reference that holds, where pairs by themselves do not"
    return {
        "cases": [
            until(partial(_case, rng, *kind), _holds, fits)
            for kind in ((0.0, 35), (0.0, 160), (0.46, 70), (0.21, 320))
        ]
    }


def _case(rng: np.random.Generator, gap: float, fewest: int) -> dict[str, Any]:
    groups = int(rng.integers(7, 10))
    people = (fewest * rng.uniform(1, 1.6, groups)).astype(int)
    chances = np.full(groups, rng.uniform(0.3, 0.45))
    chances[rng.integers(groups)] += gap * rng.uniform(0.9, 1.1)
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "people": people.tolist(),
        "chances": chances.round(3).tolist(),
        "draws": DRAWS,
    }
    case["truth"] = float(np.ptp(case["chances"]))
    drawn = counts(case)
    bounds = largest(drawn, people)
    case["bound"] = float(bounds.mean())
    case["wrong"] = float(np.mean(bounds > case["truth"]))
    case["one pair"] = float(np.mean(largest(drawn, people, family=False) > case["truth"]))
    return case


def _holds(case: dict[str, Any]) -> bool:
    return bool(case["wrong"] <= 0.045 and case["one pair"] >= (0.1 if case["truth"] else 0.25))
