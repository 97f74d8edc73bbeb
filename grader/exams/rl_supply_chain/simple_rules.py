"""The best rules that look at the inventory position, alone or with one number more.

They say where a bar must lie so that a policy has to look at all that is on its way. Shelves here
sell one set of parts a week or none, so they are solved in sets, whatever a set holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain import distributions, metrics

from .shelf import Demand, Optimum, best_base_stock, optimum

SEES: tuple[tuple[int, ...], ...] = ((), (0,), (-1,))
"""What rules see beside the inventory position, as coordinates of the state: nothing, the stock on
hand, the last order."""

ROUNDS = 12
"""How often a rule is bettered; the best one came within 2 (18 rules on 6 shelves)."""

PERIODS = 300
"""Periods after which the shares of the states are taken for settled."""


def measured(
    lead_time: int, lot: int, chance: float, holding: float, ratio: float
) -> dict[str, Any]:
    """Return a shelf that sells `lot` units with a `chance` each period, with its least costs.

    Keys ``lead_time``, ``demand``, ``holding`` and ``penalty`` (`ratio` times `holding`);
    ``optimal_cost``; ``base_stock_cost``; ``position_cost``, of the best rule that looks at the
    inventory position alone; ``simple_cost``, of the best one that looks at one number more.
    """
    penalty = round(holding * ratio, 2)
    in_sets = (lead_time, _demand(1, chance), holding, penalty)
    best = optimum(*in_sets)
    alone, *with_one_more = [lot * best_rule(sees, best, *in_sets)[1] for sees in SEES]
    return {
        "lead_time": lead_time,
        "demand": _demand(lot, chance),
        "holding": holding,
        "penalty": penalty,
        "optimal_cost": lot * best.cost,
        "base_stock_cost": lot * best_base_stock(*in_sets)[1],
        "position_cost": alone,
        "simple_cost": min(with_one_more),
    }


def hiding(rng: np.random.Generator) -> dict[str, Any]:
    """Return the seeds of a `HiddenShelf`: ``turn`` mixes its readings, ``seed`` draws demand."""
    return {"turn": int(rng.integers(2**62)), "seed": int(rng.integers(2**62))}


def _demand(lot: int, chance: float) -> Demand:
    return {
        "distribution": "discrete",
        "values": [0, lot],
        "probabilities": [round(1 - chance, 5), chance],
    }


def best_rule(
    sees: tuple[int, ...],
    best: Optimum,
    lead_time: int,
    demand: Demand,
    holding: float,
    penalty: float,
) -> tuple[NDArray[np.int64], float]:
    """Return a rule's order in every state, on the grid of `metrics`, and its exact cost.

    A rule orders the same in states that agree in the inventory position and the coordinates that
    it `sees`. Begins with the optimal orders; then, in each round, every group of states gets the
    order that is least regretted there, with states weighted by how often the rule of the round
    before visits them. The cheapest rule of all rounds is returned.
    """
    shelf = (lead_time, demand, holding, penalty)
    shape = metrics.grid_shape(*shelf)
    state = np.indices(shape).reshape(lead_time, -1)
    seen = np.array([state.sum(axis=0), *state[list(sees)]])
    group = np.unique(seen, axis=1, return_inverse=True)[1].ravel()
    mean, chances = distributions.mean(demand), metrics.unit_probabilities(demand)
    orders, total = best.orders, np.zeros((group.max() + 1, best.regret.shape[1]))
    np.add.at(total, group, 1e-9 * best.regret)  # decides in states that no rule visits
    found: tuple[NDArray[np.int64], float] = orders, np.inf
    for _ in range(ROUNDS):
        visits = _visits(orders.reshape(shape), chances, mean)
        now = np.zeros_like(total)
        np.add.at(now, group, visits[:, None] * best.regret)
        total = (total + now) / 2  # half of it keeps rules from swinging to and fro
        orders = total.argmin(axis=1)[group]
        cost = metrics.average_cost(orders.reshape(shape), chances, mean, holding, penalty)
        if cost < found[1]:
            found = orders, cost
    return found


def _visits(
    orders: NDArray[np.int64], chances: NDArray[np.float64], mean: float
) -> NDArray[np.float64]:
    """Return the share of periods that a policy spends in each state, in the long run."""
    shape = orders.shape
    on_hand, *on_the_way = np.indices(shape).reshape(len(shape), -1)
    arriving, *later = [*on_the_way, orders.ravel()]
    following = [
        np.ravel_multi_index(
            (np.minimum(np.maximum(on_hand - taken, 0) + arriving, shape[0] - 1), *later), shape
        )
        for taken in range(len(chances))
    ]
    shares = np.zeros(orders.size)
    start = np.minimum([round(2 * mean)] + [round(mean)] * (len(shape) - 1), np.array(shape) - 1)
    shares[np.ravel_multi_index(tuple(start), shape)] = 1.0
    for _ in range(PERIODS):
        after = sum(
            chance * np.bincount(goes_to, shares, orders.size)
            for chance, goes_to in zip(chances, following, strict=True)
        )
        shares = (shares + after) / 2  # half of it stays, so that no cycle keeps it from settling
    return shares
