"""Task `predict_any`: shops with placeholders, and what a model of its own has in each pattern."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from labkit.checks.multimodal_fusion.predict_any import rows
from labkit.checks.multimodal_fusion.redraw import gaps, history, new_ones, shop
from labkit.exercise.drawing import until
from labkit.trends.multimodal_fusion.metrics import r_squared

from .shops import draw_seed, draw_shop

CASES = 2
SILENT = ("", "-", "No review yet.", "n/a", "Be the first to write.", "Not rated in words.", "...")
ALPHAS = np.logspace(-2, 4, 13)


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what draws a shop and its products, ``shares`` of the patterns (both, picture alone,
    review alone), ``shades`` of the placeholders, ``silent`` texts for no review, and ``own``, the
    R² of a model for each pattern alone.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "something to learn in each pattern")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    alone = rng.uniform(0.19, 0.24, 2)
    case: dict[str, Any] = {
        "shop": draw_shop(
            rng,
            together=(0.0, 0.03),
            often=(0.95, 0.05),
            style_effect=(0.75, 0.95),
            gift=(0.02, 0.12),
        ),
        "seed": draw_seed(rng),
        "n": int(rng.integers(1150, 1300)),
        "new": int(rng.integers(800, 900)),
        "shares": [round(float(one), 6) for one in (1 - alone.sum(), alone[0])],
        "shades": (rng.integers(90, 225, (2, 1)) + rng.integers(0, 15, (2, 3))).tolist(),
        "silent": [SILENT[place] for place in rng.permutation(len(SILENT))[:2]],
    }
    case["shares"].append(1 - sum(case["shares"]))
    case["own"] = own_models(case)
    return case


def own_models(case: dict[str, Any]) -> list[float]:
    """R² of a ridge regression in each pattern, learned from every row that has what it needs."""
    sold, new = history(case), new_ones(case)
    pattern, new_pattern = gaps(case, sold, 2)[2], gaps(case, new, 3)[2]
    found = []
    for kind in range(3):
        here = pattern == 0 if kind == 0 else (pattern == 0) | (pattern == kind)
        there = new_pattern == kind
        one, other = views(sold.images, sold.texts, new.images, new.texts, kind)
        said = RidgeCV(ALPHAS).fit(one[here], sold.stars[here]).predict(other[there])
        found.append(r_squared(said, rows(new, there), shop(case)))
    return found


def views(
    images: NDArray[np.float64],
    texts: list[str],
    new_images: NDArray[np.float64],
    new_texts: list[str],
    kind: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns of old and of new products: both sides (0), the picture (1) or the review (2)."""
    scale, reader = StandardScaler().fit(images), CountVectorizer(binary=True)
    said = reader.fit_transform(texts).toarray().astype(float)
    sides = {1: (scale.transform(images), scale.transform(new_images)),
             2: (said, reader.transform(new_texts).toarray().astype(float))}  # fmt: skip
    chosen = [sides[kind]] if kind else list(sides.values())
    return np.hstack([old for old, _ in chosen]), np.hstack([new for _, new in chosen])


def _shows(case: dict[str, Any]) -> bool:
    return min(case["own"]) > 0.3
