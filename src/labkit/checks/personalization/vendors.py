"""Vendors who release counts of titles and claim an epsilon for each person; some are wrong.

A vendor takes rows (person, title), a number of runs and a seed, and returns (runs, titles).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Vendor = Callable[[Whole, int, int], Floats]

VENDORS = 6
HONEST = ("laplace", "whole", "careful", "fewer rows", "mean of three")
BROKEN = (
    "one row",
    "no limit",
    "half the noise",
    "limit by title",
    "rare titles bare",
    "noise by luck",
)


def vendor(kind: str, titles: int, bound: int, epsilon: float) -> Vendor:
    """The vendor of a kind, who claims `epsilon` for each person.

    "one row" has noise for one row of a person, "no limit" counts every row, "limit by title" keeps
    `bound` rows of each person and title, "rare titles bare" leaves counts below three as they are.
    "noise by luck" has a sixth of the noise in seven runs of ten and much in the others, so that
    its variance is what the promise needs. "mean of three" gives the mean of three releases, each
    of which keeps a third of epsilon.
    """
    scale = bound / epsilon
    scale *= {"one row": 1 / bound, "half the noise": 0.5, "careful": 1.4, "fewer rows": 0.5}.get(
        kind, 1.0
    )

    def released(rows: Whole, runs: int, seed: int) -> Floats:
        rng = np.random.default_rng((seed, len(kind)))
        counts = _counts(np.asarray(rows), kind)
        if kind == "whole":
            stop = 1 - np.exp(-1 / scale)
            whole = rng.geometric(stop, (runs, titles)) - rng.geometric(stop, (runs, titles))
            return np.asarray(counts + whole, float)
        noise = rng.laplace(scale=scale, size=(runs, titles))
        if kind == "noise by luck":
            noise *= np.where(rng.random((runs, titles)) < 0.7, 1 / 6, 1.8)
        if kind == "mean of three":
            noise = rng.laplace(scale=3 * scale, size=(3, runs, titles)).mean(axis=0)
        return np.asarray(counts + noise * ((counts >= 3) | (kind != "rare titles bare")))

    def _counts(rows: Whole, kind: str) -> Whole:
        if kind == "no limit":
            return np.bincount(rows[:, 1], minlength=titles)
        crowd = rows[:, 0] * titles + rows[:, 1] if kind == "limit by title" else rows[:, 0]
        most = bound // 2 if kind == "fewer rows" else bound
        order = np.argsort(crowd, kind="stable")
        place = np.arange(len(rows)) - np.searchsorted(crowd[order], crowd[order])
        return np.bincount(rows[order][place < most, 1], minlength=titles)

    return released
