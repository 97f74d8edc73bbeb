"""Contributions from the values of all coalitions, right and with known mistakes."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def members(columns: int) -> NDArray[np.bool_]:
    """Return every coalition as a row of flags, shape (2^M, M); row k holds the bits of k."""
    return (np.arange(2**columns)[:, None] >> np.arange(columns) & 1).astype(bool)


def filled(x: Floats, background: Floats) -> Floats:
    """Return x's values in each coalition, the background's elsewhere, shape (2^M, B, M)."""
    return np.where(members(len(x))[:, None, :], x, background[None])


def contributions(value: Floats) -> Floats:
    """Shapley values (M,) from the values of all coalitions (2^M,)."""
    columns = int(np.log2(len(value)))
    sizes = members(columns).sum(axis=1)
    share = np.array(
        [factorial(s) * factorial(columns - s - 1) / factorial(columns) for s in range(columns)]
    )
    return _averaged(value, np.append(share, 0.0)[sizes])


def swings(value: Floats) -> Floats:
    """Every coalition counts the same (Banzhaf 1965)."""
    return _averaged(value, np.full(len(value), 2.0 / len(value)))


def alone(value: Floats) -> Floats:
    """What each column does as the first one."""
    return value[2 ** np.arange(int(np.log2(len(value))))] - value[0]


def last(value: Floats) -> Floats:
    """What each column does as the last one."""
    return value[-1] - value[len(value) - 1 - 2 ** np.arange(int(np.log2(len(value))))]


def _averaged(value: Floats, weight: Floats) -> Floats:
    places = np.arange(len(value))
    found = []
    for column in range(int(np.log2(len(value)))):
        without = places[(places >> column & 1) == 0]
        found.append(weight[without] @ (value[without + 2**column] - value[without]))
    return np.array(found)
