"""Probabilities that several models state for the same customers, and the true ones.

One model has learned its training rows by heart: on them it is the best, elsewhere the worst.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """What members say of the customers.

    Attributes:
        in_sample: probabilities by models that have seen these rows, shape (n, members).
        out_of_fold: probabilities by models that have not, shape (n, members).
        y: what happened, 0 or 1, shape (n,).
        new: probabilities for other customers, shape (m, members).
        chance: their true chances, shape (m,).
    """

    in_sample: Floats
    out_of_fold: Floats
    y: NDArray[np.int64]
    new: Floats
    chance: Floats


def draw_panel(seed: int, sees: list[list[float]], n: int, m: int) -> Panel:
    """Draw a panel.

    Args:
        seed: of the draw.
        sees: for each member the weights with which it sees the three causes, and last the
            standard deviation of its own error, on the scale of log-odds.
        n, m: customers to learn the weights from, and new ones.
    """
    rng = np.random.default_rng(seed)
    causes = rng.normal(0, [1.2, 1.0, 0.8], (n + m, 3))
    chance = expit(causes.sum(axis=1) - 0.5)
    y = (rng.uniform(size=n) < chance[:n]).astype(np.int64)
    table = np.array(sees)
    said = expit(causes @ table[:, :3].T - 0.5 + rng.normal(0, 1, (n + m, len(sees))) * table[:, 3])
    in_sample = said[:n].copy()
    # Errors grow with what a member has learned by heart.
    by_heart = np.clip(table[:, 3] / 2.5, 0, 0.9)
    in_sample = (1 - by_heart) * in_sample + by_heart * y[:, None]
    return Panel(in_sample, said[:n], y, said[n:], chance[n:])
