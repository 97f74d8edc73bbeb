"""Task `upper`: what each title may be worth to each visitor, at most, in the light of a log.

The reference is one ridge regression a title (LinUCB: Li, Chu, Langford and Schapire 2010, A
contextual-bandit approach to personalized news article recommendation, algorithm 1).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until

Floats = NDArray[np.float64]

CASES = 4
APART = 0.02
"""By how much some bound of every known mistake is off."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has the arguments ``features``, ``items``, ``rewards``, ``visitors``, ``titles``, ``ridge``
    and ``width``; ``bounds``, the right answer; and ``traps``, those of known mistakes. In every
    case one title was never shown.
    """
    return {
        "cases": [
            until(partial(_case, rng), _apart, "every mistake apart from the bounds")
            for _ in range(CASES)
        ]
    }


def bounds(
    case: dict[str, Any], ridge: float | None = None, pooled: bool = False
) -> tuple[Floats, Floats]:
    """Estimates and their squared uncertainties, (visitors, titles) each."""
    x, y, visitors = (np.array(case[name], float) for name in ("features", "rewards", "visitors"))
    items, strength = np.array(case["items"]), case["ridge"] if ridge is None else ridge
    mean, spread = [], []
    for title in range(case["titles"]):
        seen = (items == title) | pooled
        inverse = np.linalg.inv(x[seen].T @ x[seen] + strength * np.eye(x.shape[1]))
        mean.append(visitors @ inverse @ (x[seen].T @ y[seen]))
        spread.append(np.sum(visitors @ inverse * visitors, axis=1))
    return np.array(mean).T, np.array(spread).T


def _case(rng: np.random.Generator) -> dict[str, Any]:
    visits, size, titles = int(rng.integers(50, 90)), int(rng.integers(3, 6)), 5
    x = np.column_stack([np.ones(visits), rng.uniform(-1, 1, (visits, size - 1))])
    items = rng.permutation(titles)[rng.integers(titles - 1, size=visits)]
    likes = rng.normal(0.3, 0.2, (titles, size))
    chance = np.sum(x * likes[items], axis=1).clip(0.05, 0.95)
    case: dict[str, Any] = {
        "features": x.round(3).tolist(),
        "items": items.tolist(),
        "rewards": (rng.random(visits) < chance).astype(int).tolist(),
        "visitors": np.column_stack([np.ones(4), rng.uniform(-1, 1, (4, size - 1))])
        .round(3)
        .tolist(),
        "titles": titles,
        "ridge": round(float(rng.uniform(1.5, 3.0)), 2),
        "width": round(float(rng.uniform(0.6, 1.5)), 2),
    }
    mean, spread = bounds(case)
    pooled_mean, pooled_spread = bounds(case, pooled=True)
    weak_mean, weak_spread = bounds(case, ridge=1.0)
    width = case["width"]
    case["bounds"] = (mean + width * np.sqrt(spread)).tolist()
    case["traps"] = {
        "no root": (mean + width * spread).tolist(),
        "greedy": mean.tolist(),
        "all titles": (pooled_mean + width * np.sqrt(pooled_spread)).tolist(),
        "ridge of one": (weak_mean + width * np.sqrt(weak_spread)).tolist(),
        "lower": (mean - width * np.sqrt(spread)).tolist(),
    }
    return case


def _apart(case: dict[str, Any]) -> bool:
    right = np.array(case["bounds"])
    return all(np.abs(np.array(wrong) - right).max() > APART for wrong in case["traps"].values())
