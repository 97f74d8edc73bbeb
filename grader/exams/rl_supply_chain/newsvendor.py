"""Task `newsvendor`: the quantity at the critical ratio, for six distributions of demand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.exercise.drawing import until
from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.metrics import newsvendor_cost

Floats = NDArray[np.float64]

APART = 3e-3
"""What every mistake costs at least above the least cost: three times what the judge allows."""

ALONE = ("whole units", "rounded", "beside a bell curve", "all values alike")
"""Mistakes whose quantities no other mistake leads to, so that their words are true."""


def newsvendor_quantity(demand: dict[str, Any], holding: float, penalty: float) -> float:
    """Return the smallest quantity whose no-shortage probability reaches the critical ratio.

    The ratio is ``penalty / (penalty + holding)``; quantities in units. Source: Arrow, Harris
    and Marschak (1951), Optimal inventory policy.
    """
    return _quantile(demand, penalty / (penalty + holding))


def _quantile(demand: dict[str, Any], share: float) -> float:
    if demand["distribution"] == "discrete":
        values, probabilities = distributions.pmf(demand)
        return float(values[np.searchsorted(np.cumsum(probabilities), share - 1e-12)])
    return float(distributions.frozen(demand).ppf(share))


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, one case a demand distribution.

    Each has ``demand``, ``holding``, ``penalty``, ``optimal_cost`` and ``traps``, the quantities of
    known mistakes by name; every one of them costs three times as much too much as is allowed. The
    case with uniform demand has a critical ratio below one half, where the right quantity lies
    below mean demand.
    """
    kinds = (_normal, _poisson, _negative_binomial, _gamma, _uniform, _discrete)
    return {
        "cases": [
            until(partial(_case, rng, kind), _all_show, "mistakes that cost enough")
            for kind in kinds
        ]
    }


def _case(
    rng: np.random.Generator, kind: Callable[[np.random.Generator], dict[str, Any]]
) -> dict[str, Any]:
    ratio = rng.uniform(0.15, 0.4) if kind is _uniform else rng.uniform(0.75, 0.97)
    holding = round(rng.uniform(0.2, 3.0), 2)
    case: dict[str, Any] = {
        "demand": kind(rng),
        "holding": holding,
        "penalty": round(holding * ratio / (1 - ratio), 2),
    }
    quantity = newsvendor_quantity(**case)
    return {
        **case,
        "optimal_cost": float(newsvendor_cost(quantity, **case)),
        "traps": _traps(quantity, **case),
    }


def _all_show(case: dict[str, Any]) -> bool:
    shelf = {name: case[name] for name in ("demand", "holding", "penalty")}
    costs = newsvendor_cost(np.array(list(case["traps"].values())), **shelf)
    return bool(np.min(costs) > (1 + APART) * case["optimal_cost"]) and _words_are_true(**case)


def _words_are_true(traps: dict[str, float], **_: Any) -> bool:
    """Tell whether no other mistake leads to where those in `ALONE` lead."""
    alone = [traps[name] for name in ALONE if name in traps]
    others = [value for name, value in traps.items() if name not in ALONE]
    return not np.isclose(np.subtract.outer(alone, others), 0, atol=0.01).any()


def _traps(
    quantity: float, demand: dict[str, Any], holding: float, penalty: float
) -> dict[str, float]:
    """Return the quantities that known mistakes lead to."""
    name, mean, sd = demand["distribution"], distributions.mean(demand), _deviation(demand)
    ratio = penalty / (penalty + holding)
    traps = {
        "swapped costs": newsvendor_quantity(demand, penalty, holding),
        "adds one deviation": mean + sd,
        # A ratio of penalty to holding above one is no probability; the largest that is stands in.
        "penalty over holding": _quantile(demand, min(penalty / holding, 0.999)),
    }
    if name in ("normal", "uniform"):
        traps["orders the middle"] = mean
    else:
        traps |= {"orders the mean": mean, "orders the median": _quantile(demand, 0.5)}
    if name in ("normal", "gamma", "uniform"):
        traps |= {"whole units": np.ceil(quantity), "rounded": np.rint(quantity)}
    else:
        traps["one value too far"] = _next_value(demand, quantity)
    if name == "discrete":
        values, probabilities = distributions.pmf(demand)
        traps["interpolated"] = np.interp(ratio, np.cumsum(probabilities), values)
        reached = np.cumsum(demand["probabilities"]) >= ratio - 1e-12
        # First, since an answer that goes wrong here alone cannot have swapped the costs.
        traps = {"values as listed": demand["values"][int(np.argmax(reached))], **traps}
        bell = _bent_bell(ratio, values, probabilities)
        traps["beside a bell curve"] = values[np.argmin(np.abs(values - bell))]
        alike = np.quantile(values, ratio, method="inverted_cdf")
        traps["all values alike"] = float(alike)
    if name == "gamma":
        traps["deviation as scale"] = stats.gamma(mean / sd, scale=sd).ppf(ratio)
    if name != "normal":
        traps["takes demand for normal"] = mean + sd * stats.norm.ppf(ratio)
    return {name: float(value) for name, value in traps.items()}


def _bent_bell(ratio: float, values: Floats, probabilities: Floats) -> float:
    """Return the quantile of a bell curve bent to the skewness and the tails of a list.

    Source: Cornish and Fisher (1938), Moments and cumulants in the specification of distributions.
    For every other demand here it costs 0.2 % too much at most (43 exams).
    """
    mean = probabilities @ values
    sd = np.sqrt(probabilities @ (values - mean) ** 2)
    skewness, tails = (probabilities @ ((values - mean) / sd) ** power for power in (3, 4))
    z = stats.norm.ppf(ratio)
    bent = z + (z**2 - 1) * skewness / 6 + (z**3 - 3 * z) * (tails - 3) / 24
    return float(mean + sd * (bent - (2 * z**3 - 5 * z) * skewness**2 / 36))


def _deviation(demand: dict[str, Any]) -> float:
    if demand["distribution"] == "discrete":
        values, probabilities = distributions.pmf(demand)
        return float(np.sqrt(probabilities @ (values - distributions.mean(demand)) ** 2))
    return float(distributions.frozen(demand).std())


def _next_value(demand: dict[str, Any], quantity: float) -> float:
    if demand["distribution"] != "discrete":
        return quantity + 1
    values, _ = distributions.pmf(demand)
    return float(values[min(int(np.searchsorted(values, quantity)) + 1, len(values) - 1)])


# Real quantities are small, in tonnes for example, so that rounding to whole ones costs something.


def _normal(rng: np.random.Generator) -> dict[str, Any]:
    mean = round(rng.uniform(4, 9), 1)
    return {"distribution": "normal", "mean": mean, "sd": round(mean * rng.uniform(0.2, 0.35), 2)}


def _gamma(rng: np.random.Generator) -> dict[str, Any]:
    mean = round(rng.uniform(1, 3), 1)
    return {"distribution": "gamma", "mean": mean, "sd": round(mean * rng.uniform(0.6, 0.9), 2)}


def _uniform(rng: np.random.Generator) -> dict[str, Any]:
    low = round(rng.uniform(1, 4), 1)
    return {"distribution": "uniform", "low": low, "high": round(low + rng.uniform(4, 7), 1)}


def _poisson(rng: np.random.Generator) -> dict[str, Any]:
    return {"distribution": "poisson", "mean": round(rng.uniform(3, 15), 1)}


def _negative_binomial(rng: np.random.Generator) -> dict[str, Any]:
    mean = round(rng.uniform(3, 9), 1)
    sd = round(mean * rng.uniform(0.8, 1.2), 1)
    return {"distribution": "negative_binomial", "mean": mean, "sd": sd}


def _discrete(rng: np.random.Generator) -> dict[str, Any]:
    values = np.cumsum(rng.integers(2, 15, size=8))  # enough for every mistake to have its own
    shares = rng.integers(1, 10, size=8)
    shares[0] += 100 - shares.sum()  # per cent, most of them on the lowest value
    listed = rng.permutation(8)  # in no order, so that adding up has to sort
    return {
        "distribution": "discrete",
        "values": values[listed].tolist(),
        "probabilities": (shares[listed] / 100).tolist(),
    }
