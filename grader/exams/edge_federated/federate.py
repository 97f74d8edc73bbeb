"""Task `federate`: clinics so different that averaging their models leaves a gap.

The judge draws the clinics again and runs the rounds; here it is made sure that corrected steps lie
below its bar and plain averages above it. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exams.edge_federated.federation import momentum, reached, scaffold
from labkit.checks.edge_federated import redraw
from labkit.exercise.drawing import until

CASES, ROUNDS = 2, 40
PLAIN, CORRECTED = 0.0023, 0.0008
"""The gap that averages with momentum have to leave at least, and corrected steps at most, on both
sides of the judge's bar of .0015. Half of all draws fit."""

MOMENTUM = ((0.1, 10, 0.9), (0.3, 5, 0.9))
"""Length and number of the steps, and the share of the last move, that did best in 7 draws."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"rounds": 40, "cases": [...]}``.

    Each case has what `redraw.clinics` needs; ``momentum``, the least gap that averages with
    momentum leave; and ``corrected``, what the reference leaves.
    """
    cases = [
        until(
            lambda: _case(rng),
            lambda case: case["momentum"] >= PLAIN and case["corrected"] <= CORRECTED,
            "averages above the bar and corrected steps below it",
        )
        for _ in range(CASES)
    ]
    return {"rounds": ROUNDS, "cases": cases}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "clinics": int(rng.integers(7, 11)),
        "alpha": round(float(rng.uniform(0.08, 0.15)), 2),
        "features": int(rng.integers(9, 13)),
        "classes": int(rng.integers(4, 6)),
        "patients": int(rng.integers(100, 160)),
    }
    clinics = redraw.clinics(case)
    return {
        **case,
        "momentum": min(reached(clinics, *momentum(*how), ROUNDS) for how in MOMENTUM),
        "corrected": reached(clinics, *scaffold(), ROUNDS),
    }
