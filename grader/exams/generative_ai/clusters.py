"""Means and their standard errors where rows come in clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mean_and_error(
    values: NDArray[np.float64], cluster: NDArray[np.int64]
) -> tuple[float, float, int]:
    """Return the mean of all rows, its standard error, and how many clusters there are."""
    names, place = np.unique(cluster, return_inverse=True)
    sums, counts = np.bincount(place, values), np.bincount(place)
    mean = float(sums.sum() / counts.sum())
    off = sums - mean * counts
    g = len(names)
    return mean, float(np.sqrt(g / (g - 1) * (off**2).sum()) / counts.sum()), g
