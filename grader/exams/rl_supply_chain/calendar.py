"""Shelves with lost sales whose demand follows a calendar, their exact optimum and simple rules.

Every period of the calendar has a table of best orders of its own. Costs are averages a period.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until
from labkit.trends.rl_supply_chain import baselines, distributions, metrics

Orders = NDArray[np.int64]


def draw_shelf(
    rng: np.random.Generator,
    lead_time: int,
    periods: int,
    largest: int,
    blind_gap: float,
    levels_gap: float,
) -> dict[str, Any]:
    """Return a shelf that neither a plain rule nor a table made without its calendar suits.

    In every period nobody, a small or a large customer comes, who takes up to `largest` units.
    Chances, sizes and prices are drawn anew for every period. Keys ``lead_time``, ``demand``,
    ``holding``, ``penalty``; ``optimal_cost``; ``blind_cost``, of the orders that are best for the
    same demand in mixed order, at least `blind_gap` above the optimum; ``base_stock_cost``, of the
    best base-stock levels, one a period, at least `levels_gap` above it.
    """
    return until(
        partial(_measured, rng, lead_time, periods, largest, blind_gap),
        lambda shelf: (
            bool(shelf) and shelf["base_stock_cost"] > (1 + levels_gap) * shelf["optimal_cost"]
        ),
        "a shelf on which the calendar matters",
    )


def _measured(
    rng: np.random.Generator, lead_time: int, periods: int, largest: int, blind_gap: float
) -> dict[str, Any]:
    """A shelf and its costs, or nothing where the calendar matters too little."""
    calendar = [_period(rng, largest) for _ in range(periods)]
    holding = float(rng.integers(2, 9)) / 4
    shelf = (lead_time, calendar, holding, round(holding * rng.uniform(3, 8), 2))
    least, _ = optimum(*shelf)
    blind_cost = metrics.lost_sales_cost(blind(*shelf), *shelf)
    if blind_cost < (1 + blind_gap) * least:
        return {}
    return {
        "lead_time": lead_time,
        "demand": calendar,
        "holding": holding,
        "penalty": shelf[-1],
        "optimal_cost": least,
        "blind_cost": blind_cost,
        "base_stock_cost": best_levels(*shelf)[1],
    }


def _period(rng: np.random.Generator, largest: int) -> distributions.Distribution:
    units = np.sort(rng.choice(np.arange(1, largest + 1), 2, replace=False))
    chances = rng.dirichlet([5.0, 5.0, 5.0])[1:].round(3)
    return {
        "distribution": "discrete",
        "values": [0, *units.tolist()],
        "probabilities": [round(1 - float(chances.sum()), 3), *chances.tolist()],
    }


def optimum(
    lead_time: int, calendar: list[distributions.Distribution], holding: float, penalty: float
) -> tuple[float, Orders]:
    """Return the least cost, and a best order for each period and row of `metrics.all_states`."""
    shelf = (lead_time, calendar, holding, penalty)
    shape, largest = metrics.grid_shape(*shelf), metrics.max_order(*shelf)
    return _solve(shape, largest, calendar, holding, penalty)


def blind(
    lead_time: int, calendar: list[distributions.Distribution], holding: float, penalty: float
) -> Orders:
    """Return what is best if the same demand comes in no order, as a table for every period."""
    shelf = (lead_time, calendar, holding, penalty)
    shape, largest = metrics.grid_shape(*shelf), metrics.max_order(*shelf)
    tables = [metrics.unit_probabilities(one) for one in calendar]
    chances = np.zeros(max(map(len, tables)))
    for table in tables:
        chances[: len(table)] += table / len(tables)
    mixed = {
        "distribution": "discrete",
        "values": list(range(len(chances))),
        "probabilities": chances.tolist(),
    }
    return np.repeat(_solve(shape, largest, [mixed], holding, penalty)[1], len(calendar), axis=0)


def _solve(
    shape: tuple[int, ...],
    largest: int,
    calendar: list[distributions.Distribution],
    holding: float,
    penalty: float,
) -> tuple[float, Orders]:
    """Relative value iteration, a cycle of the calendar a sweep; the cost is right to 1e-6.

    Source: Zipkin (2008), Old and new methods for lost-sales inventory systems, Operations Research
    56(5), for the states.
    """
    periods = [_one_period(shape, largest, demand, holding, penalty) for demand in calendar]
    value = np.zeros(int(np.prod(shape)))
    for _ in range(1_000):
        before, ahead = value, list[NDArray[np.float64]]()
        for cost, outcomes in reversed(periods):
            parts = [chance * value[following] for chance, following in outcomes]
            ahead.append(np.sum(parts, axis=0))
            value = cost + ahead[-1].min(axis=1)
        gain = value - before
        value = value - value[0]
        if gain.max() - gain.min() < 1e-6 * len(calendar):
            orders = np.array([table.argmin(axis=1) for table in reversed(ahead)])
            return float(gain.max() + gain.min()) / 2 / len(calendar), orders
    raise RuntimeError(f"value iteration did not settle for {calendar}, {holding}, {penalty}")


def _one_period(
    shape: tuple[int, ...],
    largest: int,
    demand: distributions.Distribution,
    holding: float,
    penalty: float,
) -> tuple[NDArray[np.float64], list[tuple[float, NDArray[np.int64]]]]:
    """Return the cost of each state, and for each demand its chance and where orders lead."""
    probabilities = metrics.unit_probabilities(demand)
    on_hand, *coming = np.indices(shape).reshape(len(shape), -1, 1)
    arriving, *later = [*coming, np.arange(largest + 1)[None]]
    cost, outcomes = np.zeros(len(on_hand)), []
    for taken in np.flatnonzero(probabilities):
        net = on_hand - taken
        paid = np.where(net > 0, holding * net, -penalty * net)[:, 0]
        cost += probabilities[taken] * paid
        stock = np.minimum(np.maximum(net, 0) + arriving, shape[0] - 1)
        following = np.ravel_multi_index(tuple(np.broadcast_arrays(stock, *later)), shape)
        outcomes.append((float(probabilities[taken]), following))
    return cost, outcomes


def best_levels(
    lead_time: int, calendar: list[distributions.Distribution], holding: float, penalty: float
) -> tuple[list[int], float]:
    """Return a base-stock level for each period and their cost, moved while it helps.

    Begins with the mean demand of lead time and period, and with its newsvendor quantity; no step
    of one level by one unit lowers the cost of the better end.
    """
    shelf = (lead_time, calendar, holding, penalty)
    states, most = metrics.all_states(*shelf), metrics.max_order(*shelf)

    def cost_of(levels: list[int]) -> float:
        tables = [np.minimum(baselines.base_stock(states, level), most) for level in levels]
        return metrics.lost_sales_cost(np.array(tables), *shelf)

    ends = []
    for levels in _first_levels(lead_time, calendar, penalty / (penalty + holding)):
        cost, better = cost_of(levels), True
        while better:
            moved = [
                [*levels[:place], levels[place] + step, *levels[place + 1 :]]
                for place in range(len(levels))
                for step in (-1, 1)
            ]
            other, following = min((cost_of(each), each) for each in moved)
            better = other < cost - 1e-9
            if better:
                cost, levels = other, following
        ends.append((cost, levels))
    cost, levels = min(ends)
    return levels, cost


def _first_levels(
    lead_time: int, calendar: list[distributions.Distribution], ratio: float
) -> tuple[list[int], list[int]]:
    """Return mean demand until what is ordered has been on sale, and its quantile."""
    means, quantiles = [], []
    for first in range(len(calendar)):
        total: NDArray[np.floating] = np.ones(1)
        for later in range(first, first + lead_time + 1):
            total = np.convolve(total, metrics.unit_probabilities(calendar[later % len(calendar)]))
        means.append(round(float(total @ np.arange(len(total)))))
        quantiles.append(int(np.argmax(np.cumsum(total) >= ratio)))
    return means, quantiles
