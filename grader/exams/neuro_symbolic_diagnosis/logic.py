"""The reference of task 1: the exact distribution of the TDS, batched and differentiable.

Beliefs about the findings are independent; the score is a weighted sum of them, so its
distribution is a convolution of theirs. `brute_force` visits every combination instead and is the
proof. What a learner is judged by is left to the draws and to `labkit.checks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TENTHS = 90
"""Scores 0.0 to 8.9: the distribution's places are ten times the score."""

WEIGHTS = (13, 1, 5, 5)
"""Tenths of a point for one point of asymmetry, border, colours and structures."""


def tds_distribution(
    asymmetry: Tensor,
    border: Tensor,
    colours: Tensor,
    structures: Tensor,
    *,
    weights: Sequence[int] = WEIGHTS,
) -> Tensor:
    """Return the distribution of ten times the TDS, shape (n, places), in the dtype of the input.

    `asymmetry` (n, 3) and `border` (n, 9) are probabilities that sum to 1 in each row; `colours`
    (n, 6) and `structures` (n, 5) probabilities of being present. `places` is `TENTHS` for the
    published weights, and follows from `weights` otherwise.
    """
    if weights[2] == weights[3]:
        # Colours and structures weigh the same: only their common number matters.
        counts = [count_distribution(torch.cat([colours, structures], dim=1))]
    else:
        counts = [count_distribution(colours), count_distribution(structures)]
    joint = (asymmetry[:, :, None] * border[:, None, :]).flatten(1)
    for count in counts:
        joint = (joint[:, :, None] * count[:, None, :]).flatten(1)
    sizes = (3, 9, *(count.shape[1] for count in counts))
    return joint @ _sums(sizes, tuple(weights[: len(sizes)])).to(joint.dtype)


def probability_above(distribution: Tensor, above: float = 4.75) -> Tensor:
    """Return the probability that the TDS lies above a threshold, shape (n,)."""
    places = torch.arange(distribution.shape[1])
    return distribution[:, places > round(10 * above, 6)].sum(dim=1)


def count_distribution(present: Tensor) -> Tensor:
    """Return how many of k independent findings are present: (n, k) to (n, k + 1).

    The Poisson binomial distribution. Two halves are convolved instead of adding one finding at a
    time, which needs half the steps.
    """
    n, k = present.shape
    if k == 1:
        return torch.cat([1 - present, present], dim=1)
    first, second = (count_distribution(part) for part in present.split([k // 2, k - k // 2], 1))
    outer = (first[:, :, None] * second[:, None, :]).flatten(1)
    return outer @ _sums((first.shape[1], second.shape[1]), (1, 1)).to(outer.dtype)


@lru_cache(maxsize=64)
def _sums(sizes: tuple[int, ...], steps: tuple[int, ...]) -> Tensor:
    """Matrix of 0 and 1 that collects combinations of values by their weighted sum."""
    grids = np.indices(sizes).reshape(len(sizes), -1)
    total = np.asarray(steps) @ grids
    collect = np.zeros((len(total), int(total.max()) + 1))
    collect[np.arange(len(total)), total] = 1
    return torch.from_numpy(collect)


def brute_force(
    asymmetry: NDArray[np.float64],
    border: NDArray[np.float64],
    colours: NDArray[np.float64],
    structures: NDArray[np.float64],
    *,
    weights: Sequence[int] = WEIGHTS,
) -> NDArray[np.float64]:
    """Visit all 3 x 9 x 2^6 x 2^5 = 55,296 combinations for one lesion; shape (places,)."""
    probability, score = np.ones(1), np.zeros(1, np.int64)
    choices = [
        (asymmetry, weights[0] * np.arange(3)),
        (border, weights[1] * np.arange(9)),
        *((np.array([1 - p, p]), np.array([0, weights[2]])) for p in colours),
        *((np.array([1 - p, p]), np.array([0, weights[3]])) for p in structures),
    ]
    for chances, points in choices:
        probability = np.multiply.outer(probability, chances).ravel()
        score = np.add.outer(score, points).ravel()
    return np.asarray(np.bincount(score, weights=probability), np.float64)
