"""Right and wrong answers of module 09, for `labkit verify` and the tests.

Every right answer is written differently from the lab's solution. Every wrong one is a mistake
that learners make; beside it stands a piece of the text that its outcome must show.
"""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeCV
from sklearn.model_selection import KFold
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, SplineTransformer, StandardScaler

from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift import data as loaded

# --- 1 adjustment -------------------------------------------------------------------------------


def _slope(data, treatment, outcome, names):
    table = sm.add_constant(data[[treatment, *names]])
    return float(sm.OLS(data[outcome], table).fit().params[treatment])


def _others(data, treatment, outcome):
    return [name for name in data.columns if name not in (treatment, outcome)]


def _smallest_separating_set(data, edges, treatment, outcome):
    """Try all sets that hold nothing downstream of the treatment, smallest first."""
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    after = nx.descendants(graph, treatment)
    back_doors = graph.copy()
    back_doors.remove_edges_from(list(graph.out_edges(treatment)))
    free = [name for name in _others(data, treatment, outcome) if name not in after]
    for size in range(len(free) + 1):
        for names in itertools.combinations(free, size):
            if nx.is_d_separator(back_doors, {treatment}, {outcome}, set(names)):
                return list(names), _slope(data, treatment, outcome, list(names))
    raise LookupError("no set")


def _measured_parents(data, edges, treatment, outcome):
    """The measured causes of the treatment and the outcome that are not downstream of it."""
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    after = nx.descendants(graph, treatment)
    causes = (set(graph.predecessors(treatment)) | set(graph.predecessors(outcome))) - after
    names = np.array(sorted(causes & set(data.columns) - {treatment, outcome}))
    residuals = [
        data[name] - LinearRegression().fit(data[names], data[name]).predict(data[names])
        for name in (treatment, outcome)
    ]
    return names, _as_tensor(residuals[0] @ residuals[1] / (residuals[0] @ residuals[0]))


def _as_tensor(number):
    """A number as a tensor of one, which a judge must read as well."""
    import torch

    return torch.tensor(float(number))


def _with_role(change):
    """An answer whose set is a valid one, changed by what the graph says of roles."""

    def adjust(data, edges, treatment, outcome):
        graph = nx.DiGraph([tuple(edge) for edge in edges])
        names, _ = _smallest_separating_set(data, edges, treatment, outcome)
        changed = change(graph, names, treatment, outcome)
        return changed, _slope(data, treatment, outcome, changed)

    return adjust


def _add_mediators(graph, names, treatment, outcome):
    on_the_way = nx.descendants(graph, treatment) & nx.ancestors(graph, outcome)
    return [*names, *sorted(on_the_way)]


def _add_colliders(graph, names, treatment, outcome):
    return [*names, *sorted(nx.descendants(graph, outcome))]


def _nothing(data, edges, treatment, outcome):
    return [], _slope(data, treatment, outcome, [])


def _everything(data, edges, treatment, outcome):
    names = _others(data, treatment, outcome)
    return names, _slope(data, treatment, outcome, names)


def _all_before(data, edges, treatment, outcome):
    """Everything that is no consequence of the treatment, M-colliders included."""
    after = nx.descendants(nx.DiGraph([tuple(edge) for edge in edges]), treatment)
    names = [name for name in _others(data, treatment, outcome) if name not in after]
    return names, _slope(data, treatment, outcome, names)


def _valid_set_raw_slope(data, edges, treatment, outcome):
    names, _ = _smallest_separating_set(data, edges, treatment, outcome)
    return names, _slope(data, treatment, outcome, [])


def _hidden_too(data, edges, treatment, outcome):
    graph = nx.DiGraph([tuple(edge) for edge in edges])
    hidden = sorted(set(graph) - set(data.columns))
    names, effect = _smallest_separating_set(data, edges, treatment, outcome)
    return [*names, *hidden, "nobody"], effect


# --- 2 aipw -------------------------------------------------------------------------------------


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


def _weighting(x, treated, outcome):
    chance = baselines.fit_propensity(x, treated)
    odds = (chance / (1 - chance))[treated == 0]
    return outcome[treated == 1].mean() - np.average(outcome[treated == 0], weights=odds)


def _imputation(x, treated, outcome):
    others = treated == 0
    without = LinearRegression().fit(x[others], outcome[others]).predict(x[~others])
    return (outcome[~others] - without).mean()


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


# --- 3 lalonde ----------------------------------------------------------------------------------


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
    return _as_tensor((outcome[treated == 1] - others[near].mean(axis=1)).mean())


def _all_by_weights(terms, treated, outcome):
    return baselines.ipw_ate(baselines.fit_propensity(terms, treated), treated, outcome)


def _with_effect(estimate, change):
    return lambda people: change(*estimate(people))


# --- 4 qini -------------------------------------------------------------------------------------


def _curves(score, treated, outcome, *, ties=True, ascending=False):
    """Corners of both curves by a loop over the distinct scores."""
    order = np.argsort(score if ascending else -np.asarray(score), kind="stable")
    rows = pd.DataFrame({"score": score, "t": treated, "y": outcome}).iloc[order]
    groups = rows.groupby("score", sort=False) if ties else rows.groupby(np.arange(len(rows)))
    share, gain, qini = [0.0], [0.0], [0.0]
    n_t = n_c = y_t = y_c = 0.0
    for _, group in groups:
        n_t += group["t"].sum()
        n_c += (1 - group["t"]).sum()
        y_t += (group["t"] * group["y"]).sum()
        y_c += ((1 - group["t"]) * group["y"]).sum()
        if n_t > 0 and n_c > 0:
            share.append((n_t + n_c) / len(rows))
            gain.append((y_t / n_t - y_c / n_c) * (n_t + n_c))
            qini.append(y_t - y_c * n_t / n_c)
    return np.array(share), np.array(gain), np.array(qini)


def _areas(score, treated, outcome, **flags):
    share, gain, qini = _curves(score, treated, outcome, **flags)
    width = np.diff(share)
    under = [width @ (height[1:] + height[:-1]) / 2 for height in (qini, gain)]
    return (under[0] - qini[-1] / 2) / len(score), under[1] / len(score)


def _areas_by_simpson_of_lines(score, treated, outcome):
    """Exact integrals of both piecewise linear curves, returned as a dictionary's values."""
    share, gain, qini = _curves(score, treated, outcome)
    middle = (share[1:] + share[:-1]) / 2

    def area(height):
        between = np.interp(middle, share, height)
        return ((height[1:] + height[:-1] + 4 * between) / 6 * np.diff(share)).sum()

    line = qini[-1] * share
    return np.array([area(qini - line), area(gain)], dtype=np.float64) / len(score)


def _areas_in_loops(score, treated, outcome):
    """Customer by customer, without pandas or NumPy's sums."""
    rows = sorted(zip(score, treated, outcome, strict=True), reverse=True)
    n = [0, 0]
    y = [0.0, 0.0]
    corners = [(0.0, 0.0, 0.0)]
    for place, (own, group, result) in enumerate(rows):
        n[int(group)] += 1
        y[int(group)] += result
        last = place + 1 == len(rows) or rows[place + 1][0] != own
        if last and min(n) > 0:
            gain = (y[1] / n[1] - y[0] / n[0]) * sum(n)
            corners.append((sum(n) / len(rows), gain, y[1] - y[0] * n[1] / n[0]))
    areas = [
        sum((b[0] - a[0]) * (a[k] + b[k]) / 2 for a, b in itertools.pairwise(corners))
        for k in (1, 2)
    ]
    return (areas[1] - corners[-1][2] / 2) / len(rows), areas[0] / len(rows)


def _by_causalml(score, treated, outcome):
    from causalml.metrics import auuc_score, qini_score

    frame = pd.DataFrame({"s": score, "y": outcome, "w": treated})
    return tuple(
        float(measure(frame, outcome_col="y", treatment_col="w", normalize=False)["s"]) / len(frame)
        for measure in (qini_score, auuc_score)
    )


def _random_line_kept(score, treated, outcome):
    share, gain, qini = _curves(score, treated, outcome)
    return np.trapezoid(qini, share) / len(score), np.trapezoid(gain, share) / len(score)


# --- 5 cate -------------------------------------------------------------------------------------


def _boosting():
    return HistGradientBoostingRegressor(max_iter=100, max_depth=3, learning_rate=0.08)


def _smooth():
    return make_pipeline(SplineTransformer(n_knots=5), RidgeCV(np.logspace(-2, 3, 10)))


def _dr_by_causalml(x, treated, outcome, x_new):
    from causalml.inference.meta import BaseDRRegressor

    chance = LogisticRegression().fit(x, treated)
    learner = BaseDRRegressor(learner=_boosting(), treatment_effect_learner=_smooth())
    learner.fit(
        X=x, treatment=treated, y=outcome, p=np.clip(chance.predict_proba(x)[:, 1], 0.02, 0.98)
    )
    return learner.predict(X=x_new)  # a column, as causalml returns it


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


def _x_by_hand(x, treated, outcome, x_new):
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
    return pd.Series(chance * guesses[0] + (1 - chance) * guesses[1])


def _t_linear(x, treated, outcome, x_new):
    return baselines.t_learner(LinearRegression(), x, treated, outcome, x_new)


def _predicted_margin(x, treated, outcome, x_new):
    return _boosting().fit(x, outcome).predict(x_new)


def _one_effect(x, treated, outcome, x_new):
    return np.full(len(x_new), baselines.ols(x, treated, outcome))


def _of_the_old_people(x, treated, outcome, x_new):
    return _x_by_hand(x, treated, outcome, x)


# --- 6 targeting --------------------------------------------------------------------------------


def _campaign(score_of, *, stop=True, limit=True):
    """Choose by a score of customers, the highest first, while it is above zero."""

    def choose(history, customers, cost, budget):
        features = [name for name in customers if name != "value"]
        score = np.asarray(score_of(history, customers, features, cost), float)
        most = int(budget // cost) if limit else len(score)
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


# --- 7 triage -----------------------------------------------------------------------------------


def _strength(claim, outcome, names):
    table = sm.add_constant(claim["data"][[claim["treatment"], *names]])
    return sm.OLS(claim["data"][outcome], table).fit().pvalues[claim["treatment"]]


def _triage(again=None, control=True, looks=True):
    """Attack by regressions; every argument left out of the attack lets one kind through."""

    def spurious(claims):
        names = []
        for claim in claims:
            before = [name for name in claim["before"] if name != "margin_before"]
            columns = before if again is None else again(claim, before)
            fades = _strength(claim, "margin", columns) * (claim["looks"] if looks else 1) > 0.05
            past = control and _strength(claim, "margin_before", before) < 0.005
            if fades or past:
                names.append(claim["name"])
        return names

    return spurious


def _triage_by_strata(claims):
    """Residuals instead of one regression, and a permutation-free normal test."""
    found = set()
    for claim in claims:
        frame = claim["data"]
        before = frame[[n for n in claim["before"] if not n.endswith("_before")]].to_numpy()

        def z(result, before=before, frame=frame, claim=claim):
            left = result - LinearRegression().fit(before, result).predict(before)
            treated = frame[claim["treatment"]].to_numpy()
            surprise = treated - LinearRegression().fit(before, treated).predict(before)
            slope = surprise @ left / (surprise @ surprise)
            errors = (left - slope * surprise) * surprise
            return abs(slope) * (surprise @ surprise) / np.sqrt(errors @ errors)

        effect = z(frame[claim["outcome"]].to_numpy())
        if stats.norm.sf(effect) * 2 * claim["looks"] > 0.02:
            found.add(claim["name"])
        if z(frame[claim["outcome"] + "_before"].to_numpy()) > 3.3:
            found.add(claim["name"])
    return found


def _by_placebo(claims):
    """What a placebo treatment refutes: the effect of a shuffled treatment is never there."""
    rng = np.random.default_rng(0)
    names = []
    for claim in claims:
        frame = claim["data"].assign(placebo=rng.permutation(claim["data"][claim["treatment"]]))
        shuffled = {**claim, "data": frame, "treatment": "placebo"}
        if _strength(shuffled, "margin", claim["adjusted_for"]) < 1e-6:
            names.append(claim["name"])
    return names


# --- 8 budget -----------------------------------------------------------------------------------


def _by_regression(weeks, edges, increase, columns=("season",), deviations=None, scale=1.0):
    table = sm.add_constant(weeks[["budget", *columns]])
    fitted = sm.OLS(weeks["sales"], table).fit()
    more = increase * weeks["budget"].mean() * scale
    low, high = fitted.conf_int().loc["budget"]
    gain = fitted.params["budget"] * more
    if deviations is not None:
        half = deviations * fitted.bse["budget"] * more
        return gain, gain - half, gain + half
    return gain, low * more, high * more


def _along_the_path(weeks, edges, increase):
    """Budget to traffic times traffic to sales, each with the season held; the delta method."""
    first = sm.OLS(weeks["traffic"], sm.add_constant(weeks[["budget", "season"]])).fit()
    second = sm.OLS(weeks["sales"], sm.add_constant(weeks[["traffic", "season"]])).fit()
    more = increase * weeks["budget"].mean()
    a, b = first.params["budget"], second.params["traffic"]
    error = np.sqrt((b * first.bse["budget"]) ** 2 + (a * second.bse["traffic"]) ** 2)
    return np.array([a * b, a * b - 1.96 * error, a * b + 1.96 * error]) * more


def _by_residuals(weeks, edges, increase):
    """Season taken out of both, and a bootstrap of weeks."""
    rng = np.random.default_rng(4)
    table = weeks[["season", "budget", "sales"]].to_numpy()

    def slope(rows):
        season, budget, sales = table[rows].T
        budget = budget - np.polyval(np.polyfit(season, budget, 1), season)
        return (budget @ sales) / (budget @ budget)

    more = increase * table[:, 1].mean()
    again = [slope(rng.integers(len(table), size=len(table))) for _ in range(300)]
    low, high = np.percentile(again, [2.5, 97.5]) * more
    return [slope(np.arange(len(table))) * more, low, high]


def _of_single_weeks(weeks, edges, increase):
    gain = _by_regression(weeks, edges, increase)[0]
    spread = 1.96 * weeks["sales"].std()
    return gain, gain - spread, gain + spread


RIGHT = {
    "adjustment": {
        "smallest d-separating set": _smallest_separating_set,
        "measured causes of both, by residuals": _measured_parents,
    },
    "aipw": {
        "cross-fitted, weights sum to one": _att_crossfitted,
        "squares and products, bootstrap": _att_with_squares,
        "in one sweep": _att_numbers,
    },
    "lalonde": {
        "weights by odds": _training(_weighting),
        "five neighbours, as a tensor": _training(_five_neighbours, "att"),
        "outcome regression on the usual terms": _training(_imputation),
    },
    "qini": {
        "a loop over the groups": _areas,
        "integrals of straight lines": _areas_by_simpson_of_lines,
        "customer by customer": _areas_in_loops,
    },
    "cate": {
        "R-learner by hand, as a list": _r_by_hand,
        "X-learner by hand, as a series": _x_by_hand,
        "DR-learner of causalml": lambda *a: _dr_by_causalml(*a)[:, 0],
    },
    "targeting": {
        "T-learner with logistic regression": _campaign(_by_uplift),
        "causalml with trees": _campaign(_by_causalml_trees),
        "interactions": _campaign(_by_interactions),
    },
    "triage": {
        "regressions": _triage(),
        "residuals, another limit, as a set": _triage_by_strata,
    },
    "budget": {
        "regression": _by_regression,
        "along the path, delta method": _along_the_path,
        "residuals and bootstrap": _by_residuals,
    },
}

WRONG = {
    "adjustment": {
        "nothing": (_nothing, "confounding stays"),
        "everything": (_everything, "mediator takes away"),
        "a mediator": (_with_role(_add_mediators), "mediator takes away"),
        "a collider": (_with_role(_add_colliders), "links its causes"),
        "all before the treatment": (_all_before, "M-bias", 0.5),
        "a confounder forgotten": (
            _with_role(lambda graph, names, *_: names[1:]),
            "stays open",
        ),
        "a valid set, and the raw slope": (_valid_set_raw_slope, "raw slope"),
        "hidden nodes": (_hidden_too, "is not a column of the data"),
        "the effect first": (
            lambda *a: _smallest_separating_set(*a)[::-1],
            "should be a list of names",
        ),
        "the set alone": (lambda *a: set(_smallest_separating_set(*a)[0]), "was expected"),
    },
    "aipw": {
        "the naive difference": (
            _att_as(lambda x, t, y: baselines.difference_in_means(t, y)),
            "plain difference",
        ),
        "one regression": (_att_as(baselines.ols), "one regression"),
        "outcome regression alone": (_att_as(_imputation), "outcome regression alone"),
        "weighting alone": (_att_as(_weighting), "weighting alone"),
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
    },
    "lalonde": {
        "the naive difference": (
            _training(lambda z, t, y: baselines.difference_in_means(t, y)),
            "plain difference",
        ),
        "one regression": (
            _training(baselines.ols, columns=list(loaded.COVARIATES)),
            "one regression",
        ),
        "ATE for ATT": (_training(_all_by_weights), "effect on everybody"),
        "right number, called ATE": (_training(_weighting, "ATE"), "no ATE", 0.5),
        "right number, called ATC": (_training(_weighting, "ATC"), "no ATC", 0.5),
        "the published figure": (lambda people: (1794.34, "ATT"), "below the experiment"),
        "the sign is turned": (
            _with_effect(_training(_weighting), lambda effect, name: (-effect, name)),
            "below the experiment",
        ),
        "a sentence for the estimand": (
            _with_effect(_training(_weighting), lambda effect, name: (effect, "on the treated")),
            "'ATT', 'ATE' or 'ATC'",
        ),
        "the number alone": (
            _with_effect(_training(_weighting), lambda effect, name: effect),
            "tuple of 2",
        ),
    },
    "qini": {
        "ties in the order of the rows": (
            lambda *a: _areas(*a, ties=False),
            "order of the rows",
        ),
        "lowest score first": (lambda *a: _areas(*a, ascending=True), "lowest score"),
        "no random line": (_random_line_kept, "straight line of a random order"),
        "totals": (
            lambda s, t, y: tuple(len(s) * area for area in _areas(s, t, y)),
            "divide by the number",
        ),
        "swapped": (lambda *a: _areas(*a)[::-1], "swapped"),
        "causalml as it is": (_by_causalml, "is right"),
        "the curve instead of areas": (lambda *a: _curves(*a)[2], "should have shape"),
        "the Qini alone": (lambda *a: _areas(*a)[0], "should have shape"),
    },
    "cate": {
        "a linear S-learner": (
            lambda *a: baselines.s_learner(LinearRegression(), *a),
            "the same for everybody",
        ),
        "one effect": (_one_effect, "the same for everybody"),
        "a linear T-learner": (_t_linear, "linear in the features"),
        "the sign is turned": (lambda *a: -_x_by_hand(*a), "sign is turned"),
        "predicted margins": (_predicted_margin, "predicted margins"),
        "the old people": (_of_the_old_people, "should have shape"),
        "a column": (_dr_by_causalml, "should have shape"),
    },
    "targeting": {
        "the most endangered": (_campaign(_by_risk), "Risk is not uplift"),
        "the most loyal": (_campaign(_by_loyalty), "sure things"),
        "nobody": (lambda h, c, cost, budget: np.zeros(len(c)), "Nobody gets an offer"),
        "everybody": (lambda h, c, cost, budget: np.ones(len(c)), "more than the budget"),
        "the right order, but all of the budget": (
            _campaign(_by_uplift, stop=False),
            "of the oracle's is asked",
            0.5,
        ),
        "no interactions": (_campaign(_by_interaction_free), "of the oracle's is asked"),
        "the sign is turned": (
            _campaign(lambda *a: -_by_uplift(*a), stop=False),
            "of the oracle's is asked",
        ),
        "scores": (
            lambda h, c, cost, budget: _by_uplift(
                h, c, [name for name in c if name != "value"], cost
            ),
            "True or False",
        ),
        "row numbers": (
            lambda h, c, cost, budget: np.flatnonzero(_campaign(_by_uplift)(h, c, cost, budget)),
            "should have shape",
        ),
    },
    "triage": {
        "all are believed": (lambda claims: [], "same verdict"),
        "none is believed": (lambda claims: [c["name"] for c in claims], "same verdict"),
        "the claims' own numbers": (
            lambda claims: [c["name"] for c in claims if abs(c["estimate"] / c["error"]) < 1.96],
            "same verdict",
        ),
        "a placebo treatment": (_by_placebo, "same verdict"),
        "the past is not asked": (_triage(control=False), "negative control", 0.67),
        "the looks are not counted": (_triage(looks=False), "one of many looks", 0.67),
        "everything is adjusted for": (
            _triage(again=lambda claim, before: [*before, "visits_after", "survey"]),
            "",
        ),
        "the claims' own columns": (
            _triage(again=lambda claim, before: claim["adjusted_for"]),
            "",
            0.67,
        ),
        "verdicts instead of names": (lambda claims: [True] * len(claims), "list of names"),
        "treatments instead of names": (lambda claims: [claims[0]["treatment"]], "not a claim"),
    },
    "budget": {
        "the season is left out": (
            lambda *a: _by_regression(*a, columns=()),
            "season moves",
        ),
        "traffic is held fixed": (
            lambda *a: _by_regression(*a, columns=("season", "traffic")),
            "works through the traffic",
        ),
        "one euro more": (
            lambda w, e, i: _by_regression(w, e, i, scale=1 / (i * w["budget"].mean())),
            "one unit more",
        ),
        "the same share of sales": (
            lambda w, e, i: [i * w["sales"].mean() * f for f in (1.0, 0.9, 1.1)],
            "same percentage",
        ),
        "one standard error": (
            lambda *a: _by_regression(*a, deviations=1.0),
            "One standard error",
            0.6,
        ),
        "an interval of weeks": (_of_single_weeks, "not that of their mean", 0.6),
        "the ends alone": (lambda *a: _by_regression(*a)[1:], "tuple of 3"),
        "ends swapped": (
            lambda *a: tuple(np.array(_by_regression(*a))[[0, 2, 1]]),
            "does not hold",
        ),
    },
}
