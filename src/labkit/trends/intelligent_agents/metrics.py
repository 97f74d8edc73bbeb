"""What the lesson measures: votes of a reader that misreads, and ways to repeat a payment."""

from __future__ import annotations

import numpy as np


def vote_accuracy(right: float, readings: int, wrong: int = 3, tries: int = 20_000) -> float:
    """Chance that the most frequent of independent readings is the right one, by simulation.

    Args:
        right: chance of a reading to be right.
        readings: how many are taken.
        wrong: number of wrong readings that share the rest evenly.
        tries: simulated votes; a tie is broken by lot.
    """
    chances = [right] + [(1 - right) / wrong] * wrong
    votes = np.random.default_rng(1).multinomial(readings, chances, tries)
    top = votes == votes.max(axis=1, keepdims=True)
    return float((top[:, 0] / top.sum(axis=1)).mean())


def payments(lost: float, late: float, tries: int = 3) -> dict[str, tuple[float, float]]:
    """Invoices that are not paid, and payments too many, for ways to repeat a call.

    Args:
        lost: chance that a call does nothing and gets no answer.
        late: chance that a call pays and gets no answer.
        tries: calls an invoice at most.

    Returns:
        By way: (unpaid, paid too often), both per thousand invoices, exact.
    """
    # A call is made if all calls before it stayed silent, and pays with chance 1 - lost.
    calls = sum((lost + late) ** before for before in range(tries))
    unpaid = lost**tries
    return {
        "no second call": (1000 * lost, 0.0),
        "call again": (1000 * unpaid, 1000 * (calls * (1 - lost) - (1 - unpaid))),
        "call again, same key": (1000 * unpaid, 0.0),
    }
