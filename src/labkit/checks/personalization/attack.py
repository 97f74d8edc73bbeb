"""The attack on released vectors: one number from each, chosen on half of the runs.

A vector tells two tables apart along more than one direction. Tried are every title by itself, and
the likelihood ratio of Laplace noise between the two medians.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labkit.privacy_audit import audit_epsilon

Floats = NDArray[np.float64]

MISS = 0.0002
"""Probability of an undeserved accusation, for each number that is tried."""


def told_apart(one: Floats, other: Floats) -> float:
    """A lower bound for epsilon, from vectors released on neighbouring tables, (runs, titles)."""
    half = len(one) // 2
    here, there = np.median(one[:half], axis=0), np.median(other[:half], axis=0)

    def ratio(part: Floats) -> Floats:
        return np.asarray((np.abs(part - there) - np.abs(part - here)).sum(axis=1))

    pairs = [(ratio(one), ratio(other)), *zip(one.T, other.T, strict=True)]
    return max(audit_epsilon(a, b, MISS) for a, b in pairs)
