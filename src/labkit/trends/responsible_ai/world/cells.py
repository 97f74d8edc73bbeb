"""Applicants as a decision system sees them: cells of like files, without the group.

For each cell the truth is known: how probable a person there is good, and how probable of group 1.
Deciding is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Cells(NamedTuple):
    """Each (cells,): probability of good, probability of group 1, share of all people."""

    good: Floats
    group: Floats
    mass: Floats


def draw_cells(
    rng: np.random.Generator, cells: int = 240, blur: float = 1.0, tell: float = 1.6
) -> Cells:
    """Draw cells; the larger `tell`, the more a file says of the group, and `blur` of chance."""
    skill, place = rng.normal(size=(2, cells))
    good = 1 / (1 + np.exp(-(1.3 * skill - 0.5 * place + blur * rng.normal(0, 0.4, cells))))
    group = 1 / (1 + np.exp(0.4 - tell * place + 0.5 * skill))
    return Cells(good, group, rng.dirichlet(np.full(cells, 4.0)))


def accuracy(cells: Cells, accept: ArrayLike) -> float:
    """The share of right decisions: good people accepted, others not; `accept` is (cells,)."""
    chosen = np.asarray(accept, float)
    return float(cells.mass @ (chosen * cells.good + (1 - chosen) * (1 - cells.good)))


def gap(cells: Cells, accept: ArrayLike) -> float:
    """Share accepted of group 0, minus that of group 1."""
    chosen = np.asarray(accept, float)
    one, zero = cells.mass * cells.group, cells.mass * (1 - cells.group)
    return float(zero @ chosen / zero.sum() - one @ chosen / one.sum())
