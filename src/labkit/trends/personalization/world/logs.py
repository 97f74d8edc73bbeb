"""Logged recommendations: what an old policy showed, how probably, and what was clicked.

Visitors are of finitely many types, so the value of every policy is an exact sum. Estimating it
from a log is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Shop(NamedTuple):
    """Who comes and what they click.

    `mass` (types,) is each type's share of the visits; `chance` (types, items) the probability of a
    click.
    """

    mass: Floats
    chance: Floats


class Log(NamedTuple):
    """One row a visit: `kind` the visitor's type, `items` what was shown, `clicks` 0 or 1, `logged`
    the probability with which the old policy showed just this item.
    """

    kind: Whole
    items: Whole
    clicks: Whole
    logged: Floats


def draw_shop(
    rng: np.random.Generator, types: int = 30, items: int = 6, loved: float | None = None
) -> Shop:
    """Draw a shop in which types differ in what they click, from 5 to 60 %.

    With `loved`, a type either loves an item, with this probability, and clicks it in 50 to 90 % of
    the visits, or it does not, and clicks in 2 to 12 %.
    """
    mass, shape = rng.dirichlet(np.full(types, 3.0)), (types, items)
    if loved is None:
        return Shop(mass, rng.uniform(0.05, 0.6, shape))
    loves = rng.random(shape) < loved
    return Shop(mass, np.where(loves, rng.uniform(0.5, 0.9, shape), rng.uniform(0.02, 0.12, shape)))


def draw_divided_shop(
    rng: np.random.Generator,
    loved: tuple[float, float] = (0.88, 0.98),
    other: tuple[float, float] = (0.01, 0.05),
    types: int = 30,
    items: int = 6,
) -> Shop:
    """Draw a shop in which it matters more who comes than what is shown.

    Half of the types love nearly every item (19 of 20), the others hardly any. What is loved is
    clicked with a probability between the two of `loved`, all else between those of `other`.
    """
    mass, shape = rng.dirichlet(np.full(types, 3.0)), (types, items)
    share = np.where(np.arange(types) < types // 2, 0.95, 0.05)
    loves = rng.random(shape) < share[:, None]
    return Shop(mass, np.where(loves, rng.uniform(*loved, shape), rng.uniform(*other, shape)))


def softmax(scores: Floats) -> Floats:
    """The policy that shows items in proportion to exp(score), (types, items)."""
    weight = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def value(shop: Shop, policy: Floats) -> float:
    """Clicks a visit under a policy, exact; `policy` (types, items) are probabilities."""
    return float(shop.mass @ (policy * shop.chance).sum(axis=1))


def overlap(shop: Shop, old: Floats, new: Floats) -> float:
    """The share of a long log of `old` that counts for `new`: one over the mean squared weight."""
    return float(1 / (shop.mass @ (new**2 / old).sum(axis=1)))


def draw_log(rng: np.random.Generator, shop: Shop, policy: Floats, visits: int) -> Log:
    """Draw visits that the old policy served."""
    kind = rng.choice(len(shop.mass), visits, p=shop.mass)
    below = rng.random((visits, 1)) > policy.cumsum(axis=1)[kind]
    items = np.minimum(np.count_nonzero(below, axis=1), policy.shape[1] - 1)
    clicks = (rng.random(visits) < shop.chance[kind, items]).astype(np.int64)
    return Log(kind, items, clicks, policy[kind, items])
