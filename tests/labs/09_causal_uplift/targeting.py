"""Right and wrong answers of the task `targeting`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from labkit.trends.causal_uplift.world.retention import draw_retention


def _campaign(score_of, *, stop=True, limit=True, price=None):
    """Choose by a score of customers, the highest first, while it is above zero."""

    def choose(history, customers, cost, budget):
        features = [name for name in customers if name != "value"]
        score = np.asarray(score_of(history, customers, features, cost), float)
        most = min(int(budget // (price or cost)), len(score)) if limit else len(score)
        chosen = np.zeros(len(score), dtype=bool)
        chosen[np.argsort(-score)[:most]] = True
        return chosen & (score > 0) if stop else chosen

    return choose


def _uplift(history, customers, features, model):
    past = history["offer"] == 1
    with_it, without = (
        model.fit(history.loc[group, features], history.loc[group, "stayed"]).predict_proba(
            customers[features]
        )[:, 1]
        for group in (past, ~past)
    )
    return with_it - without


def _by_uplift(history, customers, features, cost):
    change = _uplift(history, customers, features, LogisticRegression())
    return change * customers["value"] - cost


def _by_causalml_trees(history, customers, features, cost):
    from causalml.inference.meta import BaseTClassifier

    learner = BaseTClassifier(
        HistGradientBoostingClassifier(max_iter=60, max_depth=2, learning_rate=0.1)
    )
    offer, stayed = (history[name].to_numpy().astype(int) for name in ("offer", "stayed"))
    learner.fit(X=history[features].to_numpy(), treatment=offer, y=stayed)
    change = np.ravel(learner.predict(customers[features].to_numpy()))
    return change * customers["value"].to_numpy() - cost


def _by_interactions(history, customers, features, cost):
    """One logistic regression with the offer times every feature."""

    def table(people, offer):
        plain = people[features].to_numpy()
        return np.column_stack(
            [plain, offer[:, None] * np.column_stack([np.ones(len(plain)), plain])]
        )

    model = LogisticRegression(C=10).fit(
        table(history, history["offer"].to_numpy()), history["stayed"]
    )
    with_it, without = (
        model.predict_proba(table(customers, np.full(len(customers), offer)))[:, 1]
        for offer in (1.0, 0.0)
    )
    change = with_it - without
    return change * customers["value"] - cost


def _by_risk(history, customers, features, cost):
    model = LogisticRegression().fit(history[features], history["stayed"])
    return model.predict_proba(customers[features])[:, 0]


def _by_loyalty(history, customers, features, cost):
    return 1 - _by_risk(history, customers, features, cost)


def _by_interaction_free(history, customers, features, cost):
    """An S-learner without interactions: every customer gets nearly the same uplift."""
    columns = [*features, "offer"]
    model = LogisticRegression().fit(history[columns], history["stayed"])
    change = (
        model.predict_proba(customers.assign(offer=1.0)[columns])
        - model.predict_proba(customers.assign(offer=0.0)[columns])
    )[:, 1]
    return change * customers["value"]


def _by_mean_value(history, customers, features, cost):
    change = _uplift(history, customers, features, LogisticRegression())
    return change * history["value"].mean() - cost


def _anybody_worth_it(history, customers, cost, budget):
    """Who is worth an offer, in an order as good as by lot."""
    features = [name for name in customers if name != "value"]
    worth = np.flatnonzero(_by_uplift(history, customers, features, cost) > 0)
    chosen = np.zeros(len(customers), dtype=int)
    chosen[np.random.default_rng(0).permutation(worth)[: int(budget // cost)]] = 1
    return chosen


def _ranked_by_uplift(history, customers, cost, budget):
    """Who is worth an offer, the highest uplift first, whatever the customer is worth."""
    features = [name for name in customers if name != "value"]
    change = _uplift(history, customers, features, LogisticRegression())
    change = np.where(change * customers["value"] > cost, change, -1)
    chosen = np.zeros(len(change), dtype=bool)
    chosen[np.argsort(-change)[: int(budget // cost)]] = True
    return chosen & (change > 0)


def _with_a_margin(euros):
    """The right order, down to so many euros, whatever an offer costs."""
    return _campaign(lambda *a: _by_uplift(*a[:3], euros))


def _of_the_packages_customers(history, customers, features, cost):
    """A model of a large draw from the package, whose customers are not those of the check."""
    drawn = draw_retention(20_000, 0)
    change = _uplift(drawn.observed, customers, list(features), LogisticRegression())
    return change * customers["value"] - cost


def _number_at_home(share, *, least_uplift=-1.0):
    """The best by uplift times value, at most a share of all, whatever an offer costs."""

    def choose(history, customers, cost, budget):
        features = [name for name in customers if name != "value"]
        change = _uplift(history, customers, features, LogisticRegression())
        most = min(int(budget // cost), round(share * len(customers)))
        chosen = np.zeros(len(customers), dtype=bool)
        chosen[np.argsort(-change * customers["value"].to_numpy())[:most]] = True
        return chosen & (change > least_uplift)

    return choose


RIGHT = {
    "T-learner with logistic regression": _campaign(_by_uplift),
    "causalml with trees": _campaign(_by_causalml_trees),
    "interactions": _campaign(_by_interactions),
    "as a series": lambda *a: pd.Series(_campaign(_by_uplift)(*a)),
}

WRONG = {
    "the most endangered": (_campaign(_by_risk), "Risk is not uplift"),
    "the most loyal": (_campaign(_by_loyalty), "sure things"),
    "nobody": (lambda h, c, cost, budget: np.zeros(len(c)), "Nobody gets an offer"),
    "everybody": (lambda h, c, cost, budget: np.ones(len(c)), "more than the budget"),
    "the right order, but all of the budget": (
        _campaign(_by_uplift, stop=False),
        "of the oracle's is asked",
    ),
    "everybody is worth the mean": (_campaign(_by_mean_value), "of the oracle's is asked"),
    "anybody who is worth it": (_anybody_worth_it, "more in value than in uplift"),
    "the highest uplift first": (_ranked_by_uplift, "more in value than in uplift"),
    "whomever an offer keeps": (
        _campaign(lambda *a: _by_uplift(*a[:3], 0.0)),
        "cost more than they keep",
    ),
    "the budget as a number of offers": (_campaign(_by_uplift, price=1.0), "budget"),
    "twenty euros more than nothing": (_with_a_margin(20.0), "of the oracle's is asked"),
    "two hundred euros more than nothing": (_with_a_margin(200.0), ""),
    "a quarter at most, whatever the cost": (_number_at_home(0.25), "cost more than they keep"),
    "a sixth at most, whatever the cost": (_number_at_home(0.17), "of the oracle's is asked"),
    "a tenth at most, whatever the cost": (_number_at_home(0.1), "of the oracle's is asked"),
    "ten points of uplift for the cost": (
        _number_at_home(1.0, least_uplift=0.1),
        "of the oracle's is asked",
    ),
    "the most valuable": (
        _campaign(lambda h, c, *_: c["value"].to_numpy()),
        "of the oracle's is asked",
    ),
    "no interactions": (_campaign(_by_interaction_free), "of the oracle's is asked"),
    "the customers of the package": (
        _campaign(_of_the_packages_customers),
        "of the oracle's is asked",
    ),
    "the sign is turned": (
        _campaign(lambda *a: -_by_uplift(*a), stop=False),
        "of the oracle's is asked",
    ),
    "scores": (
        lambda h, c, cost, budget: _by_uplift(h, c, [name for name in c if name != "value"], cost),
        "should hold 0 or 1",
    ),
    "row numbers": (
        lambda h, c, cost, budget: np.flatnonzero(_campaign(_by_uplift)(h, c, cost, budget)),
        "should have shape",
    ),
}

_ONE = "One customer more or less at the end of the list changes nothing that can be seen."
HARMLESS = {
    "filter dropped: …ame in customers.columns if name != 'value'] -> *": "A column too many: the "
    "value has nothing to do with who stays, and 30,000 customers show that.",
    "constant: …[:int(budget // cost)][-1] -> *": _ONE,
    "operator: …ngs)[::-1][:int(budget // cost)][-1] -> *": "The budget is a multiple of the cost.",
    "comparison: return brings >= max(last, 1e-09) -> *": _ONE,
}
