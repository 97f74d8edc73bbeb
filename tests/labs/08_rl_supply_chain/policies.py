"""Ordering policies that the answers of `backprop` and `ppo` share, as tables over all states."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import torch

from labkit.trends.rl_supply_chain import distributions, metrics

from .capped_base_stock import best_base_stock


def optimal(*shelf):
    """A table from value iteration: not learned, and as right as an answer can be."""
    from exams.rl_supply_chain.shelf import optimum

    return optimum(*shelf).orders.reshape(metrics.grid_shape(*shelf))


def of_position(*shelf):
    """The best rule that looks at the inventory position alone."""
    from exams.rl_supply_chain.position_only import best_position_rule

    rule, _ = best_position_rule(*shelf)
    return rule[np.indices(metrics.grid_shape(*shelf)).sum(axis=0)]


def base_stock(*shelf):
    """What is missing from the best level."""
    position = np.indices(metrics.grid_shape(*shelf)).sum(axis=0)
    return np.clip(best_base_stock(*shelf) - position, 0, metrics.max_order(*shelf))


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
