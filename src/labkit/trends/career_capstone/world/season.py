"""Days of a counter: two quiet years that are known, and a year in which sales may shift."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
YEAR = 364
"""Days of a year here: 52 weeks, so that every year begins on a Monday."""


class Days(NamedTuple):
    """Daily sales (euros).

    Attributes:
        known: of two quiet years, shape (728,).
        year: of the year that may shift, shape (364,).
        expected: of that year, if it does not shift and nothing is random, shape (364,).
    """

    known: Floats
    year: Floats
    expected: Floats


def draw_days(seed: int, noise: float, swing: float, shift: float = 0.0, start: int = 0) -> Days:
    """Draw three years, the last of which shifts.

    Args:
        seed: of everything random.
        noise: standard deviation of a day.
        swing: of the season, as a multiple of the noise; the week has a shape too.
        shift: of the last year from `start` on, as a multiple of the noise.
        start: day of the last year on which the shift begins.
    """
    rng = np.random.default_rng(seed)
    day = np.arange(3 * YEAR)
    turn = 2 * np.pi * day / YEAR
    season = np.cos(turn - rng.uniform(0, 2 * np.pi)) + 0.4 * np.cos(
        2 * turn - rng.uniform(0, 2 * np.pi)
    )
    week = rng.normal(size=7)[day % 7]
    level = rng.uniform(800, 1_600)
    expected = level + noise * (swing * season + week)
    sales = expected + noise * rng.normal(size=3 * YEAR)
    sales[2 * YEAR + start :] += shift * noise
    return Days(sales[: 2 * YEAR], sales[2 * YEAR :], expected[2 * YEAR :])
