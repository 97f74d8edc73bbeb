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


def _with_squares(x):
    return PolynomialFeatures(2, include_bias=False).fit_transform(x)


def _att_with_squares(x, treated, outcome):
    """Bootstrap of an estimator whose models hold squares and products."""
    table = _with_squares(x)
    rng = np.random.default_rng(1)

    def estimate(rows):
        own, group, result = table[rows], treated[rows], outcome[rows]
        others = group == 0
        model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky"))
        chance = np.clip(model.fit(own, group).predict_proba(own)[:, 1], 0, 0.99)
        left = result - LinearRegression().fit(own[others], result[others]).predict(own)
        odds = chance[others] / (1 - chance[others])
        return left[~others].mean() - np.average(left[others], weights=odds), chance[~others]

    att, chance = estimate(np.arange(len(x)))
    again = [estimate(rng.integers(len(x), size=len(x)))[0] for _ in range(40)]
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


def _with_model_of_all(x, treated, outcome):
    chance = baselines.fit_propensity(x, treated)
    left = outcome - LinearRegression().fit(x, outcome).predict(x)
    weights = np.where(treated == 1, 1.0, -chance / (1 - chance)) / treated.mean()
    return (weights * left).mean()


def _trimmed(x, treated, outcome, limit=0.1):
    chance = baselines.fit_propensity(x, treated)
    kept = (chance > limit) & (chance < 1 - limit)
    return _att_numbers(x[kept], treated[kept], outcome[kept])[0]


def _interval_as(error_of):
    """The right estimate with 1.96 of another standard error to each side."""

    def att(x, treated, outcome):
        middle, _, _, enough = _att_numbers(x, treated, outcome)
        half = 1.96 * error_of(x, treated, outcome)
        return middle, middle - half, middle + half, enough

    return att


def _of_two_means(x, treated, outcome):
    groups = [outcome[treated == arm] for arm in (0, 1)]
    return np.sqrt(sum(group.var() / len(group) for group in groups))


def _of_residuals(x, treated, outcome):
    others = treated == 0
    left = outcome - LinearRegression().fit(x[others], outcome[others]).predict(x)
    return _of_two_means(x, treated, left)


def _of_people(x, treated, outcome):
    return outcome.std()


def _one_of_two(is_bent):
    """Regression or weights alone, by whether the margin looks bent; the right interval's width."""

    def estimate(x, treated, outcome):
        others = treated == 0
        line = LinearRegression().fit(x[others], outcome[others])
        left = outcome[others] - line.predict(x[others])
        way = weighting if is_bent(left, outcome[others]) else imputation
        return way(x, treated, outcome)

    return _att_as(estimate)


def _constant_interval(half_of):
    """The right estimate, with as many euros to each side as a rule says that weighs nobody."""

    def att(x, treated, outcome):
        middle, _, _, enough = _att_numbers(x, treated, outcome)
        left = outcome - LinearRegression().fit(x, outcome).predict(x)
        half = half_of(left)
        return middle, middle - half, middle + half, enough

    return att


def _wide_where_it_bends(x, treated, outcome):
    """Ten times the right width wherever squares explain more than a line of the margin."""
    middle, low, high, enough = _att_numbers(x, treated, outcome)
    others = treated == 0
    line, squares = (
        LinearRegression().fit(table[others], outcome[others]).score(table[others], outcome[others])
        for table in (x, _with_squares(x))
    )
    widen = 10 if (1 - squares) < 0.98 * (1 - line) else 1
    return middle, middle - widen * (middle - low), middle + widen * (high - middle), enough


def _verdict(change):
    """The right numbers, and a verdict on overlap that is made from the right one."""

    def att(x, treated, outcome):
        *numbers, enough = _att_numbers(x, treated, outcome)
        return *numbers, change(enough)

    return att


def _overlap_of_the_untreated(x, treated, outcome):
    """Looks at who was not treated; nobody like them is needed for the effect on the treated."""
    *numbers, _ = _att_numbers(x, treated, outcome)
    chance = baselines.fit_propensity(x, treated)
    return *numbers, bool((chance[treated == 0] < 0.05).mean() < 0.01)


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
    "outcome regression with squares alone": (
        _att_as(lambda x, t, y: imputation(_with_squares(x), t, y)),
        "squares and products, alone",
    ),
    "weighting alone": (_att_as(weighting), "weighting alone"),
    "ATE for ATT": (_att_as(_effect_on_all), "effect on everybody"),
    "an outcome model of everybody": (_att_as(_with_model_of_all), "learned from the"),
    "trimmed": (_att_as(_trimmed), "left out"),
    "trimmed a little": (_att_as(lambda *a: _trimmed(*a, limit=0.05)), "off by"),
    "one standard error": (
        lambda *a: _att_numbers(*a, deviations=1.0),
        "miss the truth",
        0.7,
    ),
    "an interval of two means": (_interval_as(_of_two_means), "The estimates are right", 0.7),
    "an interval of residuals": (_interval_as(_of_residuals), "miss the truth", 0.7),
    "an interval of people": (_interval_as(_of_people), "of single people", 0.7),
    "one of two models, by the residuals' size": (
        _one_of_two(lambda left, margin: left.std() > 7),
        "off by",
    ),
    "one of two models, by the residuals' share": (
        _one_of_two(lambda left, margin: left.std() > 0.3 * margin.std()),
        "off by",
    ),
    "half a euro to each side where nothing seems to bend": (
        _constant_interval(lambda left: 0.45 if left.std() < 7 else 8.0),
        "The estimates are right",
        0.7,
    ),
    "three times the interval of residuals": (
        _constant_interval(lambda left: 6 * left.std() / np.sqrt(len(left) / 4)),
        "times as wide",
        0.7,
    ),
    "an interval that holds anything where it bends": (
        _wide_where_it_bends,
        "times as wide",
        0.7,
    ),
    "a point for an interval": (_interval_as(lambda x, t, y: 0.0), "miss the truth", 0.7),
    "overlap taken for granted": (_verdict(lambda enough: True), "You never say False", 0.75),
    "overlap never": (_verdict(lambda enough: False), "false alarms"),
    "overlap turned round": (_verdict(lambda enough: not enough), "turned round"),
    "overlap of the untreated": (_overlap_of_the_untreated, "false alarms"),
    "a share instead of a verdict": (
        lambda *a: (*_att_numbers(*a)[:3], 0.3),
        "True or False",
    ),
    "the estimate alone": (lambda *a: _att_numbers(*a)[0], "tuple of 4"),
    "five for everything": (lambda *a: (5.0, 4.0, 6.0, True), "off by"),
}

HARMLESS = {
    "constant: enough_overlap = np.mean(chance[~others] > 0.95) < 0.1 -> *": "With overlap the "
    "share of the treated is below 0.06, without above 0.2: any limit between tells them apart.",
    "comparison: …hance[~others] > 0.95) < 0.1 -> …hance[~others] > 0.95) <= 0.1": "No share is "
    "exactly 0.1.",
    "comparison: …p.mean(chance[~others] > 0.95) < 0.1 -> *": "No propensity is exactly 0.95.",
    "mask dropped: …overlap = np.mean(chance[~others] > 0.95) < 0.1 -> *": "Whose propensity is "
    "near 1 is treated, so the share among all is about half of that among the treated, and lies "
    "on the same side of the limit.",
}
