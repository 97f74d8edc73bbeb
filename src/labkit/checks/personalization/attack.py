"""The attack on released vectors: one number from each, chosen on half of the runs.

A vector tells two tables apart along more than one direction. Tried are every title by itself, and
the likelihood ratio of Laplace noise between the two medians. Where it is known which count the
person moves, and from where to where, nothing needs to be chosen, and all runs judge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labkit.privacy_audit import audit_epsilon

Floats = NDArray[np.float64]

MISS = 0.0002
"""Probability of an undeserved accusation, for each number that is tried."""

SURE = 4.0
"""Standard errors that a bound keeps below what was measured; by chance it is too high once in
30,000 times."""


def told_apart(one: Floats, other: Floats) -> float:
    """A lower bound for epsilon, from vectors released on neighbouring tables, (runs, titles)."""
    half = len(one) // 2
    here, there = np.median(one[:half], axis=0), np.median(other[:half], axis=0)

    def ratio(part: Floats) -> Floats:
        return np.asarray((np.abs(part - there) - np.abs(part - here)).sum(axis=1))

    pairs = [(ratio(one), ratio(other)), *zip(one.T, other.T, strict=True)]
    return max(audit_epsilon(a, b, MISS) for a, b in pairs)


def told_by_count(one: Floats, other: Floats, here: float, there: float) -> float:
    """A lower bound for epsilon, from one count that is `here` with a person and `there` without.

    Laplace and geometric noise that just keeps epsilon puts the same factor, exp(epsilon), between
    the two shares of outputs from `here` on, and of those from `there` down. Takes the mean of both
    logarithms, less `SURE` standard errors.

    Args:
        one: outputs with the person, (runs,).
        other: outputs without, (runs,); their number may be another one.
        here: the count with the person, without noise.
        there: the smaller count without.
    """
    ratios = [
        _log_ratio(one >= here, other >= here),
        _log_ratio(other <= there, one <= there),
    ]
    told, variance = np.mean(ratios, axis=0)
    return float(told - SURE * np.sqrt(variance / 2))


def _log_ratio(often: NDArray[np.bool_], seldom: NDArray[np.bool_]) -> tuple[float, float]:
    """The logarithm of the ratio of two shares, and its variance; half a hit is added to each."""
    hits = np.array([often.sum(), seldom.sum()]) + 0.5
    runs = np.array([len(often), len(seldom)]) + 1
    shares = hits / runs
    return float(np.log(shares[0] / shares[1])), float(((1 - shares) / hits).sum())
