"""Right and wrong answers of task `backprop`."""

from __future__ import annotations

import itertools

import numpy as np
import torch

from labkit.trends.rl_supply_chain import distributions, metrics
from labkit.trends.rl_supply_chain.world.lost_sales import lost_sales_step

from . import policies


def _optimal_in_numpy(*shelf):
    policy = policies.looked_up(policies.optimal(*shelf))
    return lambda states: policy(states).numpy().astype(np.int16)


def _looked_up(table):
    return lambda *shelf: policies.looked_up(table(*shelf))


def _trained(lead_time, demand, holding, penalty, rounds=300, seed=1, only_position=False):
    """A wider network than the lab's, plain Adam with a cosine schedule, the last states scored."""
    torch.manual_seed(seed)
    rng, mean = np.random.default_rng(seed), distributions.mean(demand)
    width, inputs = 48, 1 if only_position else lead_time
    network = torch.nn.Sequential(
        torch.nn.Linear(inputs, width),
        torch.nn.SiLU(),
        torch.nn.Linear(width, width),
        torch.nn.SiLU(),
        torch.nn.Linear(width, 1),
    )

    def policy(states):
        seen = states.sum(1, keepdim=True) / lead_time if only_position else states
        return mean * torch.nn.functional.softplus(network(seen / mean - 1)[:, 0])

    optimiser = torch.optim.Adam(network.parameters(), lr=8e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(rounds, 1))
    state = torch.full((200, lead_time), float(mean))
    for _ in range(rounds):
        paid = []
        for taken in torch.from_numpy(distributions.sample(demand, rng, (40, 200))):
            state, cost = lost_sales_step(state, policy(state), taken, holding, penalty)
            paid.append(cost.mean() / holding)
        optimiser.zero_grad()
        torch.stack(paid).mean().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        state = state.detach()
    return policy


def _negative(*shelf):
    return lambda states: 2 * distributions.mean(shelf[1]) - states.sum(1)


def _column(lead_time, *_):
    network = torch.nn.Sequential(torch.nn.Linear(lead_time, 1), torch.nn.Softplus())
    return lambda states: network(states)


def _as_if_poisson(lead_time, demand, holding, penalty):
    poisson = {"distribution": "poisson", "mean": distributions.mean(demand)}
    return _trained(lead_time, poisson, holding, penalty, rounds=120)


def _searched(*shelf):
    """A set while the position lies below a level, one for each pair of the last two orders."""
    sets, _ = policies.in_sets(*shelf)
    states = np.indices(metrics.grid_shape(*sets))
    position, last, before = states.sum(axis=0), states[-1] > 0, states[-2] > 0
    levels, tables = itertools.product(range(2, 6), repeat=4), []
    for of_none, of_before, of_last, of_both in levels:
        with_last = np.where(before, of_both, of_last)
        level = np.where(last, with_last, np.where(before, of_before, of_none))
        tables.append((position < level).astype(int))
    best = min(tables, key=lambda table: metrics.lost_sales_cost(table, *sets))
    return policies.looked_up(policies.spread(best, shelf))


def _one_for_all(*shelf):
    """The optimal table of one shelf, in sets, found beforehand."""
    chances = {"distribution": "discrete", "values": [0, 1], "probabilities": [0.5, 0.5]}
    table = policies.optimal(5, chances, 1.0, 2.7)
    return policies.looked_up(policies.spread(table if shelf[0] == 5 else table[:, 0], shelf))


RIGHT = {
    "a rule of the last two orders, searched on the exact cost": _searched,
    "optimal table in torch": _looked_up(policies.optimal),
    "optimal table in NumPy, small integers": _optimal_in_numpy,
    "a wider network, cosine schedule": _trained,
}

WRONG = {
    "a constant order": (_looked_up(policies.constant), "does not look at the shelf"),
    "base-stock": (_looked_up(policies.base_stock), "inventory position alone"),
    "the best rule of the inventory position": (
        _looked_up(policies.best_of(())),
        "inventory position alone",
    ),
    "the best rule of the position and the stock on hand": (
        _looked_up(policies.best_of((0,))),
        "above the optimum",
    ),
    "the best rule of the position and the last order": (
        _looked_up(policies.best_of((-1,))),
        "above the optimum",
    ),
    "a set up to a level, never twice running": (
        _looked_up(policies.never_twice),
        "above the optimum",
    ),
    "one table for all": (_one_for_all, "above the optimum"),
    "a network that sees the position alone": (
        lambda *shelf: _trained(*shelf, rounds=120, only_position=True),
        "above the optimum",
    ),
    "the package's table, stretched": (_looked_up(policies.from_the_package), "above the optimum"),
    "trained on Poisson demand of the same mean": (_as_if_poisson, "above the optimum"),
    "never trained": (lambda *shelf: _trained(*shelf, rounds=0), "above the optimum"),
    "negative orders": (_negative, "cannot be negative"),
    "a column of orders": (_column, "should have shape"),
    "the sign of the cost is wrong": (
        lambda *shelf: lambda states: torch.full((len(states),), 1e3) - states[:, 0] / 100,
        "sign of the cost",
    ),
    "training diverged": (
        lambda *shelf: lambda states: states[:, 0] * float("nan"),
        "must be a finite number",
    ),
    "the policy is not returned": (lambda *a: None, "returned nothing"),
    "orders instead of a policy": (lambda *a: 5.0, "A function was expected"),
}
