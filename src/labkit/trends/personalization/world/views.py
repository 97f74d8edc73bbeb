"""What viewers leave behind: one row for each item that somebody watched.

Most people watch a few items, one watches very many, and one title is watched by two people only.
What a release gives away of a person shows on the neighbour, the same rows without this person.
Releasing and attacking are left to the learner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def draw_views(
    rng: np.random.Generator, people: int = 150, titles: int = 6, heavy: int = 30
) -> Whole:
    """Rows (person, title), (views, 2), in order of time.

    The heavy viewer watches `heavy` items, the first five of one title and the rest of any but the
    rare one; others watch one to four. Numbers of people and titles are in any order.
    """
    times = rng.integers(1, 5, people)
    times[0] = heavy
    who = rng.permutation(np.repeat(np.arange(people), times))
    what = rng.integers(1, titles, len(who))
    what[np.flatnonzero(who == 0)[:5]] = 1
    for person in (1, 2):
        what[np.flatnonzero(who == person)[0]] = 0
    return np.column_stack([rng.permutation(people)[who], rng.permutation(titles)[what]])


def without(views: Whole, person: int) -> Whole:
    """The neighbour: the same rows in the same order, none of them by this person."""
    return views[views[:, 0] != person]
