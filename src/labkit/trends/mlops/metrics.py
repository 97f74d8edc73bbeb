"""What the lesson measures: distances and p-values of a drift, looks at a canary, costs."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

FALSE_ALARM, LATE_DAY = 2_000.0, 400.0
"""€: two people look for two days; a day on which the model decides on drifted features."""
PERIODS, DRIFTS = 12, 3
"""A year has twelve quiet periods of 20 days, and three drifts: an assumption of the lesson."""


def psi(known: ArrayLike, new: ArrayLike, bins: int = 10) -> float:
    """Population stability index of two samples, over equally filled bins of the first.

    The sum over bins of (q - p) log(q / p), with the shares p of `known` and q of `new`; empty bins
    count as a tenth of a per cent.
    """
    first, second = np.asarray(known, float), np.asarray(new, float)
    edges = np.quantile(first, np.linspace(0, 1, bins + 1)[1:-1])
    shares = [
        np.maximum(np.bincount(np.searchsorted(edges, x), minlength=bins) / len(x), 1e-3)
        for x in (first, second)
    ]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def shift_distance(shift: float) -> tuple[float, float]:
    """PSI and Kolmogorov-Smirnov distance of a normal distribution and itself shifted.

    Args:
        shift: in standard deviations.
    """
    from scipy.stats import norm

    edges = norm.ppf(np.linspace(0, 1, 11))
    moved = np.diff(norm.cdf(edges - shift))
    return float(((moved - 0.1) * np.log(moved / 0.1)).sum()), float(2 * norm.cdf(shift / 2) - 1)


def expected_p(shift: float, rows: ArrayLike) -> NDArray[np.float64]:
    """P-value of the KS test, were the distance of two samples that of their distributions.

    Args:
        shift: in standard deviations.
        rows: of each of the two samples.
    """
    from scipy.stats import kstwobign

    return np.asarray(kstwobign.sf(shift_distance(shift)[1] * np.sqrt(np.asarray(rows) / 2)))


@lru_cache(maxsize=64)
def false_rollbacks(level: float, every: int, minutes: int = 60) -> tuple[float, ...]:
    """Share of healthy versions that were rolled back until each minute, by simulation.

    Args:
        level: of a one-sided test of all errors so far, for example 0.05.
        every: minutes from one look to the next.
        minutes: how long is looked.
    """
    from scipy.stats import norm

    steps = np.random.default_rng(3).standard_normal((20_000, minutes))
    time = np.arange(1, minutes + 1)
    high = np.cumsum(steps, axis=1) / np.sqrt(time) > norm.ppf(1 - level)
    high[:, time % every != 0] = False
    return tuple(np.maximum.accumulate(high, axis=1).mean(axis=0).tolist())


def year_cost(false: float, delay: float) -> float:
    """€ a year that an alarm costs.

    Args:
        false: share of the quiet periods in which it rings.
        delay: days from a drift to its alarm.
    """
    return PERIODS * false * FALSE_ALARM + DRIFTS * delay * LATE_DAY
