"""What the answers of `backprop` and `ppo` share: finding a shelf out, and tables of orders."""

from __future__ import annotations

import ast
from functools import lru_cache

import numpy as np

from labkit.trends.rl_supply_chain import metrics

from .capped_base_stock import best_base_stock


def found_out(readings, start, step, mean=None):
    """A hidden shelf with holding 1, and what turns its readings into states; mean None for lot 1.

    First readings are the place of the stock among the readings. Then nothing is ordered: what is
    missing moves up by a place a period, until all shelves are empty.
    """
    rows, nothing = np.zeros((readings, readings)), np.zeros(10_000)
    rows[0] = start(10_000)[0]
    for place in range(readings - 1, 0, -1):
        seen, costs, *_ = step(nothing)
        if place == readings - 1:
            # Two mean demands were on hand, and one arrived.
            chance = float((seen @ rows[0] < 1.99).mean())
        without_stock = seen[0] - seen[0] @ rows[0] * rows[0]
        rows[place] = -without_stock - rows[place + 1 :].sum(axis=0)
    for _ in range(60):
        _, costs, *_ = step(nothing)
    lot = 1 if mean is None else round(mean / chance)
    chance = chance if mean is None else mean / lot
    demand = {
        "distribution": "discrete",
        "values": [0, lot],
        "probabilities": [1 - chance, chance],
    }
    shelf = (readings, demand, 1.0, float(costs.max()) * chance)

    def states(seen):
        return np.rint((np.asarray(seen) @ rows.T + 1) * lot * chance)

    return shelf, states


def at_home(readings, lot=6):
    """A shelf like those that are asked about."""
    chance, penalty = (0.75, 2.5) if readings == 4 else (0.48, 3.0)
    chance, penalty = (0.565, 2.5) if lot == 1 else (chance, penalty)
    chances = {
        "distribution": "discrete",
        "values": [0, lot],
        "probabilities": [1 - chance, chance],
    }
    return readings, chances, 1.0, penalty


def in_sets(lead_time, demand, holding, penalty):
    """The shelf with a set as its unit, and the units that a set has."""
    lot = max(demand["values"])
    return (lead_time, {**demand, "values": [0, 1]}, holding, penalty), lot


def spread(table, shelf):
    """A table of sets over states in sets, as a table of units over states in units."""
    lot = max(shelf[1]["values"])
    states = np.indices(metrics.grid_shape(*shelf)) // lot
    last = np.array(table.shape).reshape(-1, *[1] * shelf[0]) - 1
    return np.minimum(lot * table[tuple(np.minimum(states, last))], metrics.max_order(*shelf))


@lru_cache
def _solved(shelf_as_text):
    from exams.rl_supply_chain.shelf import optimum

    return optimum(*ast.literal_eval(shelf_as_text))


def optimal(*shelf):
    """A table from value iteration: not learned, and as right as an answer can be."""
    sets, _ = in_sets(*shelf)
    return spread(_solved(repr(sets)).orders.reshape(metrics.grid_shape(*sets)), shelf)


def best_of(sees):
    """The best rule of the inventory position and the coordinates of the state that it `sees`."""

    def table(*shelf):
        from exams.rl_supply_chain.simple_rules import best_rule

        sets, _ = in_sets(*shelf)
        rule, _ = best_rule(sees, _solved(repr(sets)), *sets)
        return spread(rule.reshape(metrics.grid_shape(*sets)), shelf)

    return table


def never_twice(*shelf):
    """One set up to a level, never twice running; the best of these."""
    sets, _ = in_sets(*shelf)
    states = np.indices(metrics.grid_shape(*sets))
    rules = [
        ((states.sum(axis=0) <= most) & (states[-1] == 0)).astype(int) for most in range(shelf[0])
    ]
    return spread(min(rules, key=lambda rule: metrics.lost_sales_cost(rule, *sets)), shelf)


def base_stock(*shelf):
    """What is missing from the best level."""
    sets, _ = in_sets(*shelf)
    position = np.indices(metrics.grid_shape(*sets)).sum(axis=0)
    return spread(np.clip(best_base_stock(*sets) - position, 0, None).astype(int), shelf)


def looked_up(table, states):
    """A policy that looks its order up in a table, at what `states` makes of its readings."""
    last = np.array(table.shape) - 1
    return lambda seen: table[tuple(np.clip(states(seen), 0, last).astype(int).T)]
