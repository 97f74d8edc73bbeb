"""Right and wrong answers of task `newsvendor`."""

from __future__ import annotations

import numpy as np
import torch
from scipy import optimize, stats

from labkit.trends.rl_supply_chain import distributions, metrics

WHOLE = ("poisson", "negative_binomial", "discrete")


def _by_search_on_the_cost(demand, holding, penalty):
    mean = distributions.mean(demand)
    if demand["distribution"] in WHOLE:
        values, _ = distributions.pmf(demand)
        return min(values, key=lambda q: metrics.newsvendor_cost(q, demand, holding, penalty))
    found = optimize.minimize_scalar(
        lambda q: metrics.newsvendor_cost(q, demand, holding, penalty), (0.5 * mean, 1.5 * mean)
    )
    return float(found.x)


def _by_marginal_cost(demand, holding, penalty):
    values = np.linspace(0, 30 * distributions.mean(demand), 300_001)
    if demand["distribution"] in WHOLE:
        values = distributions.pmf(demand)[0]
    costs = metrics.newsvendor_cost(values, demand, holding, penalty)
    return torch.tensor(values[int(np.argmin(costs))])


def _in_place(demand, holding, penalty):
    """Right, and careless with what it was handed."""
    critical_ratio = penalty / (penalty + holding)
    if demand["distribution"] == "discrete":
        pairs = sorted(zip(demand["values"], demand["probabilities"], strict=True))
        demand["probabilities"].clear()
        while critical_ratio > 1e-12:
            value, share = pairs.pop(0)
            critical_ratio -= share
        return value
    name = demand.pop("distribution")
    return distributions.frozen({"distribution": name, **demand}).ppf(critical_ratio)


def _by_sampling(demand, holding, penalty):
    """The quantile of many draws."""
    draws = distributions.sample(demand, np.random.default_rng(3), 4_000_000)
    ratio = penalty / (penalty + holding)
    return np.quantile(draws, ratio, method="inverted_cdf")


def _quantile(demand, share):
    if demand["distribution"] == "discrete":
        values, probabilities = distributions.pmf(demand)
        return values[np.searchsorted(np.cumsum(probabilities), share - 1e-12)]
    return distributions.frozen(demand).ppf(share)


def _right(demand, holding, penalty):
    return _quantile(demand, penalty / (penalty + holding))


def _sd(demand):
    if demand["distribution"] == "discrete":
        values, probabilities = distributions.pmf(demand)
        return float(np.sqrt(probabilities @ (values - distributions.mean(demand)) ** 2))
    return float(distributions.frozen(demand).std())


def _one_value_too_far(demand, holding, penalty):
    best = _right(demand, holding, penalty)
    if demand["distribution"] not in WHOLE:
        return best
    values, _ = distributions.pmf(demand)
    return values[min(np.searchsorted(values, best) + 1, len(values) - 1)]


def _as_listed(demand, holding, penalty):
    """Adds up the probabilities of a list without a look at the order of its values."""
    if demand["distribution"] != "discrete":
        return _right(demand, holding, penalty)
    reached = np.cumsum(demand["probabilities"]) >= penalty / (penalty + holding)
    return demand["values"][int(np.argmax(reached))]


def _interpolated(demand, holding, penalty):
    if demand["distribution"] != "discrete":
        return _right(demand, holding, penalty)
    values, probabilities = distributions.pmf(demand)
    return np.interp(penalty / (penalty + holding), np.cumsum(probabilities), values)


def _as_if_normal(demand, holding, penalty):
    ratio = penalty / (penalty + holding)
    return distributions.mean(demand) + _sd(demand) * stats.norm.ppf(ratio)


def _all_alike(demand, holding, penalty):
    if demand["distribution"] != "discrete":
        return _right(demand, holding, penalty)
    ratio = penalty / (penalty + holding)
    return sorted(demand["values"])[int(np.ceil(ratio * len(demand["values"]))) - 1]


def _deviation_as_scale(demand, holding, penalty):
    if demand["distribution"] != "gamma":
        return _right(demand, holding, penalty)
    drawn = stats.gamma(demand["mean"] / demand["sd"], scale=demand["sd"])
    return drawn.ppf(penalty / (penalty + holding))


def _bent_bell_curve(demand, holding, penalty):
    """Of a list, the value nearest to a bell curve bent to its skewness and tails."""
    if demand["distribution"] != "discrete":
        return _right(demand, holding, penalty)
    values, probabilities = distributions.pmf(demand)
    mean = probabilities @ values
    spread, skewness, tails = (probabilities @ (values - mean) ** k for k in (2, 3, 4))
    skewness, tails = skewness / spread**1.5, tails / spread**2 - 3
    z = stats.norm.ppf(penalty / (penalty + holding))
    bent = z + (z * z - 1) / 6 * skewness + (z**3 - 3 * z) / 24 * tails
    quantity = mean + spread**0.5 * (bent - (2 * z**3 - 5 * z) / 36 * skewness**2)
    return min(values, key=lambda value: abs(value - quantity))


RIGHT = {
    "changes its arguments": _in_place,
    "search on the exact cost": _by_search_on_the_cost,
    "least cost on a grid, as a tensor": _by_marginal_cost,
    "the quantile of four million draws": _by_sampling,
}

WRONG = {
    "mean demand": (lambda d, h, p: distributions.mean(d), "ignores what a shortage"),
    "median demand": (lambda d, h, p: _quantile(d, 0.5), "median"),
    "a list in the order it has": (_as_listed, "in the order of the list"),
    "costs swapped": (lambda d, h, p: _quantile(d, h / (h + p)), "costs are swapped"),
    "ratio of the costs": (lambda d, h, p: _quantile(d, min(p / h, 0.999)), "share of the penalty"),
    "mean plus one deviation": (
        lambda d, h, p: distributions.mean(d) + _sd(d),
        "plus one standard deviation",
    ),
    "normal whatever the distribution": (_as_if_normal, "takes the demand for normal"),
    "rounded up to whole units": (lambda *a: np.ceil(_right(*a)), "rounded up to a whole unit"),
    "rounded to whole units": (lambda *a: np.rint(_right(*a)), "rounded"),
    "one value too far": (_one_value_too_far, "one value too far"),
    "a list of values interpolated": (_interpolated, "between two values"),
    "a bell curve bent to skewness and tails": (_bent_bell_curve, "nearest to a bell curve"),
    "a list without its probabilities": (_all_alike, "equally likely"),
    "the deviation for a gamma's scale": (_deviation_as_scale, "variance over the mean"),
    "a negative order": (lambda *a: -_right(*a), "above the least"),
    "a whole table": (
        lambda d, h, p: distributions.frozen(d).ppf([0.5, p / (h + p)]),
        "one number",
    ),
}
