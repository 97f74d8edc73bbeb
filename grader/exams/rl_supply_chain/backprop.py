"""Task `backprop`: shelves on which the order of the deliveries matters, not only their sum."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.drawing import until

from .position_only import measured

# Customers take a lot or nothing. Along this line of the chance of a sale and penalty over holding,
# a rule that sees the inventory position alone is worst: 1.7 to 3.1 % above the optimum (30 shelves
# with lots of 4 to 7). Beside the line it may tie with the optimum.
CHANCES = (0.46, 0.50, 0.53, 0.56)
RATIOS = (4.1, 3.2, 2.8, 2.5)

APART = 0.018
"""How far the best rule of the position alone must lie above the optimum; 1 % is right."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return one shelf with lead time 3.

    Keys ``lead_time``, ``demand``, ``holding``, ``penalty``, ``optimal_cost``, ``base_stock_cost``
    and ``position_cost``, of the best rule that looks at the inventory position alone.
    """
    return until(
        lambda: measured(_shelf(rng)),
        lambda shelf: shelf["position_cost"] > (1 + APART) * shelf["optimal_cost"],
        "a shelf on which it matters what arrives when",
    )


def _shelf(rng: np.random.Generator) -> dict[str, Any]:
    lot = int(rng.integers(4, 8))
    chance = round(rng.uniform(CHANCES[0], CHANCES[-1]), 3)
    holding = float(rng.integers(2, 9)) / 4
    return {
        "lead_time": 3,
        "demand": {
            "distribution": "discrete",
            "values": [0, lot],
            "probabilities": [round(1 - chance, 3), chance],
        },
        "holding": holding,
        "penalty": round(holding * float(np.interp(chance, CHANCES, RATIOS)), 2),
    }
