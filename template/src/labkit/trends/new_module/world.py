"""The world of New module: replace this demand by what your lab is about.

Every number that a task asks for has an exact value here or in the exams, in closed form, by brute
force or by simulation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LARGEST = 20
"""Units asked for on the busiest of days."""


def draw_demand(rng: np.random.Generator, days: int) -> NDArray[np.int64]:
    """Draw one demand a day, in units; shape (days,), whole numbers from 1 to `LARGEST`."""
    return rng.integers(1, LARGEST + 1, days)


def days_short(demand: NDArray[np.int64], stock: int) -> NDArray[np.bool_]:
    """Tell on which days more was asked for than there was; shape (days,)."""
    return demand > stock
