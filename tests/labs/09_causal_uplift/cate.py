"""Right and wrong answers of the task `cate`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer

from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.retailer import Market, customer_effect


def _boosting():
    return HistGradientBoostingRegressor(max_iter=100, max_depth=3, learning_rate=0.08)


def _smooth():
    return make_pipeline(SplineTransformer(n_knots=5), RidgeCV(np.logspace(-2, 3, 10)))


def _dr_by_causalml(x, treated, outcome, x_new):
    """The mean over three splits of the people: a single one now and then is off by 3.5 euros."""
    from causalml.inference.meta import BaseDRRegressor

    chance = LogisticRegression().fit(x, treated).predict_proba(x)[:, 1]
    found = []
    for split in range(3):
        learner = BaseDRRegressor(learner=_boosting(), treatment_effect_learner=_smooth())
        learner.fit(X=x, treatment=treated, y=outcome, p=np.clip(chance, 0.02, 0.98), seed=split)
        found.append(learner.predict(X=x_new))  # a column, as causalml returns it
    return np.mean(found, axis=0)


def _r_by_hand(x, treated, outcome, x_new):
    """Robinson's residuals, cross-fitted, then one weighted regression of their ratio."""
    left, surprise = np.zeros(len(x)), np.zeros(len(x))
    for fit, use in KFold(3, shuffle=True, random_state=0).split(x):
        left[use] = outcome[use] - _boosting().fit(x[fit], outcome[fit]).predict(x[use])
        chance = LogisticRegression().fit(x[fit], treated[fit]).predict_proba(x[use])[:, 1]
        surprise[use] = treated[use] - chance
    last = SplineTransformer(n_knots=5)
    basis = last.fit_transform(x)
    model = RidgeCV(np.logspace(-1, 4, 12)).fit(basis, left / surprise, sample_weight=surprise**2)
    return model.predict(last.transform(x_new)).tolist()


def _x_by_hand(x, treated, outcome, x_new, swapped=False):
    arms = [treated == arm for arm in (0, 1)]
    futures = [_boosting().fit(x[arm], outcome[arm]) for arm in arms]
    imputed = [
        futures[1].predict(x[arms[0]]) - outcome[arms[0]],
        outcome[arms[1]] - futures[0].predict(x[arms[1]]),
    ]
    guesses = [
        _boosting().fit(x[arm], effect).predict(x_new)
        for arm, effect in zip(arms, imputed, strict=True)
    ]
    chance = LogisticRegression().fit(x, treated).predict_proba(x_new)[:, 1]
    if swapped:
        chance = 1 - chance
    return pd.Series(chance * guesses[0] + (1 - chance) * guesses[1])


def _by_causalml_r(x, treated, outcome, x_new):
    """The R-learner that the hint names, with the booster of the lab's solution."""
    from causalml.inference.meta import BaseRRegressor

    learner = BaseRRegressor(learner=_boosting(), random_state=0)
    chance = LogisticRegression().fit(x, treated).predict_proba(x)[:, 1]
    learner.fit(X=x, treatment=treated, y=outcome, p=chance)
    return learner.predict(X=x_new)[:, 0]


def _t_as_it_comes(x, treated, outcome, x_new):
    return baselines.t_learner(HistGradientBoostingRegressor(), x, treated, outcome, x_new)


def _of_the_packages_market(x, treated, outcome, x_new):
    """What the package says of the market as it stands, which is not that of the check."""
    return customer_effect(np.asarray(x_new), Market(heterogeneity=2.0))


def _noise(x, treated, outcome, x_new):
    return np.random.default_rng(0).normal(5, 8, len(x_new))


def _t_linear(x, treated, outcome, x_new):
    return baselines.t_learner(LinearRegression(), x, treated, outcome, x_new)


def _predicted_margin(x, treated, outcome, x_new):
    return _boosting().fit(x, outcome).predict(x_new)


def _one_effect(x, treated, outcome, x_new):
    return np.full(len(x_new), baselines.ols(x, treated, outcome))


def _of_the_old_people(x, treated, outcome, x_new):
    return _x_by_hand(x, treated, outcome, x)


RIGHT = {
    "R-learner by hand, as a list": _r_by_hand,
    "R-learner of causalml": _by_causalml_r,
    "X-learner by hand, as a series": _x_by_hand,
    "DR-learner of causalml": lambda *a: _dr_by_causalml(*a)[:, 0],
}

WRONG = {
    "a linear S-learner": (
        lambda *a: baselines.s_learner(LinearRegression(), *a),
        "the same for everybody",
    ),
    "one effect": (_one_effect, "the same for everybody"),
    "a linear T-learner": (_t_linear, "linear in the features"),
    "a T-learner as it comes": (_t_as_it_comes, "is asked"),
    "swapped weights": (lambda *a: _x_by_hand(*a, swapped=True), "is asked"),
    "the sign is turned": (lambda *a: -_x_by_hand(*a), "sign is turned"),
    "predicted margins": (_predicted_margin, "predicted margins"),
    "the market of the package": (_of_the_packages_market, "is asked"),
    "noise": (_noise, "is asked"),
    "the old people": (_of_the_old_people, "should have shape"),
    "a column": (_dr_by_causalml, "should have shape"),
}
