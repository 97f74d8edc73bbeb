"""References on the shelf with lost sales: the exact optimum, and the best simple policies.

For tasks `capped_base_stock`, `backprop` and `ppo`. Costs are averages a period, in the units of
`holding` and `penalty`; demand comes in whole units.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain import baselines, distributions, metrics

Demand = dict[str, Any]


class Optimum(NamedTuple):
    """The least average cost, and for each row of `metrics.all_states` an optimal order.

    `regret` (states, orders) is what an order costs above the best one, if all later are optimal.
    """

    cost: float
    orders: NDArray[np.int64]
    regret: NDArray[np.float64]


def optimum(
    lead_time: int, demand: Demand, holding: float, penalty: float, tolerance: float = 1e-5
) -> Optimum:
    """Solve the shelf exactly by relative value iteration on the grid of `metrics`.

    The cost is right to `tolerance`. Source: Zipkin (2008), Operations Research 56(5), whose
    table 3 the tests repeat.
    """
    shape = metrics.grid_shape(lead_time, demand, holding, penalty)
    orders = metrics.max_order(lead_time, demand, holding, penalty) + 1
    period, kernel = _one_period(shape[0], orders, demand, holding, penalty)
    period = period.reshape((shape[0],) + (1,) * (lead_time - 1))
    value = np.zeros(shape)
    for _ in range(1_000):
        # The next state is (left over + next delivery, rest of the pipeline, order): the first
        # depends on stock and next delivery alone, so one product serves every pipeline.
        ahead = kernel @ value.reshape(shape[0], -1)
        ahead = ahead.reshape(shape + (orders,)) if lead_time > 1 else ahead.reshape(shape[0], -1)
        updated = period + ahead.min(axis=-1)
        gain = updated - value
        value = updated - updated.flat[0]
        if gain.max() - gain.min() < tolerance:
            cost = float(gain.max() + gain.min()) / 2
            ahead = ahead.reshape(-1, orders) - ahead.min(axis=-1).reshape(-1, 1)
            return Optimum(cost, ahead.argmin(axis=1), ahead)
    raise RuntimeError(
        f"value iteration did not settle for lead_time={lead_time}, demand={demand}, "
        f"holding={holding}, penalty={penalty}"
    )


def _one_period(
    stocks: int, orders: int, demand: Demand, holding: float, penalty: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the expected cost by stock, and P(next stock | stock, next delivery).

    Shapes (stocks,) and (stocks * orders, stocks).
    """
    probabilities = metrics.unit_probabilities(demand)
    net = np.arange(stocks)[:, None] - np.arange(len(probabilities))
    period = np.where(net > 0, holding * net, -penalty * net) @ probabilities
    following = np.minimum(np.maximum(net, 0)[:, None, :] + np.arange(orders)[:, None], stocks - 1)
    kernel = np.zeros((stocks, orders, stocks))
    stock, delivery, _ = np.indices(following.shape)
    np.add.at(kernel, (stock, delivery, following), np.broadcast_to(probabilities, following.shape))
    return period, kernel.reshape(-1, stocks)


def base_stock_cost(
    level: int, lead_time: int, demand: Demand, holding: float, penalty: float
) -> float:
    """Return the exact cost of ordering up to `level`, however large the order."""
    return capped_base_stock_cost(level, level, lead_time, demand, holding, penalty)


def capped_base_stock_cost(
    level: int, cap: int, lead_time: int, demand: Demand, holding: float, penalty: float
) -> float:
    """Return the exact cost of ordering up to `level` but at most `cap` units at once."""
    mean = distributions.mean(demand)
    start = round(2 * mean) + (lead_time - 1) * round(mean)
    shape = (max(level, start) + 1,) + (max(cap, round(mean)) + 1,) * (lead_time - 1)
    states = np.indices(shape).reshape(len(shape), -1).T
    orders = baselines.capped_base_stock(states, level, cap).reshape(shape)
    return metrics.average_cost(orders, metrics.unit_probabilities(demand), mean, holding, penalty)


def best_base_stock(
    lead_time: int, demand: Demand, holding: float, penalty: float
) -> tuple[int, float]:
    """Return the best base-stock level and its cost.

    The newsvendor quantity of ``lead_time + 1`` periods bounds the level from above; the cost is
    convex in the level (Janakiraman and Roundy 2004), so the search walks down from there.
    """
    shelf = (lead_time, demand, holding, penalty)
    level = metrics.grid_shape(*shelf)[0] - 1
    cost = base_stock_cost(level, *shelf)
    while level > 0:
        lower = base_stock_cost(level - 1, *shelf)
        if lower >= cost:
            break
        level, cost = level - 1, lower
    return level, cost


def best_level(
    cap: int, lead_time: int, demand: Demand, holding: float, penalty: float
) -> tuple[int, float]:
    """Return the best level under a given cap, and its cost, walking up to the minimum."""
    shelf = (lead_time, demand, holding, penalty)
    level = int(distributions.mean(demand) * lead_time)
    cost = capped_base_stock_cost(level, cap, *shelf)
    while (higher := capped_base_stock_cost(level + 1, cap, *shelf)) < cost:
        level, cost = level + 1, higher
    return level, cost


def best_capped_base_stock(
    lead_time: int, demand: Demand, holding: float, penalty: float
) -> tuple[int, int, float]:
    """Return the best pair of level and cap, and its cost.

    Tries every cap from one below mean demand (less starves the shelf) to the largest order of
    the grid, and for each walks the level up to its minimum.
    """
    shelf = (lead_time, demand, holding, penalty)
    best = (0, 0, np.inf)
    for cap in range(max(int(distributions.mean(demand)) - 1, 1), metrics.max_order(*shelf) + 1):
        level, cost = best_level(cap, *shelf)
        if cost < best[2]:
            best = (level, cap, cost)
    return best


def best_constant_order(demand: Demand, holding: float, penalty: float) -> tuple[int, float]:
    """Return the best whole order placed every period, and its cost, whatever the lead time.

    Orders below mean demand only: at or above it stock grows without end.
    """
    mean = distributions.mean(demand)
    probabilities = metrics.unit_probabilities(demand)
    costs = {
        order: metrics.average_cost(np.full(400, order), probabilities, mean, holding, penalty)
        for order in range(int(np.ceil(mean)))
    }
    order = min(costs, key=costs.__getitem__)
    return order, costs[order]
