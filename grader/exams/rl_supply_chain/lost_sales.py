"""References on the shelf with lost sales: the exact optimum, and the best simple policies.

For tasks `capped_base_stock`, `backprop` and `ppo`. Costs are averages a period under Poisson
demand, in the units of `holding` and `penalty`.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.trends.rl_supply_chain import baselines, demand, metrics


class Optimum(NamedTuple):
    """The least average cost, and an optimal order for each row of `metrics.all_states`."""

    cost: float
    orders: NDArray[np.int64]


def optimum(
    lead_time: int, mean: float, holding: float, penalty: float, tolerance: float = 1e-5
) -> Optimum:
    """Solve the shelf exactly by relative value iteration on the grid of `metrics`.

    The cost is right to `tolerance`. Source: Zipkin (2008), Operations Research 56(5), whose
    table 3 the tests repeat.
    """
    shape = metrics.grid_shape(lead_time, mean, holding, penalty)
    orders = metrics.max_order(lead_time, mean, holding, penalty) + 1
    period, kernel = _one_period(shape[0], orders, mean, holding, penalty)
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
            return Optimum(cost, ahead.argmin(axis=-1).reshape(-1))
    raise RuntimeError(
        f"value iteration did not settle for lead_time={lead_time}, mean={mean}, "
        f"holding={holding}, penalty={penalty}"
    )


def _one_period(
    stocks: int, orders: int, mean: float, holding: float, penalty: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the expected cost by stock, and P(next stock | stock, next delivery).

    Shapes (stocks,) and (stocks * orders, stocks).
    """
    probabilities = demand.pmf({"law": "poisson", "mean": mean}, tail=1e-12)[1]
    net = np.arange(stocks)[:, None] - np.arange(len(probabilities))
    period = np.where(net > 0, holding * net, -penalty * net) @ probabilities
    following = np.minimum(np.maximum(net, 0)[:, None, :] + np.arange(orders)[:, None], stocks - 1)
    kernel = np.zeros((stocks, orders, stocks))
    stock, delivery, _ = np.indices(following.shape)
    np.add.at(kernel, (stock, delivery, following), np.broadcast_to(probabilities, following.shape))
    return period, kernel.reshape(-1, stocks)


def base_stock_cost(
    level: int, lead_time: int, mean: float, holding: float, penalty: float
) -> float:
    """Return the exact cost of ordering up to `level`, however large the order."""
    start = round(2 * mean) + (lead_time - 1) * round(mean)
    shape = (max(level, start) + 1,) + (max(level, round(mean)) + 1,) * (lead_time - 1)
    return _cost_on_grid(shape, mean, holding, penalty, level=level, cap=level)


def capped_base_stock_cost(
    level: int, cap: int, lead_time: int, mean: float, holding: float, penalty: float
) -> float:
    """Return the exact cost of ordering up to `level` but at most `cap` units at once."""
    start = round(2 * mean) + (lead_time - 1) * round(mean)
    shape = (max(level, start) + 1,) + (max(cap, round(mean)) + 1,) * (lead_time - 1)
    return _cost_on_grid(shape, mean, holding, penalty, level=level, cap=cap)


def _cost_on_grid(
    shape: tuple[int, ...], mean: float, holding: float, penalty: float, level: int, cap: int
) -> float:
    states = np.indices(shape).reshape(len(shape), -1).T
    orders = baselines.capped_base_stock(states, level, cap).reshape(shape)
    probabilities = demand.pmf({"law": "poisson", "mean": mean}, tail=1e-12)[1]
    return metrics.average_cost(orders, probabilities, mean, holding, penalty)


def best_base_stock(
    lead_time: int, mean: float, holding: float, penalty: float
) -> tuple[int, float]:
    """Return the best base-stock level and its cost.

    The newsvendor quantity of ``lead_time + 1`` periods bounds the level from above; the cost is
    unimodal in the level, so the search walks down from there.
    """
    level = int(stats.poisson.ppf(penalty / (penalty + holding), mean * (lead_time + 1)))
    cost = base_stock_cost(level, lead_time, mean, holding, penalty)
    while level > 0:
        lower = base_stock_cost(level - 1, lead_time, mean, holding, penalty)
        if lower >= cost:
            break
        level, cost = level - 1, lower
    return level, cost


def best_capped_base_stock(
    lead_time: int, mean: float, holding: float, penalty: float
) -> tuple[int, int, float]:
    """Return the best pair of level and cap, and its cost.

    Tries every cap from one below mean demand (less starves the shelf) to the largest order of
    the grid, and for each walks the level up to its minimum.
    """
    parameters = (lead_time, mean, holding, penalty)
    best = (0, 0, np.inf)
    low = int(mean * lead_time)
    for cap in range(max(int(mean) - 1, 1), metrics.max_order(*parameters) + 1):
        level, cost = low, capped_base_stock_cost(low, cap, *parameters)
        while True:
            higher = capped_base_stock_cost(level + 1, cap, *parameters)
            if higher >= cost:
                break
            level, cost = level + 1, higher
        if cost < best[2]:
            best = (level, cap, cost)
    return best


def best_constant_order(mean: float, holding: float, penalty: float) -> tuple[int, float]:
    """Return the best whole order placed every period, and its cost, whatever the lead time.

    Orders below mean demand only: at or above it stock grows without end.
    """
    probabilities = demand.pmf({"law": "poisson", "mean": mean}, tail=1e-12)[1]
    costs = {
        order: metrics.average_cost(np.full(400, order), probabilities, mean, holding, penalty)
        for order in range(int(np.ceil(mean)))
    }
    order = min(costs, key=costs.__getitem__)
    return order, costs[order]
