"""Task `capped_base_stock`: shelves on which the best cap lies in another place each time."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.rl_supply_chain import distributions, metrics

from .shelf import best_base_stock, best_level, capped_base_stock_cost

APART = 3e-3
"""What every mistake costs at least above the best pair: three times what the judge allows."""

# Lead time, mean demand, penalty over holding. With a low penalty the best cap is the mean rounded
# down, with a high one two or three units above it, so no fixed rule for the cap fits all three.
KINDS = (
    (2, (1.5, 3.5), (2.0, 4.0)),
    (3, (1.5, 2.5), (4.0, 8.0)),
    (2, (1.0, 1.8), (20.0, 40.0)),
)

CAPS = 7
"""Caps that are tried, from one below the mean demand: the best was never more than the third of
them (24 shelves on which all caps were tried)."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three shelves.

    Each case has ``lead_time``, ``demand``, ``holding``, ``penalty``, the exact ``capped_cost`` of
    the best pair, and ``traps``, the pairs that known mistakes lead to; one unit more or less of
    the cap costs too much, each with its own best level. In the first two, so does the best cap for
    the best level without a cap.
    """
    return {
        "cases": [until(partial(_case, rng, *kind), _shows, "a cap that matters") for kind in KINDS]
    }


def _case(
    rng: np.random.Generator,
    lead_time: int,
    means: tuple[float, float],
    ratios: tuple[float, float],
) -> dict[str, Any]:
    mean = round(rng.uniform(*means), 1)
    holding = float(rng.integers(2, 9)) / 4
    demand = {
        "distribution": "negative_binomial",
        "mean": mean,
        "sd": round(mean**0.5 * rng.uniform(1.15, 1.6), 1),
    }
    shelf = {
        "lead_time": lead_time,
        "demand": demand,
        "holding": holding,
        "penalty": round(holding * rng.uniform(*ratios), 2),
    }
    return {**shelf, **_searched(shelf)}


def _searched(shelf: dict[str, Any]) -> dict[str, Any]:
    """Try every cap with its best level; what the best pair costs, and what mistakes lead to."""
    lowest = max(int(distributions.mean(shelf["demand"])) - 1, 1)
    highest = min(lowest + CAPS, metrics.max_order(**shelf) + 1)
    found = {cap: best_level(cap, **shelf) for cap in range(lowest, highest)}
    cap = min(found, key=lambda tried: found[tried][1])
    cost = found[cap][1]
    uncapped, _ = best_base_stock(**shelf)
    afterwards = {tried: capped_base_stock_cost(uncapped, tried, **shelf) for tried in found}
    then = min(afterwards, key=afterwards.__getitem__)
    beside = [found[near][1] for near in (cap - 1, cap + 1) if near in found]
    return {
        "capped_cost": cost,
        "traps": {"level before cap": [uncapped, then]},
        "beside": min(beside) / cost - 1,
        "level_first": afterwards[then] / cost - 1,
    }


def _shows(case: dict[str, Any]) -> bool:
    steep = case["penalty"] > 15 * case["holding"]  # there the level hardly depends on the cap
    return case["beside"] > APART and (steep or case["level_first"] > APART)
