"""Customers who leave or pay late, with the true chance of each: what an oracle would predict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Features (n, 8), outcomes (n,) of 0 and 1, and the true chances (n,)."""

    x: Floats
    y: NDArray[np.int64]
    chance: Floats


def draw_churn(n: int, seed: int) -> Table:
    """Many weak causes, two of which count only together; a boosted model suits it."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8))
    steps = 0.8 * (x[:, 0] > 0.3) * (x[:, 1] < 0.5) - 0.7 * (x[:, 2] > 1)
    logit = -1.2 + 1.2 * steps + 0.5 * x[:, 3] + 0.9 * x[:, 4] * (x[:, 5] > 0) - 0.3 * x[:, 6]
    return _table(x, logit, rng)


def draw_credit(n: int, seed: int) -> Table:
    """Smooth causes that add up, few rows: a logistic regression is hard to beat."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8))
    logit = -1.0 + x @ np.array([0.8, -0.6, 0.5, 0.4, -0.3, 0.2, 0.0, 0.0]) + 0.3 * x[:, 0] ** 2
    return _table(x, logit, rng)


def _table(x: Floats, logit: Floats, rng: np.random.Generator) -> Table:
    chance = expit(logit)
    return Table(x, (rng.uniform(size=len(x)) < chance).astype(np.int64), chance)
