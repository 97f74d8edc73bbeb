"""Scores that need the truth: error of effects, coverage, gain and profit of a choice.

All of them use counterfactuals, so only a simulator can give them. The curves that estimate a gain
from an experiment, where nobody knows the counterfactuals, are a task for the learner.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def pehe(estimated: ArrayLike, effect: ArrayLike) -> float:
    """Precision in estimating heterogeneous effects: root of the mean squared error.

    `estimated` and `effect`, shape (n,), in the unit of the outcome; so is the result. Source: Hill
    (2011), Bayesian nonparametric modeling for causal inference, JCGS 20(1), who takes the mean
    square; the root has become usual.

    Raises:
        ValueError: the shapes differ.
    """
    guess, truth = _paired(estimated, effect)
    return float(np.sqrt(np.mean((guess - truth) ** 2)))


def coverage(low: ArrayLike, high: ArrayLike, truth: ArrayLike) -> float:
    """Share of the intervals from `low` to `high`, shape (n,), that hold their `truth`."""
    inside = (np.asarray(low) <= np.asarray(truth)) & (np.asarray(truth) <= np.asarray(high))
    return float(np.mean(inside))


def policy_profit(chosen: ArrayLike, uplift: ArrayLike, value: ArrayLike, cost: float) -> float:
    """Expected profit in euros of sending an offer to the `chosen` customers, against to nobody.

    `chosen` (n,) is true or 1 for who gets an offer; `uplift` (n,) is the true change in the
    probability of staying; `value` (n,) in euros is what a customer is worth who stays; an offer
    costs `cost` euros.

    Raises:
        ValueError: `chosen` holds something else than 0 and 1, or the shapes differ.
    """
    taken, change = _paired(chosen, uplift)
    worth = _paired(value, uplift)[0]
    if not np.isin(taken, (0, 1)).all():
        raise ValueError("chosen must hold 0 or 1 for every customer")
    return float(np.sum(taken * (change * worth - cost)))


def true_gain_curve(score: ArrayLike, effect: ArrayLike) -> tuple[Floats, Floats]:
    """What treating the best-scored share of customers gains in truth, against treating nobody.

    `score` (n,) ranks the customers, the highest first; `effect` (n,) is the true effect on each.
    Returns the share treated, from 0 to 1, and the gain, the sum of the effects. Customers with
    the same score come in together, so the curve is straight between groups.

    Raises:
        ValueError: the shapes differ.
    """
    rank, true = _paired(score, effect)
    _, group = np.unique(-rank, return_inverse=True)
    size = np.bincount(group)
    gained = np.bincount(group, weights=true)
    share = np.concatenate([[0.0], np.cumsum(size) / len(rank)])
    return share, np.concatenate([[0.0], np.cumsum(gained)])


def standardised_differences(
    x: ArrayLike, treated: ArrayLike, weights: ArrayLike | None = None
) -> Floats:
    """Difference in means of each column of `x` (n, k) between treated and others, shape (k,).

    In units of the deviation of the treated, which does not change with the `weights` (n,).
    Beyond 0.1 in size is usually called imbalance (Austin 2009, Statistics in Medicine 28).
    """
    table, treated_mask = np.asarray(x, float), np.asarray(treated).astype(bool)
    weight = np.ones(len(table)) if weights is None else np.asarray(weights, float)
    mean_treated = np.average(table[treated_mask], axis=0, weights=weight[treated_mask])
    mean_others = np.average(table[~treated_mask], axis=0, weights=weight[~treated_mask])
    differences: Floats = (mean_treated - mean_others) / table[treated_mask].std(axis=0)
    return differences


def _paired(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    one, other = np.asarray(first, float), np.asarray(second, float)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(
            f"expected two arrays of one shape (n,), got {one.shape} and {other.shape}"
        )
    return one, other
