"""Applicants of several groups, who are good or not, and get in or not.

The true rates are arguments, so whatever is estimated from the records can be held against them.
Estimating is left to the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Applicants(NamedTuple):
    """Records, each (people,): `y` 1 for good, `decided` 1 for chosen, `group` from 0."""

    y: Whole
    decided: Whole
    group: Whole


def draw_applicants(
    rng: np.random.Generator,
    people: Sequence[int],
    good: Sequence[float],
    true_positive: Sequence[float],
    false_positive: Sequence[float],
) -> Applicants:
    """Draw applicants in any order.

    Args:
        rng: source of chance.
        people: how many of each group apply.
        good: probability that one is good, for each group.
        true_positive: probability that a good one is chosen, for each group.
        false_positive: the same for one who is not good.
    """
    group = rng.permutation(np.repeat(np.arange(len(people)), people))
    y = rng.random(len(group)) < np.asarray(good)[group]
    chance = np.where(y, np.asarray(true_positive)[group], np.asarray(false_positive)[group])
    decided = rng.random(len(group)) < chance
    return Applicants(y.astype(np.int64), decided.astype(np.int64), group)
