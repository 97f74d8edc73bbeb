"""Ordering policies that the answers of `backprop` and `ppo` share, as tables over all states."""

from __future__ import annotations

import ast
from functools import lru_cache
from importlib.resources import files

import numpy as np
import torch

from labkit.trends.rl_supply_chain import distributions, metrics

from .capped_base_stock import best_base_stock


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


def constant(*shelf):
    """The mean demand, whatever the state."""
    return np.full(metrics.grid_shape(*shelf), round(distributions.mean(shelf[1])))


def from_the_package(*shelf):
    """The table of optimal orders that ships for Poisson demand, stretched to this shelf's mean."""
    data = np.load(files("labkit.trends.rl_supply_chain") / "data" / "optimal_orders.npz")
    lead_time = min(shelf[0], 4)
    table = data[f"orders_L{lead_time}_p4"]
    scale = distributions.mean(shelf[1]) / 5.0
    states = np.indices(metrics.grid_shape(*shelf))[:lead_time]
    last = np.array(table.shape)[:, None] - 1
    places = np.minimum(np.rint(states.reshape(lead_time, -1) / scale).astype(int), last)
    orders = np.rint(table[tuple(places)] * scale).reshape(metrics.grid_shape(*shelf))
    return np.minimum(orders, metrics.max_order(*shelf))


def looked_up(table):
    """A policy that looks its order up in a table."""
    orders = torch.as_tensor(np.asarray(table))
    return lambda states: orders[tuple(states[:, i].long() for i in range(states.shape[1]))]
