"""Task `contract`: which columns of a daily batch are broken."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.mlops.world.tables import FAULTS, NUMBERS

FINE = 8
NAMES = ("Nord", "Süd", "Ost", "West", "Alm", "Tal", "Ried", "Moor", "Heide", "Forst", "Insel")
HOURS = ((11.0, 14.0), (18.5, 20.5))
"""Of the banks: people apply around noon at one, in the evening at the other."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``seed``, ``banks`` and ``batches``, triples (bank, fault, column).

    Each fault comes once at each bank, the clock's twice; in batches that are fine it is "".
    """
    listed = [
        [bank, fault, str(rng.choice(NUMBERS))]
        for bank in range(len(HOURS))
        for fault in (*FAULTS, "time zone")
    ]
    listed += [[bank, "", ""] for bank in range(len(HOURS)) for _ in range(FINE)]
    return {
        "seed": int(rng.integers(2**31)),
        "banks": [_bank(rng, hours) for hours in rng.permutation(HOURS)],
        "batches": [listed[place] for place in rng.permutation(len(listed))],
    }


def _bank(rng: np.random.Generator, hours: Any) -> dict[str, Any]:
    """The day of its batches, and who applies there."""
    return {
        "day": int(rng.integers(100, 900)),
        "who": {
            "income": round(float(rng.uniform(1_800, 4_500)), 1),
            "rate": round(float(rng.uniform(4, 9)), 2),
            "age": round(float(rng.uniform(40, 52)), 1),
            "hour": round(float(rng.uniform(*hours)), 1),
            "regions": [str(name) for name in rng.permutation(NAMES)[:5]],
        },
    }
