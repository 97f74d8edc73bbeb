"""Reference learners of the effect on each person: X and DR, on any regressor of scikit-learn.

`x` (n, k), `treated` (n,) of 0 and 1, `outcome` (n,), `x_new` (m, k); both return (m,) in the unit
of the outcome.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

Floats = NDArray[np.float64]


def x_learner(
    model: Any, x: Floats, treated: NDArray[Any], outcome: Floats, x_new: Floats
) -> Floats:
    """Impute each person's missing future, regress both effects, and weigh them by propensity.

    Source: Kuenzel, Sekhon, Bickel and Yu (2019), Metalearners for estimating heterogeneous
    treatment effects using machine learning, PNAS 116(10).
    """
    with_it, without = treated == 1, treated == 0
    future_with = clone(model).fit(x[with_it], outcome[with_it])
    future_without = clone(model).fit(x[without], outcome[without])
    effect_treated = clone(model).fit(
        x[with_it], outcome[with_it] - future_without.predict(x[with_it])
    )
    effect_others = clone(model).fit(x[without], future_with.predict(x[without]) - outcome[without])
    chance = LogisticRegression(max_iter=2000).fit(x, treated).predict_proba(x_new)[:, 1]
    return np.asarray(
        chance * effect_others.predict(x_new) + (1 - chance) * effect_treated.predict(x_new)
    )


def dr_learner(
    model: Any,
    x: Floats,
    treated: NDArray[Any],
    outcome: Floats,
    x_new: Floats,
    effect_model: Any = None,
    seed: int = 0,
) -> Floats:
    """Regress the doubly robust score of each person on `x`, cross-fitted in five folds.

    `effect_model` is the regressor of the last step, `model` unless given. Source: Kennedy
    (2023), Towards optimal doubly robust estimation of heterogeneous causal effects, Electronic
    Journal of Statistics 17(2).
    """
    score = np.zeros(len(outcome))
    for fit, use in StratifiedKFold(5, shuffle=True, random_state=seed).split(x, treated):
        chance = LogisticRegression(max_iter=2000).fit(x[fit], treated[fit])
        propensity = np.clip(chance.predict_proba(x[use])[:, 1], 0.02, 0.98)
        futures = [
            clone(model)
            .fit(x[fit][treated[fit] == arm], outcome[fit][treated[fit] == arm])
            .predict(x[use])
            for arm in (0, 1)
        ]
        own = np.where(treated[use] == 1, futures[1], futures[0])
        weight = np.where(treated[use] == 1, 1 / propensity, -1 / (1 - propensity))
        score[use] = futures[1] - futures[0] + weight * (outcome[use] - own)
    last = clone(model if effect_model is None else effect_model)
    return np.asarray(last.fit(x, score).predict(x_new))
