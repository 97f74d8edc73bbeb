"""Right and wrong answers of the task `aipw`."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from labkit.trends.causal_uplift import baselines

from .estimates import imputation, weighting


def _att_numbers(x, treated, outcome, *, deviations=1.96, share=0.1):
    others = treated == 0
    chance = LogisticRegression(C=1e4, max_iter=2000).fit(x, treated).predict_proba(x)[:, 1]
    without = LinearRegression().fit(x[others], outcome[others]).predict(x)
    odds = chance / (1 - chance)
    term = np.where(others, -odds, 1) * (outcome - without) * len(x) / (~others).sum()
    att = term.mean()
    error = np.sqrt(np.var(term - (~others) * att * len(x) / (~others).sum()) / len(x))
    enough = bool((chance[~others] > 0.95).mean() < share)
    return att, att - deviations * error, att + deviations * error, enough


def _att_crossfitted(x, treated, outcome):
    """Cross-fitted, weights that sum to one, overlap by the effective number of the others."""
    chance, without = np.zeros(len(x)), np.zeros(len(x))
    for fit, use in KFold(4, shuffle=True, random_state=3).split(x):
        model = make_pipeline(StandardScaler(), LogisticRegression())
        chance[use] = model.fit(x[fit], treated[fit]).predict_proba(x[use])[:, 1]
        untreated = fit[treated[fit] == 0]
        without[use] = RidgeCV().fit(x[untreated], outcome[untreated]).predict(x[use])
    others = treated == 0
    left = outcome - without
    odds = chance[others] / (1 - chance[others])
    weights = odds / odds.sum()
    att = left[~others].mean() - weights @ left[others]
    variance = (
        left[~others].var() / (~others).sum()
        + weights**2 @ (left[others] - weights @ left[others]) ** 2
    )
    effective = 1 / (weights**2).sum()
    half = 1.96 * np.sqrt(variance)
    return [att, att - half, att + half, int(effective > 0.1 * others.sum())]


def _att_with_squares(x, treated, outcome):
    """Bootstrap of an estimator whose models hold squares and products."""
    table = PolynomialFeatures(2, include_bias=False).fit_transform(x)
    rng = np.random.default_rng(1)

    def estimate(rows):
        own, group, result = table[rows], treated[rows], outcome[rows]
        others = group == 0
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=300))
        chance = np.clip(model.fit(own, group).predict_proba(own)[:, 1], 0, 0.99)
        left = result - LinearRegression().fit(own[others], result[others]).predict(own)
        odds = chance[others] / (1 - chance[others])
        return left[~others].mean() - np.average(left[others], weights=odds), chance[~others]

    att, chance = estimate(np.arange(len(x)))
    again = [estimate(rng.integers(len(x), size=len(x)))[0] for _ in range(20)]
    half = 1.96 * np.std(again, ddof=1)
    return np.array([att, att - half, att + half, np.quantile(chance, 0.8) < 0.95])


def _att_as(estimate):
    """An estimate by another method, with the right interval's width and overlap's verdict."""

    def att(x, treated, outcome):
        middle, low, high, enough = _att_numbers(x, treated, outcome)
        own = estimate(x, treated, outcome)
        return own, own - (middle - low), own + (high - middle), enough

    return att


def _effect_on_all(x, treated, outcome):
    chance = baselines.fit_propensity(x, treated)
    with_it, without = (
        LinearRegression().fit(x[treated == arm], outcome[treated == arm]).predict(x)
        for arm in (1, 0)
    )
    own = np.where(treated == 1, with_it, without)
    weight = np.where(treated == 1, 1 / chance, -1 / (1 - chance))
    return (with_it - without + weight * (outcome - own)).mean()


def _always_enough(x, treated, outcome):
    return *_att_numbers(x, treated, outcome)[:3], True


def _interval_of_people(x, treated, outcome):
    att, _, _, enough = _att_numbers(x, treated, outcome)
    spread = 1.96 * outcome.std()
    return att, att - spread, att + spread, enough


RIGHT = {
    "cross-fitted, weights sum to one": _att_crossfitted,
    "squares and products, bootstrap": _att_with_squares,
    "in one sweep": _att_numbers,
}

WRONG = {
    "the naive difference": (
        _att_as(lambda x, t, y: baselines.difference_in_means(t, y)),
        "plain difference",
    ),
    "one regression": (_att_as(baselines.ols), "one regression"),
    "outcome regression alone": (_att_as(imputation), "outcome regression alone"),
    "weighting alone": (_att_as(weighting), "weighting alone"),
    "ATE for ATT": (_att_as(_effect_on_all), "effect on everybody"),
    "one standard error": (
        lambda *a: _att_numbers(*a, deviations=1.0),
        "One standard error",
        0.75,
    ),
    "an interval of people": (_interval_of_people, "not that of their mean", 0.75),
    "overlap taken for granted": (_always_enough, "nobody looked at", 0.75),
    "overlap never": (
        lambda *a: (*_att_numbers(*a)[:3], False),
        "false alarms",
        0.75,
    ),
    "a share instead of a verdict": (
        lambda *a: (*_att_numbers(*a)[:3], 0.3),
        "True or False",
    ),
    "the estimate alone": (lambda *a: _att_numbers(*a)[0], "tuple of 4"),
}
