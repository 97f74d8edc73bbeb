"""Right and wrong answers of the task `offer`."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, RidgeCV


def _arms(model):
    def added(x, offered, profit, new):
        with_it, without = (model().fit(x[offered == a], profit[offered == a]) for a in (1, 0))
        return with_it.predict(new) - without.predict(new)

    return added


def _take(value, most):
    chosen = np.zeros(len(value), bool)
    best = np.argsort(-value)[:most]
    chosen[best[value[best] > 0]] = True
    return chosen


def _by(added):
    def offer(x, offered, profit, new, cost, most):
        return _take(added(x, offered, profit, new) - cost, most)

    return offer


def interactions(x, offered, profit, new):
    """One regression with the offer, the features and their products."""
    t = offered[:, None] - offered.mean()
    table = np.hstack([np.ones_like(t), t, x, t * x])
    found = np.linalg.lstsq(table, profit, rcond=None)[0]
    return found[1] + new @ found[2 + x.shape[1] :]


def transformed(x, offered, profit, new):
    """Outcomes turned so that their mean is what an offer adds, freed of what features explain."""
    usual = LinearRegression().fit(x, profit).predict(x)
    turned = (profit - usual) * (offered - 0.5) / 0.25
    return RidgeCV().fit(x, turned).predict(new)


def no_limit(x, offered, profit, new, cost, most):
    return interactions(x, offered, profit, new) > cost


def _ranked(score):
    """A ranking by something else, as many offers as allowed."""

    def offer(x, offered, profit, new, cost, most):
        chosen = np.zeros(len(new), int)
        chosen[np.argsort(-score(x, offered, profit, new))[:most]] = 1
        return chosen

    return offer


def _usual(x, offered, profit, new):
    return LinearRegression().fit(x[offered == 0], profit[offered == 0]).predict(new)


def _treated(x, offered, profit, new):
    return LinearRegression().fit(x[offered == 1], profit[offered == 1]).predict(new)


def _mean_effect(x, offered, profit, new, cost, most):
    """Everybody, or nobody: the mean effect decides."""
    added = profit[offered == 1].mean() - profit[offered == 0].mean()
    return np.full(len(new), added > cost) & (np.arange(len(new)) < most)


HARMLESS = {
    "comparison: return (net >= limit) & (net > 0) -> return (net > limit) & (net > 0)": "one "
    "offer less of some hundred",
    "constant: …(net >= limit) & (net > 0) -> *": "a customer who adds a euro changes little",
    "comparison: … (net >= limit) & (net > 0) -> … (net >= limit) & (net >= 0)": "no net is 0",
}
RIGHT = {
    "two regressions": _by(_arms(LinearRegression)),
    "products": _by(interactions),
    "turned outcomes": _by(transformed),
}
WRONG = {
    "by risk": (_ranked(lambda *a: -_usual(*a)), "cost more than they add"),
    "by value": (_ranked(_usual), "cost more than they add"),
    "who brought much with an offer": (_ranked(_treated), "cost more than they add"),
    "treated outcomes above the cost": (
        lambda x, t, y, new, cost, most: _take(_treated(x, t, y, new) - cost, most),
        "cost more than they add",
    ),
    "all that is allowed": (_ranked(interactions), "cost more than they add"),
    "cost forgotten": (
        lambda x, t, y, new, cost, most: _take(interactions(x, t, y, new), most),
        "cost more than they add",
    ),
    "without a limit": (no_limit, "at most"),
    "everybody or nobody": (_mean_effect, "0 offers earn"),
    "no control": (
        lambda x, t, y, new, cost, most: _take(_treated(x, t, y, new) - y.mean() - cost, most),
        "offers earn",
    ),
    "boosted trees as they come": (
        _by(_arms(lambda: HistGradientBoostingRegressor(max_iter=30, random_state=0))),
        "cost more than they add",
    ),
    "one feature": (
        _by(lambda x, t, y, new: interactions(x[:, :1], t, y, new[:, :1])),
        "offers earn",
    ),
}
