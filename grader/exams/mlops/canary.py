"""Task `canary`: healthy and broken versions, and how long Wald's test takes for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import canary

HEALTHY, BROKEN = 120, 120
CHANCE = 0.05


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return seed, sizes and rates, and ``best``: the mean minutes of the sequential test."""
    usual = round(float(rng.uniform(0.015, 0.03)), 4)
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "healthy": HEALTHY,
        "broken": BROKEN,
        "minutes": 90,
        "usual": usual,
        "bad": round(usual * float(rng.uniform(2.2, 2.6)), 4),
        # About 0.8 a minute towards a bound of 2.9, whatever the rates.
        "traffic": round(float(rng.uniform(1.0, 1.3)) / usual, 1),
    }
    case["best"] = float(np.mean([wald_minutes(case, n) for n in range(HEALTHY + BROKEN)]))
    return case


def wald_minutes(case: dict[str, Any], number: int) -> int:
    """Minutes until the sequential test decides, or all of them."""
    requests, errors = canary(case, number)
    usual, bad = case["usual"], case["bad"]
    steps = errors * np.log(bad / usual) + (requests - errors) * np.log((1 - bad) / (1 - usual))
    outside = np.abs(np.cumsum(steps)) >= np.log((1 - CHANCE) / CHANCE)
    return int(outside.argmax()) + 1 if outside.any() else len(steps)
