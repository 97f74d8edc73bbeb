"""Learning curves of a search: validation loss against trees, where the slow may end best.

A loss falls as ``floor + gain * trees ** -rate``, the form that Domhan, Springenberg and Hutter
(Speeding up automatic hyperparameter optimization, IJCAI 2015) fit among others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RUNS, FULL = 24, 400


@dataclass(frozen=True)
class Search:
    """Twenty-four runs that can be stopped early.

    Attributes:
        trees: numbers of trees at which the loss was taken, shape (t,).
        curves: validation losses there, with noise, shape (24, t).
        final: the true loss of each run after 400 trees, shape (24,).
        cost: CPU-seconds that finishing each run takes, shape (24,).
    """

    trees: NDArray[np.int64]
    curves: Floats
    final: Floats
    cost: Floats


def losses(floor: Floats, gain: Floats, rate: Floats, trees: Floats) -> Floats:
    """Return the loss of each run (rows) after each number of trees (columns), without noise."""
    return floor[:, None] + gain[:, None] * trees[None] ** -rate[:, None]


def draw_runs(rng: np.random.Generator, steep: bool = False) -> tuple[Floats, Floats, Floats]:
    """Draw floor, gain and rate of each run, shape (24,) each.

    A small learning rate starts high, falls for long and ends low. So early ranks mislead. With
    `steep` the fast learners start high: they fall far, and have nearly stopped after 40 trees. So
    the speed of the fall misleads.
    """
    slow = rng.uniform(0, 1, RUNS)
    if steep:
        gain = 1.10 - 0.60 * slow + rng.normal(0, 0.04, RUNS)
        floor = 0.45 - 0.05 * slow + rng.normal(0, 0.008, RUNS)
    else:
        gain = 0.35 + 0.30 * slow + rng.normal(0, 0.02, RUNS)
        floor = 0.50 - 0.06 * slow + rng.normal(0, 0.008, RUNS)
    return floor, gain, 0.9 - 0.5 * slow


def draw_search(seed: int, seen: int = 40, noise: float = 0.0004, *, steep: bool = False) -> Search:
    """Draw the runs of a search whose curves are known up to `seen` trees."""
    rng = np.random.default_rng(seed)
    floor, gain, rate = draw_runs(rng, steep)
    trees = np.arange(5, seen + 1, 5)
    seen_losses = losses(floor, gain, rate, trees.astype(float))
    return Search(
        trees,
        seen_losses + rng.normal(0, noise, seen_losses.shape),
        losses(floor, gain, rate, np.array([float(FULL)]))[:, 0],
        np.round(rng.uniform(4, 12, RUNS), 1),
    )
