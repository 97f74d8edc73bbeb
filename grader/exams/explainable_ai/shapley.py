"""Task `shapley`: exact contributions to the log-odds and to the chance."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit

from labkit.exercise.drawing import until
from labkit.trends.explainable_ai.world.boxes import box, draw_parts

from .coalitions import alone, contributions, filled, last, swings

APART = 1e-3
"""How far a known mistake must lie from the right values; 1e-8 is allowed."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``parts`` of a box, ``x`` (M,), ``background`` (B, M), the right ``margin`` and
    ``chance`` (M,), and ``traps``, both (2, M) under known mistakes. One case has more
    coalitions than shap's explainers try by themselves.
    """
    sizes = [int(rng.integers(4, 7)), int(rng.integers(8, 11)), 12]
    return {
        "cases": [
            until(partial(_case, rng, size), _shows, "every mistake apart")
            for size in rng.permutation(sizes)
        ]
    }


def _case(rng: np.random.Generator, size: int) -> dict[str, Any]:
    scale = np.exp(rng.uniform(-1, 1, size))
    parts = draw_parts(int(rng.integers(2**31)), scale, steps=1, speed=1.1)
    f = box(parts)
    x = rng.normal(size=size) * scale
    background = rng.normal(size=(int(rng.integers(6, 12)), size)) * scale
    said = f(filled(x, background).reshape(-1, size)).reshape(2**size, -1)
    margin, chance = said.mean(axis=1), expit(said).mean(axis=1)
    right, right_chance = contributions(margin), contributions(chance)
    of_mean = f(filled(x, background.mean(axis=0)[None])[:, 0])
    total = chance[-1] - chance[0]
    return {
        "parts": parts,
        "x": x.tolist(),
        "background": background.tolist(),
        "margin": right.tolist(),
        "chance": right_chance.tolist(),
        "traps": {
            "mean row": [contributions(of_mean).tolist(), contributions(expit(of_mean)).tolist()],
            "swings": [swings(margin).tolist(), swings(chance).tolist()],
            "alone": [alone(margin).tolist(), alone(chance).tolist()],
            "last": [last(margin).tolist(), last(chance).tolist()],
            "share": [right.tolist(), (right * total / right.sum()).tolist()],
            "curve of mean": [right.tolist(), contributions(expit(margin)).tolist()],
        },
    }


def _shows(case: dict[str, Any]) -> bool:
    """Both rows of a mistake are wrong, or the second one where it concerns the chance alone."""
    right = np.array([case["margin"], case["chance"]])
    return abs(right[0].sum()) > 0.2 and all(
        np.abs(np.subtract(values, right)[row]).max() > APART
        for key, values in case["traps"].items()
        for row in ((1,) if key in ("share", "curve of mean") else (0, 1))
    )
