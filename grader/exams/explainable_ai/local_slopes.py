"""Task `local_slopes`: boxes, neighbourhoods, and the limit that LIME has there."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until
from labkit.trends.explainable_ai.world.boxes import box, draw_parts, mean_slopes

Floats = NDArray[np.float64]
CASES = 5
APART = 0.1
NOISE = (0.011, 0.017)
"""Expected error of plain weighted sampling with the whole budget: well below the bar of 0.05, and
with 1,000 points above it."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``parts`` of a box, ``x``, ``scale`` (M,), ``width``, ``budget``, the right ``slopes``,
    and ``traps``, slopes under known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng), partial(_shows, rng), "slopes that can be told apart")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    size = int(rng.integers(4, 8))
    scale = np.exp(rng.uniform(np.log(0.3), np.log(4), size))
    width = round(float(rng.uniform(0.65, 1.1)), 3)
    parts = draw_parts(int(rng.integers(2**31)), scale)
    x = rng.normal(size=size) * scale
    slopes = partial(mean_slopes, parts, x)
    right = slopes(scale / np.sqrt(1 + 1 / width**2))
    return {
        "parts": parts,
        "x": x.tolist(),
        "scale": scale.tolist(),
        "width": width,
        "budget": 30_000,
        "slopes": right.tolist(),
        "traps": {
            "no kernel": slopes(scale).tolist(),
            "kernel twice": slopes(scale / np.sqrt(1 + 2 / width**2)).tolist(),
            "gradient": slopes(0.01 * scale).tolist(),
            "raw distance": slopes(scale / np.sqrt(1 + scale**2 / width**2)).tolist(),
            "per scale": (right * scale).tolist(),
        },
    }


def _shows(rng: np.random.Generator, case: dict[str, Any]) -> bool:
    scale, right = np.array(case["scale"]), np.array(case["slopes"])
    size = float(np.linalg.norm(right * scale))
    away = [np.linalg.norm((values - right) * scale) / size for values in case["traps"].values()]
    low, high = NOISE
    return size > 0.6 and float(min(away)) > APART and low < _noise(rng, case) / size < high


def _noise(rng: np.random.Generator, case: dict[str, Any], points: int = 4_000) -> float:
    """Root of the expected squared error, in units of scale, of the whole budget's regression."""
    scale = np.array(case["scale"])
    steps = rng.normal(size=(points, len(scale)))
    weight = np.exp(-(steps**2).sum(axis=1) / (2 * case["width"] ** 2))
    table = np.column_stack([np.ones(points), steps])
    value = box(case["parts"])(np.array(case["x"]) + steps * scale)
    inverse = np.linalg.inv(table.T @ (weight[:, None] * table))
    left = value - table @ (inverse @ (table.T @ (weight * value)))
    influence = inverse @ (table * (weight * left)[:, None]).T
    return float(np.sqrt((influence[1:] ** 2).sum() * points / case["budget"]))
