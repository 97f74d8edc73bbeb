"""A table of people to publish, with ways to say each column more coarsely.

A hierarchy has a row for every level: level 0 says the value itself, the last level the same for
all. Choosing the levels is left to the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Table(NamedTuple):
    """A table to publish.

    `columns` (people, columns) are values that outsiders may know; `secret` (people,) is what must
    not be learned of anybody; `hierarchies` has for each column an array (levels, values): what
    value v is called on level i.
    """

    columns: Whole
    secret: Whole
    hierarchies: list[Whole]


FACTORS = ((2, 2, 2, 2), (2, 2, 2), (2, 2, 2), (3, 2), (2, 2))
"""How many values each level joins, column by column: 5 × 4 × 4 × 3 × 3 = 720 ways."""


def draw_table(
    rng: np.random.Generator,
    people: int = 600,
    secrets: int = 5,
    factors: Sequence[Sequence[int]] = FACTORS,
    tied: float = 0.9,
) -> Table:
    """Draw a table; with probability `tied` the secret follows from one column, said coarsely.

    Low values are frequent, high ones rare, in each column in another degree.
    """
    hierarchies = [hierarchy(steps) for steps in factors]
    columns = np.column_stack(
        [
            np.minimum(rng.geometric(rng.uniform(1, 4) / h.shape[1], people) - 1, h.shape[1] - 1)
            for h in hierarchies
        ]
    )
    telling = int(rng.integers(len(hierarchies)))
    said = hierarchies[telling][-2][columns[:, telling]]
    secret = np.where(
        rng.random(people) < tied, rng.permutation(secrets)[said], rng.integers(0, secrets, people)
    )
    return Table(columns, secret, hierarchies)


def hierarchy(factors: Sequence[int]) -> Whole:
    """What each value is called on each level, (levels, values); `factors` join neighbours."""
    values = np.arange(int(np.prod(factors)))
    widths = np.cumprod([1, *factors])
    return np.array([values // width for width in widths])


def generalise(table: Table, levels: Sequence[int]) -> Whole:
    """The columns as they would be published, (people, columns), on one level a column."""
    named = zip(table.columns.T, table.hierarchies, levels, strict=True)
    return np.column_stack([names[level][values] for values, names, level in named])


def loss(table: Table, levels: Sequence[int]) -> float:
    """What is lost: the level over the last level, summed over columns; 0 for the table itself."""
    return sum(
        level / (len(names) - 1) for names, level in zip(table.hierarchies, levels, strict=True)
    )
