"""Loans by score: who gets one, what it earns, and how the groups fare.

A policy is a chance of acceptance for each score and group. Its profit and all its rates are exact
sums over scores, not estimates. Which policy is best is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Curves(NamedTuple):
    """What a lender knows of its applicants.

    `good` (scores, groups) is the probability that a loan is repaid, `mass` (scores, groups) the
    share of a group's people at each score (columns sum to 1), `shares` (groups,) each group's
    share of all people.
    """

    good: Floats
    mass: Floats
    shares: Floats


class Rates(NamedTuple):
    """Of each group, (groups,): the share that is accepted, of all, of payers, of non-payers."""

    selection: Floats
    true_positive: Floats
    false_positive: Floats


def draw_curves(
    rng: np.random.Generator, scores: int = 40, groups: int = 3, apart: float = 1.0
) -> Curves:
    """Draw smooth curves; the larger `apart`, the more the groups' scores differ."""
    at = (np.arange(scores) + 0.5) / scores
    centre = 0.6 - 0.12 * apart * np.linspace(-1, 1, groups) + rng.uniform(-0.03, 0.03, groups)
    width = rng.uniform(0.16, 0.26, groups)
    mass = np.exp(-(((at[:, None] - centre) / width) ** 2) / 2)
    steep = rng.uniform(6, 9, groups)
    good = 1 / (1 + np.exp(-steep * (at[:, None] - rng.uniform(0.3, 0.42, groups))))
    return Curves(good, mass / mass.sum(axis=0), rng.dirichlet(np.full(groups, 8.0)))


def rates(curves: Curves, accept: ArrayLike) -> Rates:
    """The rates of each group under a policy, (scores, groups) chances of acceptance."""
    policy = np.asarray(accept, float)
    payers, others = curves.mass * curves.good, curves.mass * (1 - curves.good)
    return Rates(
        (curves.mass * policy).sum(axis=0),
        (payers * policy).sum(axis=0) / payers.sum(axis=0),
        (others * policy).sum(axis=0) / others.sum(axis=0),
    )


def profit(curves: Curves, accept: ArrayLike, loss: float) -> float:
    """Profit for each applicant: a loan repaid earns 1, one not repaid costs `loss`."""
    worth = curves.good - loss * (1 - curves.good)
    return float((curves.mass * worth * np.asarray(accept, float)).sum(axis=0) @ curves.shares)


def above(cuts: ArrayLike, scores: int) -> Floats:
    """The policy that accepts every score from a cut-off on, (scores, groups).

    `cuts` (groups,) are numbers of scores, from 0 (all accepted) to `scores` (nobody).
    """
    return (np.arange(scores)[:, None] >= np.asarray(cuts)).astype(float)
