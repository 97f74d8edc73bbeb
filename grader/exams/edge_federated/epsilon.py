"""Task `epsilon`: what so many noisy rounds promise, and the bounds that a right answer lies in.

Judging is left to the checks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from exams.edge_federated.accountant import bounds, central_limit, gaussian, renyi
from labkit.exercise.drawing import until

CASES = 5
FITS = 1.14
"""Rényi's bound may be this much above the upper bound: the judge allows 1.2 times."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, the last without sampling (q = 1).

    Each has ``z``, ``q``, ``steps`` and ``delta``; ``low`` and ``high``, between which the least
    epsilon lies; and ``traps``, the epsilons of known mistakes by name. In all but the last the
    central limit lies below the least epsilon.
    """
    cases = [
        until(lambda: _case(rng), _separates, "Rényi's bound close, the central limit too low")
        for _ in range(CASES - 1)
    ]
    return {"cases": [*cases, _case(rng, sampled=False)]}


def _case(rng: np.random.Generator, sampled: bool = True) -> dict[str, Any]:
    z = round(float(rng.uniform(0.9, 1.6) if sampled else rng.uniform(2, 6)), 2)
    q = round(float(np.exp(rng.uniform(np.log(0.02), np.log(0.2)))), 3) if sampled else 1.0
    steps = int(rng.integers(80, 400) if sampled else rng.integers(5, 30))
    delta = float(rng.choice([1e-5, 1e-6]))
    low, high = bounds(z, q, steps, delta)
    each = renyi(z, q, 1, delta)
    return {
        "z": z,
        "q": q,
        "steps": steps,
        "delta": delta,
        "low": low,
        "high": high,
        "traps": {
            "sum of the rounds": steps * each,
            "advanced composition": _advanced(each, steps, delta),
            "central limit": central_limit(z, q, steps, delta) if sampled else None,
            "no amplification": gaussian(z / math.sqrt(steps), delta) if sampled else None,
            "one round": each,
        },
        "renyi": renyi(z, q, steps, delta),
    }


def _advanced(each: float, steps: int, delta: float) -> float:
    """Dwork, Rothblum and Vadhan (2010): looser than accounting for the noise itself."""
    return each * math.sqrt(2 * steps * math.log(1 / delta)) + steps * each * math.expm1(each)


def _separates(case: dict[str, Any]) -> bool:
    return bool(
        1 < case["low"]
        and case["renyi"] < FITS * case["high"]
        and case["traps"]["central limit"] < 0.97 * case["low"]
    )
