"""Mails that a model has scored, with the true chance of each priority.

A mail has hidden log-odds z, three numbers, and its true priority is drawn with chances softmax(z).
The model reports ``sharp * z + shift``: too sure of itself by the factor `sharp`, and taken in by
words such as URGENT by `shift`. So the truth is known for every mail, and with it what a decision
costs on average. What to do with the scores is left to whoever calls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

PRIORITIES = ("now", "today", "this week")
ASK = 3
"""The decision to let a person look."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """Mails with their scores.

    Attributes:
        scores: what the model reports, (n, 3).
        labels: the true priority, (n,), 0 to 2.
        chances: the true chances of the priorities, (n, 3).
    """

    scores: Floats
    labels: NDArray[np.int64]
    chances: Floats


def draw_scored(
    rng: np.random.Generator, n: int, clear: float, sharp: float, shift: ArrayLike
) -> Scored:
    """Draw mails.

    Args:
        rng: where chance comes from.
        n: number of mails.
        clear: standard deviation of the true log-odds; large where mails are easily told apart.
        sharp: factor by which the model is too sure; 1 where it is honest.
        shift: (3,), what the model adds to the log-odds of each priority.
    """
    z = rng.normal(0.0, clear, (n, 3)) - np.array([1.0, 0.0, -0.5])
    chances = softmax(z, axis=1)
    labels = (chances.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return Scored(sharp * z + np.asarray(shift, float), np.minimum(labels, 2), chances)


def mean_cost(chances: ArrayLike, costs: ArrayLike, decisions: ArrayLike) -> float:
    """Average cost a mail of decisions, in euros, exact under the true chances.

    Args:
        chances: (n, 3), true chances.
        costs: (3, 4), cost of each decision (columns, the last is to ask) by true priority (rows).
        decisions: (n,), 0 to 3.
    """
    expected = np.asarray(chances, float) @ np.asarray(costs, float)
    return float(expected[np.arange(len(expected)), np.asarray(decisions, int)].mean())
