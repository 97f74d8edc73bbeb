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
from labkit.trends.edge_federated.metrics import optimum

CASES, ROUNDS = 2, 40
PLAIN, CORRECTED = 0.002, 0.0007
"""The gap that averages with momentum have to leave at least, and corrected steps at most, on both
sides of the judge's bar of .0015. Of 14 draws at random 13 fit: momentum left .0021 to .0058, and
corrected steps .0000 to .0005 but for one with .0011."""

LONGER, LONGER_LEFT = (0.9, 30), 0.0012
"""Corrected steps nearly twice as long have to be right as well, with room to the judge's bar. Of
26 cases drawn without this they left more than the bar in one, .0016."""

MOMENTUM = ((0.1, 10, 0.9), (0.3, 3, 0.9), (1.0, 1, 0.9))
"""Length and number of the steps, and the share of the last move, that did best in these draws."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"rounds": 40, "cases": [...]}``.

    Each case has what `redraw.clinics` needs; ``momentum``, the least gap that averages with
    momentum leave; and ``corrected``, what the reference leaves.
    """
    cases = [
        until(lambda: _case(rng), _fits, "averages above the bar and corrected steps below it")
        for _ in range(CASES)
    ]
    return {"rounds": ROUNDS, "cases": cases}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "clinics": int(rng.integers(5, 8)),
        "alpha": round(float(rng.uniform(0.08, 0.15)), 2),
        "features": int(rng.integers(8, 11)),
        "classes": int(rng.integers(4, 6)),
        "patients": int(rng.integers(60, 100)),
    }
    clinics = redraw.clinics(case)
    best = optimum(clinics)
    return {
        **case,
        "momentum": min(reached(clinics, best, momentum(*how), ROUNDS) for how in MOMENTUM),
        "corrected": reached(clinics, best, scaffold(), ROUNDS),
    }


def _fits(case: dict[str, Any]) -> bool:
    if case["momentum"] < PLAIN or case["corrected"] > CORRECTED:
        return False
    clinics = redraw.clinics(case)
    return reached(clinics, optimum(clinics), scaffold(*LONGER), ROUNDS) <= LONGER_LEFT
