"""The best rule that looks at the inventory position alone, by search over its order table.

It says where a bar must lie so that a policy has to look at what arrives when.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain import distributions, metrics

from .shelf import Demand, best_base_stock, optimum


def measured(shelf: dict[str, Any]) -> dict[str, Any]:
    """Return a shelf with its ``optimal_cost``, ``base_stock_cost`` and ``position_cost``."""
    return {
        **shelf,
        "optimal_cost": optimum(**shelf).cost,
        "base_stock_cost": best_base_stock(**shelf)[1],
        "position_cost": best_position_rule(**shelf)[1],
    }


def best_position_rule(
    lead_time: int, demand: Demand, holding: float, penalty: float
) -> tuple[NDArray[np.int64], float]:
    """Return the order for each inventory position 0, 1, ..., and the exact cost of that rule.

    Starts from the best capped base-stock rule and changes single orders by one or two units
    while that lowers the cost. On 24 shelves a start from the mean optimal order of each position
    never ended more than 0.01 % lower.
    """
    shelf = (lead_time, demand, holding, penalty)
    shape = metrics.grid_shape(*shelf)
    position = np.indices(shape).sum(axis=0)
    positions = np.arange(position.max() + 1)
    largest = metrics.max_order(*shelf)
    mean, chances = distributions.mean(demand), metrics.unit_probabilities(demand)

    def cost(rule: NDArray[np.int64]) -> float:
        return metrics.average_cost(rule[position], chances, mean, holding, penalty)

    rules = [
        np.clip(level - positions, 0, cap)
        for level in range(int(0.8 * mean * lead_time), shape[0])
        for cap in range(1, largest + 1)
    ]
    rule = min(rules, key=cost)
    least, better = cost(rule), True
    while better:
        better = False
        for place in range(shape[0]):
            for change in (-1, 1, -2, 2):
                tried = rule.copy()
                tried[place] = np.clip(tried[place] + change, 0, largest)
                if (found := cost(tried)) < least - 1e-6:
                    rule, least, better = tried, found, True
    return rule, least
