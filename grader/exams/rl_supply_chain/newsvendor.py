"""Reference for task `newsvendor`: the quantity at the critical ratio."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.rl_supply_chain import demand as demand_laws
from labkit.trends.rl_supply_chain.metrics import newsvendor_cost


def newsvendor_quantity(law: dict[str, Any], holding: float, penalty: float) -> float:
    """Return the smallest quantity whose no-shortage probability reaches the critical ratio.

    The ratio is ``penalty / (penalty + holding)``; quantities in units. Source: Arrow, Harris
    and Marschak (1951), Optimal inventory policy.
    """
    ratio = penalty / (penalty + holding)
    if law["law"] == "discrete":
        values, probabilities = demand_laws.pmf(law)
        covered = np.cumsum(probabilities)
        return float(values[np.searchsorted(covered, ratio - 1e-12)])
    return float(demand_laws.frozen(law).ppf(ratio))


def optimal_cost(law: dict[str, Any], holding: float, penalty: float) -> float:
    """Return the least expected cost of one period."""
    return float(newsvendor_cost(newsvendor_quantity(law, holding, penalty), law, holding, penalty))


def draw_newsvendor(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, one case a demand law.

    Each has ``law``, ``holding``, ``penalty``, ``optimal_cost`` and ``traps``, the quantities of
    known mistakes by name. The last but one has a
    critical ratio below one half, where the right quantity lies below mean demand.
    """
    rng = np.random.default_rng(seed)
    laws: list[dict[str, Any]] = [
        {"law": "normal", "mean": int(rng.integers(40, 200)), "sd": int(rng.integers(8, 30))},
        {"law": "poisson", "mean": round(rng.uniform(3, 30), 1)},
        _negative_binomial(rng),
        {"law": "gamma", "mean": int(rng.integers(20, 80)), "sd": int(rng.integers(20, 60))},
        _uniform(rng),
        _discrete(rng),
    ]
    ratios = rng.uniform(0.75, 0.97, len(laws))
    ratios[4] = rng.uniform(0.15, 0.4)
    cases = []
    for law, ratio in zip(laws, ratios, strict=True):
        holding = round(rng.uniform(0.2, 3.0), 2)
        penalty = round(holding * ratio / (1 - ratio), 2)
        cost = optimal_cost(law, holding, penalty)
        case = {"law": law, "holding": holding, "penalty": penalty}
        cases.append({**case, "optimal_cost": cost, "traps": _traps(**case)})
    return {"cases": cases}


def _traps(law: dict[str, Any], holding: float, penalty: float) -> dict[str, float]:
    """Return the quantities that known mistakes lead to."""
    if law["law"] == "discrete":
        values, probabilities = demand_laws.pmf(law)
        deviation = float(np.sqrt(probabilities @ (values - demand_laws.mean(law)) ** 2))
    else:
        deviation = float(demand_laws.frozen(law).std())
    # A ratio of penalty to holding above one is no probability; the largest that is stands in.
    share = min(penalty / holding, 0.999)
    return {
        "swapped costs": newsvendor_quantity(law, penalty, holding),
        "orders the mean": demand_laws.mean(law),
        "adds one deviation": demand_laws.mean(law) + deviation,
        "penalty over holding": newsvendor_quantity(law, 1 - share, share),
    }


def _negative_binomial(rng: np.random.Generator) -> dict[str, Any]:
    mean = round(rng.uniform(4, 20), 1)
    return {"law": "negative_binomial", "mean": mean, "sd": round(mean * rng.uniform(0.7, 1.2), 1)}


def _uniform(rng: np.random.Generator) -> dict[str, Any]:
    low = int(rng.integers(10, 50))
    return {"law": "uniform", "low": low, "high": low + int(rng.integers(20, 100))}


def _discrete(rng: np.random.Generator) -> dict[str, Any]:
    values = np.cumsum(rng.integers(2, 15, size=6))
    shares = rng.integers(1, 10, size=6)
    shares[0] += 60 - shares.sum()  # sixtieths, most of them on the lowest value
    return {
        "law": "discrete",
        "values": values.tolist(),
        "probabilities": (shares / 60).tolist(),
    }
