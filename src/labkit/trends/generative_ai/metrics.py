"""Shares with their uncertainty, where rows come from customers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def share_by_customer(
    right: ArrayLike, customer: ArrayLike, seed: int = 0, repeats: int = 1_000
) -> tuple[float, float, float]:
    """A share of right answers, and both ends of a 95 % interval: customers are drawn again.

    Args:
        right: 1 or true where an answer is right, shape (n,).
        customer: who asked, shape (n,).
        seed: of the draws.
        repeats: how many.
    """
    _, place = np.unique(np.asarray(customer), return_inverse=True)
    sums, counts = np.bincount(place, np.asarray(right, float)), np.bincount(place)
    g = len(counts)
    often = np.random.default_rng(seed).multinomial(g, np.full(g, 1 / g), size=repeats)
    low, high = np.percentile((often @ sums) / (often @ counts), [2.5, 97.5])
    return float(sums.sum() / counts.sum()), float(low), float(high)


def winner_elsewhere(scores: ArrayLike, customer: ArrayLike, seed: int = 0) -> tuple[float, float]:
    """The best column on half of the customers: its mean there, and with the other half.

    Means over 300 divisions of the customers.

    Args:
        scores: a row a ticket, a column a prompt.
        customer: who wrote each ticket.
        seed: of the divisions.
    """
    table, whose = np.asarray(scores, float), np.asarray(customer)
    rng, names, found = np.random.default_rng(seed), np.unique(whose), []
    for _ in range(300):
        here = np.isin(whose, rng.permutation(names)[: len(names) // 2])
        best = table[here].mean(axis=0).argmax()
        found.append((table[here, best].mean(), table[~here, best].mean()))
    own, other = np.mean(found, axis=0)
    return float(own), float(other)
