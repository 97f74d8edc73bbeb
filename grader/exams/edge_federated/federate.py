"""Task `federate`: clinics so different that averaging their models leaves a gap.

The judge draws the clinics again and runs the rounds; here it is made sure that the plain methods
stay above its bar. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from exams.edge_federated.federation import reached
from labkit.checks.edge_federated import redraw
from labkit.exercise.drawing import until
from labkit.trends.edge_federated import baselines

CASES, ROUNDS = 2, 40
PLAIN = 0.006
"""The gap that FedAvgM has to leave at least: twice the judge's bar. One draw in ten is below."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"rounds": 40, "cases": [...]}``.

    Each case has what `redraw.clinics` needs, and ``fed_avg_m``, the gap that FedAvgM leaves.
    """
    cases = [
        until(lambda: _case(rng), lambda case: case["fed_avg_m"] >= PLAIN, "a gap after FedAvgM")
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
    client, server = baselines.fed_avg_m(0.1, 10)
    return {**case, "fed_avg_m": reached(redraw.clinics(case), client, server, ROUNDS)}
