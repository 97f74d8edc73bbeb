"""Task `epsilon`: what so many noisy rounds promise, and the bounds that a right answer lies in.

Judging is left to the checks.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from exams.edge_federated.accountant import bounds, central_limit, gaussian, older, renyi
from labkit.exercise.drawing import until

FITS = 1.17
"""Rényi's bound may be this much above the upper bound: the judge allows 1.2 times."""

FAR_TOO_LOW = 0.7
"""In one case the central limit is below this share of the least epsilon. Without sampling it is
exact, so no fixed factor lifts it between the bounds in both."""

PART_SAFE = 0.8
"""In the same case so much of Rényi's bound and the rest of the central limit is too low."""

USUAL, LEAST = (1e-5, 1e-6), (1e-10,)
"""Values of delta. The smaller it is, the closer Rényi's bound: without sampling it is 1.047 to
1.049 times the least epsilon at 1e-10, so that nine tenths and a half of it are too low there."""

CLOSE = "Rényi's bound close, the central limit too low"


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, the last without sampling (q = 1).

    Each has ``z``, ``q``, ``steps`` and ``delta``; ``low`` and ``high``, between which the least
    epsilon lies; and ``traps``, the epsilons of known mistakes by name. In all but the last the
    central limit lies below the least epsilon, in the fourth far below.
    """
    cases = [until(lambda: _often(rng), _separates, CLOSE) for _ in range(3)]
    few = until(lambda: _seldom(rng), _far_apart, CLOSE)
    return {"cases": [*cases, few, _whole(rng)]}


def _often(rng: np.random.Generator) -> dict[str, Any]:
    q = np.exp(rng.uniform(np.log(0.02), np.log(0.2)))
    return _case(rng, rng.uniform(0.9, 1.6), q, int(rng.integers(80, 400)), USUAL)


def _seldom(rng: np.random.Generator) -> dict[str, Any]:
    """So few rounds that the central limit is far from reached: .22 to .47 of the least epsilon."""
    z, q = rng.uniform(0.7, 1.0), rng.uniform(0.02, 0.05)
    return _case(rng, z, q, int(rng.integers(10, 40)), LEAST)


def _whole(rng: np.random.Generator) -> dict[str, Any]:
    """Everybody takes part, with so much noise that the best order lies beyond 16."""
    steps = int(rng.integers(5, 30))
    return _case(rng, np.sqrt(steps) / rng.uniform(0.2, 0.3), 1.0, steps, LEAST)


def _case(
    rng: np.random.Generator, z: float, q: float, steps: int, deltas: tuple[float, ...]
) -> dict[str, Any]:
    z, q, sampled = round(float(z), 2), round(float(q), 3), q < 1
    delta = float(rng.choice(deltas))
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
            "older conversion": older(z, q, steps, delta),
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


def _far_apart(case: dict[str, Any]) -> bool:
    limit = case["traps"]["central limit"]
    mixed = PART_SAFE * case["renyi"] + (1 - PART_SAFE) * limit
    return _separates(case) and max(limit / FAR_TOO_LOW, mixed / 0.995) < case["low"]
