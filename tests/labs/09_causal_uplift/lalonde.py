"""Right and wrong answers of the task `lalonde`."""

from __future__ import annotations

from sklearn.linear_model import LinearRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

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


def _nearest_in_the_covariates(people):
    """One neighbour in the standardised covariates, without any propensity."""
    x = StandardScaler().fit_transform(people[list(loaded.COVARIATES)])
    treated, earned = people["treat"].to_numpy(), people["re78"].to_numpy()
    found = NearestNeighbors(n_neighbors=1).fit(x[treated == 0])
    near = found.kneighbors(x[treated == 1], return_distance=False)[:, 0]
    return (earned[treated == 1] - earned[treated == 0][near]).mean(), "ATT"


def _trimmed(terms, treated, outcome):
    return baselines.ipw_ate(baselines.fit_propensity(terms, treated), treated, outcome, trim=0.1)


def _with_model_of_all(terms, treated, outcome):
    left = outcome - LinearRegression().fit(terms, outcome).predict(terms)
    return left[treated == 1].mean()


def _controls_of_the_experiment(people):
    """What the package says of the experiment: other people, and other earnings."""
    experiment = loaded.nsw()
    controls = experiment.loc[experiment["treat"] == 0, "re78"].mean()
    return people.loc[people["treat"] == 1, "re78"].mean() - controls, "ATT"


RIGHT = {
    "weights by odds": _training(weighting),
    "five neighbours, as a tensor": _training(_five_neighbours, "att"),
    "outcome regression on the usual terms": _training(imputation),
    "nearest in the covariates": _nearest_in_the_covariates,
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
    "one regression on the terms": (_training(baselines.ols), ""),
    "one regression and 1,900 dollars": (
        _with_effect(
            _training(baselines.ols, columns=list(loaded.COVARIATES)),
            lambda effect, name: (effect + 1_900, name),
        ),
        "the experiment",
    ),
    "ATE for ATT": (_training(_all_by_weights), ""),
    "a trimmed ATE, called ATT": (_training(_trimmed), "after trimming"),
    "an earnings model of everybody": (_training(_with_model_of_all), "learned from the trained"),
    "right number, called ATE": (_training(weighting, "ATE"), "no ATE"),
    "right number, called ATC": (_training(weighting, "ATC"), "no ATC"),
    "the published figure": (lambda people: (1794.34, "ATT"), "the experiment"),
    "the figure of the package": (lambda people: (loaded.EXPERIMENT, "ATT"), "the experiment"),
    "the experiment's controls": (_controls_of_the_experiment, "the experiment"),
    "the sign is turned": (
        _with_effect(_training(weighting), lambda effect, name: (-effect, name)),
        "the experiment",
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

_EITHER = "Weights and earnings model are both right here, and one of them is enough."
HARMLESS = {
    "operator: left = earnings - without -> *": _EITHER,
    "operator: odds = chance[~trained] / (1 - chance[~trained]) -> *": _EITHER,
    "operator: …= chance[~trained] / (1 - chance[~trained]) -> *": _EITHER,
    "constant: …s = chance[~trained] / (1 - chance[~trained]) -> *": _EITHER,
    "operator: …n (left[trained].mean() - np.average(left[~traine… -> *": _EITHER,
}
