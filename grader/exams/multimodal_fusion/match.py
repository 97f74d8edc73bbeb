"""Task `match`: encoders, how many pairs can be found by whoever knows them, and known mistakes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from labkit.checks.multimodal_fusion.match import TOLD
from labkit.checks.multimodal_fusion.redraw import Pairs, pairs
from labkit.exercise.drawing import until
from labkit.trends.multimodal_fusion.world.pairs import Encoders, draw_encoders

from .shops import draw_seed

Floats = NDArray[np.float64]
CASES = 5


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"shops": [...]}``.

    Each has what draws its pairs, ``best``, the number of new pairs that are found with the true
    encoders, ``traps``, the first titles found by known mistakes, and ``mistakes``, how many
    pairs the best of these finds.
    """
    return {
        "shops": [
            until(partial(_case, rng), _shows, "pairs that can be found, and mistakes to show")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": draw_seed(rng),
        "n": int(rng.integers(1400, 1700)),
        "new": int(rng.integers(120, 150)),
        "shared": int(rng.integers(6, 9)),
        "dimensions": int(rng.integers(16, 22)),
        "own": round(float(rng.uniform(5, 8)), 3),
        "noise": round(float(rng.uniform(0.28, 0.32)), 4),
    }
    drawn = pairs(case)
    encoders = draw_encoders(
        case["seed"], case["shared"], case["dimensions"], case["own"], case["noise"]
    )
    found = assigned(true_distance(encoders, drawn.new_photos, drawn.new_titles))
    case["best"] = int((found == drawn.truth).sum())
    wrong = {name: assigned(how(drawn)) for name, how in MISTAKES.items()}
    case["traps"] = {name: titles[:TOLD].tolist() for name, titles in wrong.items()}
    case["mistakes"] = max(int((titles == drawn.truth).sum()) for titles in wrong.values())
    return case


def assigned(distance: Floats) -> NDArray[np.int64]:
    """The title of each photo in the set of pairs with the smallest sum of distances."""
    return np.asarray(linear_sum_assignment(distance)[1])


def true_distance(encoders: Encoders, photos: Floats, titles: Floats) -> Floats:
    """Minus the log-density of each title given each photo, up to a constant, shape (n, n).

    Both are normal, so the density is that of a regression with known coefficients.
    """
    both, own = encoders.of_both, encoders.of_own
    noise = encoders.noise**2 * np.eye(both[0].shape[1])
    photo, title = (
        one.T @ one + other.T @ other + noise for one, other in zip(both, own, strict=True)
    )
    across = both[0].T @ both[1]
    weights = np.linalg.solve(photo, across)
    return mahalanobis(
        (photos - encoders.centre[0]) @ weights,
        titles - encoders.centre[1],
        title - across.T @ weights,
    )


def mahalanobis(said: Floats, titles: Floats, covariance: Floats) -> Floats:
    """Squared distance of each row of `titles` (columns) from each of `said` (rows)."""
    root = np.linalg.cholesky(np.linalg.inv(covariance))
    return (((said @ root)[:, None] - (titles @ root)[None]) ** 2).sum(-1)


def _regressed(photos: Floats, titles: Floats, drawn: Pairs) -> tuple[Floats, Floats]:
    middle, other = photos.mean(0), titles.mean(0)
    weights = np.linalg.lstsq(photos - middle, titles - other, rcond=None)[0]
    return (drawn.new_photos - middle) @ weights, drawn.new_titles - other


def _unit(rows: Floats) -> Floats:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _plain_distance(drawn: Pairs, photos: Floats, titles: Floats) -> Floats:
    said, others = _regressed(photos, titles, drawn)
    return mahalanobis(said, others, np.eye(said.shape[1]))


MISTAKES = {
    "never aligned": lambda drawn: -_unit(drawn.new_photos) @ _unit(drawn.new_titles).T,
    "order of the new": lambda drawn: _plain_distance(drawn, drawn.new_photos, drawn.new_titles),
    "plain distance": lambda drawn: _plain_distance(drawn, drawn.photos, drawn.titles),
}


def _shows(case: dict[str, Any]) -> bool:
    return bool(0.6 < case["best"] / case["new"] < 0.85 and case["mistakes"] < 0.7 * case["best"])
