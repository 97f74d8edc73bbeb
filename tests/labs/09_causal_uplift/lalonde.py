"""Right and wrong answers of the task `lalonde`."""

from __future__ import annotations

from sklearn.neighbors import NearestNeighbors

from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift import data as loaded

from .estimates import as_tensor, imputation, weighting


def _training(estimate, estimand="ATT", columns=None):
    """An estimate from (terms, trained, earnings), with its name."""

    def effect(people):
        terms = people[columns] if columns else loaded.propensity_terms(people)
        return estimate(
            terms.to_numpy(float), people["treat"].to_numpy(int), people["re78"].to_numpy()
        ), estimand

    return effect


def _five_neighbours(terms, treated, outcome):
    chance = baselines.fit_propensity(terms, treated)[:, None]
    others = outcome[treated == 0]
    found = NearestNeighbors(n_neighbors=5).fit(chance[treated == 0])
    near = found.kneighbors(chance[treated == 1], return_distance=False)
    return as_tensor((outcome[treated == 1] - others[near].mean(axis=1)).mean())


def _all_by_weights(terms, treated, outcome):
    return baselines.ipw_ate(baselines.fit_propensity(terms, treated), treated, outcome)


def _with_effect(estimate, change):
    return lambda people: change(*estimate(people))


RIGHT = {
    "weights by odds": _training(weighting),
    "five neighbours, as a tensor": _training(_five_neighbours, "att"),
    "outcome regression on the usual terms": _training(imputation),
}

WRONG = {
    "the naive difference": (
        _training(lambda z, t, y: baselines.difference_in_means(t, y)),
        "plain difference",
    ),
    "one regression": (
        _training(baselines.ols, columns=list(loaded.COVARIATES)),
        "one regression",
    ),
    "ATE for ATT": (_training(_all_by_weights), "effect on everybody"),
    "right number, called ATE": (_training(weighting, "ATE"), "no ATE", 0.5),
    "right number, called ATC": (_training(weighting, "ATC"), "no ATC", 0.5),
    "the published figure": (lambda people: (1794.34, "ATT"), "below the experiment"),
    "the sign is turned": (
        _with_effect(_training(weighting), lambda effect, name: (-effect, name)),
        "below the experiment",
    ),
    "a sentence for the estimand": (
        _with_effect(_training(weighting), lambda effect, name: (effect, "on the treated")),
        "'ATT', 'ATE' or 'ATC'",
    ),
    "the number alone": (
        _with_effect(_training(weighting), lambda effect, name: effect),
        "tuple of 2",
    ),
}
