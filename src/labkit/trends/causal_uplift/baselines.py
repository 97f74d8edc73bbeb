"""The estimators an analyst reaches for first, written out: naive difference, regression, weights.

All take plain arrays: features `x` (n, k), `treated` (n,) with 0 or 1, `outcome` (n,), and estimate
an effect in the outcome's unit. They are right or wrong by turns; the lesson shows when. Effects
on the treated, doubly robust estimates and learners made for confounded data are left to the
learner.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = NDArray[np.float64]


def difference_in_means(treated: ArrayLike, outcome: ArrayLike) -> float:
    """Mean outcome of the treated less that of the others: right in an experiment only."""
    group, result = np.asarray(treated), np.asarray(outcome, float)
    return float(result[group == 1].mean() - result[group == 0].mean())


def ols(x: ArrayLike, treated: ArrayLike, outcome: ArrayLike) -> float:
    """Coefficient of `treated` in a linear regression on it and all columns of `x`.

    Where effects differ between people this is neither their mean nor that of the treated, but
    weighted towards who could have gone either way (Angrist 1998, Econometrica 66(2)).
    """
    table = np.column_stack([np.ones(len(np.asarray(treated))), treated, x])
    coefficients = np.linalg.lstsq(table, np.asarray(outcome, float), rcond=None)[0]
    return float(coefficients[1])


def fit_propensity(x: ArrayLike, treated: ArrayLike) -> Floats:
    """Probability of treatment by maximum likelihood in a logistic regression, shape (n,).

    The penalty is next to none; it keeps the coefficients finite where the groups do not overlap.
    """
    table = np.asarray(x, float)
    logistic = LogisticRegression(C=1e6, solver="newton-cholesky", tol=1e-8)
    model = make_pipeline(StandardScaler(), logistic).fit(table, np.asarray(treated))
    probabilities: Floats = model.predict_proba(table)[:, 1]
    return probabilities


def ipw_ate(
    propensity: ArrayLike, treated: ArrayLike, outcome: ArrayLike, trim: float = 0.0
) -> float:
    """Mean effect over all by inverse probability weights that sum to one (Hajek).

    With `trim` above 0 only people whose `propensity` (n,) lies strictly between `trim` and
    1 - `trim` count: steadier, but the mean effect of another population.

    Raises:
        ValueError: nobody, or only one of the two groups, is left.
    """
    score = np.asarray(propensity, float)
    group, result = np.asarray(treated), np.asarray(outcome, float)
    kept = (score > trim) & (score < 1 - trim)
    with_it, without = kept & (group == 1), kept & (group == 0)
    if not (with_it.any() and without.any()):
        raise ValueError(
            f"with trim={trim} one of the groups is empty; a smaller value keeps more people"
        )
    return float(
        np.average(result[with_it], weights=1 / score[with_it])
        - np.average(result[without], weights=1 / (1 - score[without]))
    )


def s_learner(
    model: Any, x: ArrayLike, treated: ArrayLike, outcome: ArrayLike, x_new: ArrayLike
) -> Floats:
    """Effect for each row of `x_new` (m, k) by one model that has the treatment as a column.

    `model` is any regressor of scikit-learn. Such a model may all but overlook the one column that
    matters (Kuenzel et al. 2019, PNAS 116(10)). Returns (m,).
    """
    new = np.asarray(x_new, float)
    fitted = clone(model).fit(np.column_stack([x, treated]), np.asarray(outcome, float))
    with_it = fitted.predict(np.column_stack([new, np.ones(len(new))]))
    without = fitted.predict(np.column_stack([new, np.zeros(len(new))]))
    return np.asarray(with_it - without, float)


def t_learner(
    model: Any, x: ArrayLike, treated: ArrayLike, outcome: ArrayLike, x_new: ArrayLike
) -> Floats:
    """Effect for each row of `x_new` (m, k) by two models, one a group. Returns (m,).

    Each model errs in its own way, and the errors do not cancel (Kuenzel et al. 2019).
    """
    table, group, result = np.asarray(x, float), np.asarray(treated), np.asarray(outcome, float)
    new = np.asarray(x_new, float)
    with_it, without = (
        clone(model).fit(table[group == arm], result[group == arm]).predict(new) for arm in (1, 0)
    )
    return np.asarray(with_it - without, float)
