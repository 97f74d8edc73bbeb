"""An attack that measures a privacy promise: a lower bound for epsilon, from outputs alone.

It takes what was released on two neighbouring tables. Releasing is left to others; whatever an
attacker does is allowed to use it, since a bound convicts and never acquits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

Floats = NDArray[np.float64]


def audit_epsilon(with_person: ArrayLike, without_person: ArrayLike, miss: float = 0.001) -> float:
    """A lower bound for epsilon, from outputs on two neighbouring tables.

    The attacker guesses that the person is in the table, or is not, from an output above or below
    a threshold, or from an output that equals one value. The guess is chosen on the first half of
    the outputs and judged on the other half, with exact bounds for both shares (Clopper and Pearson
    1934), so a mechanism that keeps epsilon is accused with a probability of at most `miss`. 0
    where nothing can be told.

    Args:
        with_person: outputs on the table with the person, (runs,).
        without_person: outputs on the table without, (runs,).
        miss: probability of an undeserved accusation.
    """
    one, other = np.asarray(with_person, float), np.asarray(without_person, float)
    half = min(len(one), len(other)) // 2
    places = np.quantile(np.concatenate([one[:half], other[:half]]), np.linspace(0, 1, 401))
    found = []
    for sign in (1, -1):
        for a, b in ((one, other), (other, one)):
            chosen = _bounds(sign * a[:half], sign * b[:half], sign * places, miss).argmax()
            judged = sign * places[chosen : chosen + 1]
            found.append(
                (
                    _bounds(sign * a[:half], sign * b[:half], judged, miss)[0],
                    _bounds(sign * a[half:], sign * b[half:], judged, miss)[0],
                )
            )
    for a, b in ((one, other), (other, one)):
        values, times = np.unique(a[:half], return_counts=True)
        for value in values[times.argsort()[:-21:-1]]:
            hits = [np.sum(part == value) for part in (a[:half], b[:half], a[half:], b[half:])]
            found.append(
                (
                    float(_ratio(hits[0], half, hits[1], half, miss)),
                    float(_ratio(hits[2], len(a) - half, hits[3], len(b) - half, miss)),
                )
            )
    return max(0.0, float(max(found)[1]))


def _bounds(one: Floats, other: Floats, places: Floats, miss: float) -> Floats:
    """Lower bounds for log(share of `one` from each place on / share of `other`), (places,)."""
    hits, false = (len(part) - np.searchsorted(np.sort(part), places) for part in (one, other))
    return _ratio(hits, len(one), false, len(other), miss)


def _ratio(hits: ArrayLike, n: int, false: ArrayLike, m: int, miss: float) -> Floats:
    """Lower bounds for log(hits' share of n / false ones' share of m), from exact intervals."""
    k, wrong = np.asarray(hits), np.asarray(false)
    least, most = beta.ppf(miss / 2, k, n - k + 1), beta.ppf(1 - miss / 2, wrong + 1, m - wrong)
    return np.log(np.where(k > 0, least, 1e-300)) - np.log(np.where(wrong < m, most, 1))
