"""Small classifiers with a known posterior, and teachers who know it more or less well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KINDS = ("fair", "sure", "shy", "misled")


@dataclass(frozen=True)
class Lesson:
    """What a student may learn from.

    Attributes:
        x: features, shape (n, d).
        y: labels 0, 1, …, drawn from the true chances, shape (n,).
        teacher: the teacher's chances of each class on `x`, shape (n, classes).
        x_val: features of other examples, shape (m, d).
        y_val: their labels, shape (m,).
        true: the true weights, shape (d + 1, classes): chances are the softmax of [1, x] @ true.
    """

    x: Floats
    y: NDArray[np.int64]
    teacher: Floats
    x_val: Floats
    y_val: NDArray[np.int64]
    true: Floats


def softmax(scores: Floats) -> Floats:
    """Chances from scores, by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def chances(x: Floats, weights: Floats) -> Floats:
    """Softmax of [1, x] @ weights, shape (n, classes)."""
    return softmax(weights[0] + x @ weights[1:])


def draw_lesson(
    seed: int,
    kind: str,
    n: int = 90,
    validation: int = 300,
    features: int = 8,
    classes: int = 4,
    strength: float = 0.6,
    sharpness: float = 3.0,
) -> Lesson:
    """Draw a lesson.

    Args:
        seed: of the draw.
        kind: of teacher. "fair" states the true chances, a little blurred; "sure" has its scores
            multiplied by `sharpness`, "shy" divided by it; "misled" takes classes for each other.
        n: examples with labels and the teacher's chances.
        validation: examples with labels alone.
        features: their number.
        classes: their number.
        strength: standard deviation of the true weights.
        sharpness: of a sure teacher, and of a shy one.
    """
    rng = np.random.default_rng(seed)
    true = strength * rng.standard_normal((features + 1, classes))
    x, x_val = rng.standard_normal((n, features)), rng.standard_normal((validation, features))
    y, y_val = (
        (rng.random((len(rows), 1)) > chances(rows, true).cumsum(axis=1)).sum(axis=1)
        for rows in (x, x_val)
    )
    scores = true[0] + x @ true[1:] + 0.15 * rng.standard_normal((n, classes))
    if kind in ("sure", "shy"):
        scores = scores * sharpness ** (1 if kind == "sure" else -1)
    if kind == "misled":
        scores = scores[:, np.roll(np.arange(classes), rng.integers(1, classes))]
    limit = classes - 1
    return Lesson(x, np.minimum(y, limit), softmax(scores), x_val, np.minimum(y_val, limit), true)


def excess(true: Floats, weights: Floats, seed: int, n: int = 4000) -> float:
    """How far a student's cross-entropy lies above the least possible one, in nats.

    It is the mean Kullback-Leibler divergence of its chances from the true ones, over new features.
    """
    x = np.random.default_rng(seed).standard_normal((n, len(true) - 1))
    right, found = chances(x, true), np.clip(chances(x, weights), 1e-300, 1.0)
    return float((right * np.log(right / found)).sum(axis=1).mean())
