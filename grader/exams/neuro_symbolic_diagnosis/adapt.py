"""Task `adapt`: guidelines with moved limits and weights, and the exact chances of the bands.

A judge changes the shipped guideline as the instance says and draws the beliefs again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.drawing import until
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.perception import most_likely

from .guidelines import band_chances, listed, moved_limits

LESIONS = 12

SHOWS = 0.05
"""How far some chance is off, at least, with each known mistake."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three guidelines of which limits and weights are moved.

    Each has ``words``, ``seed``, ``lesions`` and ``rows``, which draw the beliefs, ``limits`` and
    ``weights`` (tenths), by which the guideline differs from the published one, the exact ``bands``
    (n, 3), and ``traps``, the tables of known mistakes by name.
    """
    return {
        "cases": [
            until(lambda: _case(rng), _shows, "a guideline under which every mistake shows")
            for _ in range(3)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "words": "limits and weights moved",
        "limits": moved_limits(float(rng.choice([3.95, 4.15, 4.35, 5.15])), rng),
        "weights": _weights(rng),
        "seed": int(rng.integers(2**31)),
        "lesions": LESIONS,
        "rows": list(range(LESIONS)),
    }
    new, old = guideline.read(redraw.changed_guideline(case)), guideline.read(guideline.load())
    believed = redraw.stated_beliefs(case)
    traps = {
        "most likely": np.eye(3)[new.bands(new.tenths(most_likely(believed)))],
        "limit below": band_chances(believed, new, new, early=1),
        "old limits": band_chances(believed, new, old),
        "old weights": band_chances(believed, old, new),
    }
    return {
        **case,
        "bands": listed(band_chances(believed, new, new)),
        "traps": {name: listed(table) for name, table in traps.items()},
    }


def _weights(rng: np.random.Generator) -> dict[str, int]:
    """New weights in tenths for all four criteria."""
    return {
        "asymmetry": int(rng.choice([9, 11, 15, 17])),
        "border": int(rng.choice([2, 3])),
        "colours": int(rng.choice([3, 4, 6])),
        "structures": int(rng.choice([7, 8])),
    }


def _shows(case: dict[str, Any]) -> bool:
    return all(
        np.abs(np.subtract(table, case["bands"])).max() > SHOWS for table in case["traps"].values()
    )
