"""Task `contract`: which columns of a daily batch are broken."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.mlops.world.tables import FAULTS, NUMBERS

FINE = 16
NAMES = ("Nord", "Süd", "Ost", "West", "Alm", "Tal", "Ried", "Moor", "Heide", "Forst", "Insel")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``seed``, ``banks`` and ``batches``, pairs (fault, column), of each bank in turn.

    Each fault comes twice; in batches that are fine it is "".
    """
    listed = [[fault, str(rng.choice(NUMBERS))] for fault in FAULTS for _ in range(2)]
    listed += [["", ""]] * FINE
    return {
        "seed": int(rng.integers(2**31)),
        "banks": [_bank(rng) for _ in range(2)],
        "batches": [listed[place] for place in rng.permutation(len(listed))],
    }


def _bank(rng: np.random.Generator) -> dict[str, Any]:
    """The day of its batches, and who applies there."""
    return {
        "day": int(rng.integers(100, 900)),
        "who": {
            "income": round(float(rng.uniform(1_800, 4_500)), 1),
            "rate": round(float(rng.uniform(4, 9)), 2),
            "age": round(float(rng.uniform(40, 52)), 1),
            "hour": round(float(rng.uniform(11, 14)), 1),
            "regions": [str(name) for name in rng.permutation(NAMES)[:5]],
        },
    }
