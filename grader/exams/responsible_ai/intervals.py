"""Intervals for the difference of two shares: Newcombe's, and those that fail for small groups.

`newcombe` joins two Wilson intervals (Newcombe 1998, Statistics in Medicine 17, method 10). All
take counts and sizes as arrays, so that thousands of draws are one call.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, norm, t

Floats = NDArray[np.float64]


def wilson(hits: ArrayLike, n: ArrayLike, miss: float = 0.05) -> tuple[Floats, Floats]:
    """Wilson's interval for a share (1927, JASA 22)."""
    z2 = norm.ppf(1 - miss / 2) ** 2
    k, size = np.asarray(hits, float), np.asarray(n, float)
    centre = (k + z2 / 2) / (size + z2)
    half = np.sqrt(z2 * (k * (size - k) / size + z2 / 4)) / (size + z2)
    return centre - half, centre + half


def newcombe(one: Any, n1: Any, zero: Any, n0: Any, miss: float = 0.05) -> tuple[Floats, Floats]:
    """Interval for the share of group 1 minus that of group 0."""
    p1, p0 = np.asarray(one) / n1, np.asarray(zero) / n0
    (low1, high1), (low0, high0) = wilson(one, n1, miss), wilson(zero, n0, miss)
    gap = p1 - p0
    return gap - np.hypot(p1 - low1, high0 - p0), gap + np.hypot(high1 - p1, p0 - low0)


def caffo(one: Any, n1: Any, zero: Any, n0: Any, miss: float = 0.05) -> tuple[Floats, Floats]:
    """Agresti and Caffo's (2000, The American Statistician 54): one success and failure added."""
    p1, p0 = (np.asarray(one) + 1) / (n1 + 2), (np.asarray(zero) + 1) / (n0 + 2)
    error = np.sqrt(p1 * (1 - p1) / (n1 + 2) + p0 * (1 - p0) / (n0 + 2))
    half = norm.ppf(1 - miss / 2) * error
    return p1 - p0 - half, p1 - p0 + half


def jeffreys(one: Any, n1: Any, zero: Any, n0: Any) -> tuple[Floats, Floats]:
    """Newcombe's way with two of Jeffreys' intervals (Brown, Cai and DasGupta 2001)."""
    ends = []
    for k, n in ((np.asarray(one), n1), (np.asarray(zero), n0)):
        low = np.where(k == 0, 0.0, beta.ppf(0.025, k + 0.5, n - k + 0.5))
        high = np.where(k == n, 1.0, beta.ppf(0.975, k + 0.5, n - k + 0.5))
        ends.append((k / n, low, high))
    (p1, low1, high1), (p0, low0, high0) = ends
    gap = p1 - p0
    return gap - np.hypot(p1 - low1, high0 - p0), gap + np.hypot(high1 - p1, p0 - low0)


def wald(one: Any, n1: Any, zero: Any, n0: Any) -> tuple[Floats, Floats]:
    """The textbook's: normal, with the variances as they were seen."""
    p1, p0 = np.asarray(one) / n1, np.asarray(zero) / n0
    half = 1.959964 * np.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    return p1 - p0 - half, p1 - p0 + half


def student(one: Any, n1: Any, zero: Any, n0: Any) -> tuple[Floats, Floats]:
    """The textbook's with Student's quantile of the smaller group: of no width where all agree."""
    p1, p0 = np.asarray(one) / n1, np.asarray(zero) / n0
    error = np.sqrt(p1 * (1 - p1) / (n1 - 1) + p0 * (1 - p0) / (n0 - 1))
    half = error * t.ppf(0.975, np.minimum(n1, n0) - 1)
    return p1 - p0 - half, p1 - p0 + half


def swapped(one: Any, n1: Any, zero: Any, n0: Any) -> tuple[Floats, Floats]:
    """Newcombe's with the wrong ends joined: both lower ones, both upper ones."""
    p1, p0 = np.asarray(one) / n1, np.asarray(zero) / n0
    (low1, high1), (low0, high0) = wilson(one, n1), wilson(zero, n0)
    gap = p1 - p0
    return gap - np.hypot(p1 - low1, p0 - low0), gap + np.hypot(high1 - p1, high0 - p0)


def largest(chosen: ArrayLike, people: ArrayLike, family: bool = True) -> Floats:
    """Lower bound for the largest gap of several groups, for each row of `chosen`.

    With `family` the bounds of all pairs hold together (Bonferroni); without, each by itself.
    """
    k, n = np.atleast_2d(chosen), np.asarray(people)
    pairs = len(n) * (len(n) - 1) / 2
    rows = [
        newcombe(k[:, i], n[i], k[:, j], n[j], 0.05 / pairs if family else 0.05)[0]
        for i in range(len(n))
        for j in range(len(n))
        if i != j
    ]
    return np.asarray(np.max(rows, axis=0))
