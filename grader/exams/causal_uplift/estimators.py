"""Reference estimators of the effect on the treated: weights, strata, neighbours, and AIPW.

Features `x` (n, k), `treated` (n,) of 0 and 1, `outcome` (n,); the estimates are in the outcome's
unit. What a learner is judged by is left to the draws and to `labkit.checks.causal_uplift`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors

Floats = NDArray[np.float64]

STRATA = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Limits of the propensity strata; narrow where most of the untreated are."""


def ipw_att(propensity: Floats, treated: NDArray[Any], outcome: Floats) -> float:
    """Treated mean less that of the others, weighted by the odds of treatment (Hajek)."""
    others = treated == 0
    odds = propensity[others] / (1 - propensity[others])
    return float(outcome[treated == 1].mean() - np.average(outcome[others], weights=odds))


def stratified_att(propensity: Floats, treated: NDArray[Any], outcome: Floats) -> float:
    """Differences within strata of the propensity, weighted by the treated in each.

    Others with a lower propensity than any of the treated are left out (Dehejia and Wahba 1999),
    and so are strata that hold one group only.
    """
    kept = propensity >= propensity[treated == 1].min()
    stratum = np.digitize(propensity, STRATA[1:-1], right=True)
    total, people = 0.0, 0
    for place in range(len(STRATA) - 1):
        with_it = kept & (stratum == place) & (treated == 1)
        without = kept & (stratum == place) & (treated == 0)
        if with_it.any() and without.any():
            total += with_it.sum() * (outcome[with_it].mean() - outcome[without].mean())
            people += int(with_it.sum())
    return total / people


def nearest_neighbour_att(
    propensity: Floats, treated: NDArray[Any], outcome: Floats, neighbours: int = 1
) -> float:
    """Each treated less the mean of its `neighbours` in the propensity, used again and again."""
    score = propensity[:, None]
    others = outcome[treated == 0]
    search = NearestNeighbors(n_neighbors=neighbours).fit(score[treated == 0])
    matched = others[search.kneighbors(score[treated == 1], return_distance=False)].mean(axis=1)
    return float((outcome[treated == 1] - matched).mean())


def aipw_att(
    x: Floats,
    treated: NDArray[Any],
    outcome: Floats,
    seed: int = 0,
    folds: int = 5,
    outcome_model: Any = None,
    propensity_model: Any = None,
) -> tuple[float, float, float]:
    """Doubly robust effect on the treated, cross-fitted, with its 95 % interval: (att, low, high).

    Right if either model is: the regression on the untreated (`outcome_model`, linear unless
    given) or the propensity (`propensity_model`, logistic unless given). Source: Chernozhukov et
    al. (2018), Double/debiased machine learning, Econometrics Journal 21(1), section 5.
    """
    outcome_model = LinearRegression() if outcome_model is None else outcome_model
    propensity_model = (
        LogisticRegression(max_iter=2000) if propensity_model is None else propensity_model
    )
    without, propensity = np.zeros(len(outcome)), np.zeros(len(outcome))
    splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(x, treated)
    for fit, use in splits:
        others = fit[treated[fit] == 0]
        without[use] = clone(outcome_model).fit(x[others], outcome[others]).predict(x[use])
        chance = clone(propensity_model).fit(x[fit], treated[fit])
        propensity[use] = np.clip(chance.predict_proba(x[use])[:, 1], 1e-4, 0.99)
    odds = propensity / (1 - propensity)
    share = treated.mean()
    score = np.where(treated == 1, 1.0, -odds) * (outcome - without) / share
    att = float(score.mean())
    error = float(np.std(score - treated * att / share) / np.sqrt(len(score)))
    return att, att - 1.96 * error, att + 1.96 * error
