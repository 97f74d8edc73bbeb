"""References on the shelf with lost sales: the exact optimum, and the best simple policies.

For tasks `capped_base_stock`, `backprop` and `ppo`. Costs are averages a period under Poisson
demand, in the units of `holding` and `penalty`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.trends.rl_supply_chain import baselines, demand, metrics

# Environment periods that `ppo` may train for.
PPO_STEPS = 400_000


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
    convex in the level (Janakiraman and Roundy 2004), so the search walks down from there.
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


def draw_capped_base_stock(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}`` with lead times 2 and 3.

    Each case has ``lead_time``, ``mean``, ``holding``, ``penalty`` and the exact costs
    ``capped_cost`` (of the best pair), ``base_stock_cost`` (of the best level without a cap)
    and ``optimal_cost``.
    """
    rng = np.random.default_rng(seed)
    cases = []
    for lead_time in (2, 3):
        case = _shelf(rng, lead_time, mean=round(rng.uniform(3, 6), 1), ratio=rng.uniform(3, 12))
        cases.append(
            {**case, "capped_cost": best_capped_base_stock(**case)[2], **_yardsticks(case)}
        )
    return {"cases": cases}


def draw_backprop(seed: int) -> dict[str, Any]:
    """Return one shelf with lead time 4 on which no simple policy comes within 1 %.

    Keys ``lead_time``, ``mean``, ``holding``, ``penalty``, ``optimal_cost``, ``base_stock_cost``
    and ``capped_cost``.
    """
    rng = np.random.default_rng(seed)
    # Caps are whole numbers, so how well the best one fits comes and goes with the mean. In
    # this range the best capped base-stock policy is 1.4 to 3.3 % above the optimum, base-stock
    # 10 to 12 % and the best constant order at least 5 %.
    mean = float(rng.choice([2.9, 3.0, 3.9, 4.0, 4.1, 4.9, 5.0, 5.1]))
    case = _shelf(rng, lead_time=4, mean=mean, ratio=rng.uniform(3.0, 3.5))
    return {**case, "capped_cost": best_capped_base_stock(**case)[2], **_yardsticks(case)}


def draw_ppo(seed: int) -> dict[str, Any]:
    """Return one shelf with lead time 2 or 3 on which base-stock is clearly above 3 %.

    Keys ``lead_time``, ``mean``, ``holding``, ``penalty``, ``steps`` (environment periods that
    training may use), ``optimal_cost`` and ``base_stock_cost``.
    """
    rng = np.random.default_rng(seed)
    # In this range the best base-stock policy is 5.4 to 9.4 % above the optimum and the best
    # constant order at least 6.6 %.
    lead_time = int(rng.integers(2, 4))
    mean = float(rng.integers(8, 13)) / 2
    case = _shelf(rng, lead_time, mean, ratio=rng.uniform(3.0, 4.0))
    return {**case, "steps": PPO_STEPS, **_yardsticks(case)}


def _shelf(rng: np.random.Generator, lead_time: int, mean: float, ratio: float) -> dict[str, Any]:
    holding = float(rng.integers(2, 9)) / 4
    return {
        "lead_time": lead_time,
        "mean": mean,
        "holding": holding,
        "penalty": round(holding * ratio, 2),
    }


def _yardsticks(case: dict[str, Any]) -> dict[str, float]:
    return {
        "base_stock_cost": best_base_stock(**case)[1],
        "optimal_cost": optimum(**case).cost,
    }
