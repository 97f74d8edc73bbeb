"""Reference uplift and Qini curves, and the areas under them, ties included.

Customers are taken from the highest score down; all with one score come in together, so the curve
has a corner at each distinct score and is straight between. With n_t, n_c treated and untreated
customers so far and their summed outcomes y_t, y_c::

    gain = (y_t / n_t - y_c / n_c) * (n_t + n_c)       the uplift curve
    qini = y_t - y_c * n_t / n_c                       the Qini curve

Both start at 0. Corners at which one group is still empty are left out, so the curve runs straight
from the origin to the first corner that has both. Sources: Radcliffe (2007), Using control groups
to target on predicted lift; Gutierrez and Gerardy (2017), Causal inference and uplift modelling,
PMLR 67.

`causalml` 0.18 has the same corners where no scores are equal. It differs in three points: equal
scores are taken in the order of its sort, so the area changes with the order of the rows; areas are
sums of heights over n + 1 instead of trapezoids over n; and it divides by the height of the end
unless told not to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def uplift_curves(
    score: ArrayLike, treated: ArrayLike, outcome: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Return the corners: share of customers from 0 to 1, gain and qini, each (corners,)."""
    rank, result = np.asarray(score, float), np.asarray(outcome, float)
    group = np.asarray(treated, float)
    _, place = np.unique(-rank, return_inverse=True)
    n_t = np.cumsum(np.bincount(place, weights=group))
    n_c = np.cumsum(np.bincount(place, weights=1 - group))
    y_t = np.cumsum(np.bincount(place, weights=group * result))
    y_c = np.cumsum(np.bincount(place, weights=(1 - group) * result))
    both = (n_t > 0) & (n_c > 0)
    n_t, n_c, y_t, y_c = n_t[both], n_c[both], y_t[both], y_c[both]
    share = (n_t + n_c) / len(rank)
    gain = (y_t / n_t - y_c / n_c) * (n_t + n_c)
    qini = y_t - y_c * n_t / n_c
    share, gain, qini = (np.concatenate([[0.0], corners]) for corners in (share, gain, qini))
    return share, gain, qini


def auuc(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike) -> float:
    """Area under the uplift curve over the share of customers, a customer (outcome's unit)."""
    share, gain, _ = uplift_curves(score, treated, outcome)
    return float(np.trapezoid(gain, share)) / len(np.asarray(score))


def qini_coefficient(score: ArrayLike, treated: ArrayLike, outcome: ArrayLike) -> float:
    """Area between the Qini curve and the straight line to its end, a customer.

    The straight line is what a random order gets on average.
    """
    share, _, qini = uplift_curves(score, treated, outcome)
    return float(np.trapezoid(qini, share) - qini[-1] / 2) / len(np.asarray(score))
