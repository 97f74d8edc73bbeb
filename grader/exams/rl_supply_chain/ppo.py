"""Task `ppo`: slow movers, on which the order of the deliveries matters most."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.drawing import until

from .position_only import measured

APART = 0.05
"""How far the best rule of the position alone must lie above the optimum; 3 % is right."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return one shelf that sells one unit a week or none, with lead time 5 or 6.

    Keys ``lead_time``, ``demand``, ``holding``, ``penalty``, ``optimal_cost``, ``base_stock_cost``
    and ``position_cost``, of the best rule that looks at the inventory position alone.
    """
    return until(
        lambda: measured(_shelf(rng)),
        lambda shelf: shelf["position_cost"] > (1 + APART) * shelf["optimal_cost"],
        "a shelf on which it matters what arrives when",
    )


def _shelf(rng: np.random.Generator) -> dict[str, Any]:
    chance = round(rng.uniform(0.5, 0.6), 3)
    holding = float(rng.integers(2, 9)) / 4
    return {
        "lead_time": int(rng.integers(5, 7)),
        "demand": {
            "distribution": "discrete",
            "values": [0, 1],
            "probabilities": [round(1 - chance, 3), chance],
        },
        "holding": holding,
        "penalty": round(holding * rng.uniform(2.3, 3.3), 2),
    }
