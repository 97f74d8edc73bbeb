"""Task `ppo`: slow movers, on which the order of the deliveries matters most."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.drawing import until

from .simple_rules import hiding, measured

APART = 0.05
"""How far the best rule of the position alone must lie above the optimum; 3 % is right."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return one shelf that sells one unit a week or none, with lead time 5.

    Keys: see `simple_rules.measured` and `simple_rules.hiding`.
    """
    shelf = until(
        lambda: measured(
            lead_time=5,
            lot=1,
            chance=round(rng.uniform(0.53, 0.6), 3),
            holding=float(rng.integers(2, 9)) / 4,
            ratio=rng.uniform(2.35, 2.65),
        ),
        lambda shelf: shelf["position_cost"] > (1 + APART) * shelf["optimal_cost"],
        "a shelf on which it matters what arrives when",
    )
    return shelf | hiding(rng)
