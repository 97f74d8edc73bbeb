"""Task `pick`: searches of two kinds, of which each has its lucky winner."""

from __future__ import annotations

from typing import Any

import numpy as np

SEARCHES = 400
KINDS = (("small", (0.017, 0.019), (0.013, 0.015)), ("large", (0.0095, 0.0105), (0.021, 0.023)))
"""Of the noise against the differences between models: its size, and the standard deviations of
true scores and of folds, from and to. No constant, no fixed part of the lead fits both."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, a case for each kind, in any order.

    Each has ``searches``, seeds; ``size`` of the noise in words; ``spread`` and ``noise``, standard
    deviations of true scores and of folds; and ``share`` of the models that keep the limit on the
    latency.
    """
    return {"cases": [_case(rng, *KINDS[place]) for place in rng.permutation(len(KINDS))]}


def _case(
    rng: np.random.Generator, size: str, spread: tuple[float, float], noise: tuple[float, float]
) -> dict[str, Any]:
    return {
        "searches": [int(seed) for seed in rng.integers(2**31, size=SEARCHES)],
        "size": size,
        "spread": round(float(rng.uniform(*spread)), 5),
        "noise": round(float(rng.uniform(*noise)), 5),
        "share": round(float(rng.uniform(0.45, 0.6)), 3),
    }
