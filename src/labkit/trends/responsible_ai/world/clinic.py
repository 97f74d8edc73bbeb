"""Visits to a clinic: one row a visit, and some people come often.

What a table gives away of a person shows on its neighbour, the same table without this person.
Releasing is left to the learner, attacking to `labkit.privacy_audit`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def draw_visits(rng: np.random.Generator, people: int = 200, heavy: int = 30) -> Whole:
    """Who came at each visit, (visits,), numbers of people in any order.

    Most come once to four times; person 0 came `heavy` times, a tenth of the others comes up to
    half as often.
    """
    times = rng.integers(1, 5, people)
    often = rng.random(people) < 0.1
    times[often] = rng.integers(4, max(heavy // 2, 5), people)[often]
    times[0] = heavy
    return rng.permutation(np.repeat(np.arange(people), times))


def without(visits: Whole, person: int) -> Whole:
    """The neighbour: the same visits in the same order, none of them by this person."""
    return visits[visits != person]
