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
