"""Statistics of tasks as test items: difficulty, discrimination, reliability with its interval.

A figure that the data do not give (one learner, all alike) is None, never a made-up number.

Sources: Lord and Novick (1968), Statistical Theories of Mental Test Scores, chapter 15; Cronbach
(1951), Coefficient alpha and the internal structure of tests, Psychometrika 16, 297-334; Feldt
(1965), The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty,
Psychometrika 30, 357-370.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Array = NDArray[np.float64]
# Below this share of the items' variance, a variance is what rounding left of none.
ROUNDING = 1e-12


def difficulty(shares: Array) -> float | None:
    """Return the mean share of a task's points, 0 to 1 (the easier, the larger); shape (n,)."""
    return float(np.mean(shares)) if len(shares) else None


def correlation(one: Array, other: Array) -> float | None:
    """Return Pearson's correlation of two arrays of shape (n,); None where one does not vary."""
    if len(one) < 2:
        return None
    first, second = one - np.mean(one), other - np.mean(other)
    sizes = [float(np.max(np.abs(values))) for values in (one, other)]
    norms = [math.sqrt(float(np.sum(values**2))) for values in (first, second)]
    if any(norm <= ROUNDING * size for norm, size in zip(norms, sizes, strict=True)):
        return None
    return float(np.clip(np.dot(first / norms[0], second / norms[1]), -1.0, 1.0))


def discrimination(scores: Array, item: int) -> float | None:
    """Return the correlation of one task's points with those of all the others together.

    The task itself is left out of the sum, or it would correlate with itself.

    Args:
        scores: points, shape (learners, tasks).
        item: the task's column.
    """
    if scores.shape[1] < 2:
        return None
    return correlation(scores[:, item], np.sum(np.delete(scores, item, axis=1), axis=1))


def alpha(scores: Array) -> float | None:
    """Return coefficient alpha of points, shape (learners, tasks).

    1 is perfectly consistent; it may be negative. None with fewer than two learners or tasks, and
    where all have the same total.
    """
    learners, tasks = scores.shape
    if learners < 2 or tasks < 2:
        return None
    of_items = float(np.sum(np.var(scores, axis=0, ddof=1)))
    of_totals = float(np.var(np.sum(scores, axis=1), ddof=1))
    if of_totals <= ROUNDING * max(of_items, float(np.max(np.abs(scores))) ** 2):
        return None
    return tasks / (tasks - 1) * (1 - of_items / of_totals)


def alpha_interval(
    value: float, learners: int, tasks: int, level: float = 0.95
) -> tuple[float, float]:
    """Return Feldt's interval of coefficient alpha: (1 - true) / (1 - found) has an F distribution.

    Args:
        value: alpha as found.
        learners, tasks: the shape of the points; both at least 2.
        level: the interval's coverage.
    """
    above, below = learners - 1, (learners - 1) * (tasks - 1)
    tail = (1 - level) / 2
    low, high = (float(fdtri(above, below, share)) for share in (1 - tail, tail))
    return 1 - (1 - value) * low, 1 - (1 - value) * high
