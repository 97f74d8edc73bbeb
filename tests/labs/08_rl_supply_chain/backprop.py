"""Right and wrong answers of task `backprop`."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.world.lost_sales import lost_sales_step

from . import policies


def _looked_up(table):
    return lambda *shelf: policies.looked_up(table(*shelf), shelf)


def _optimal_in_numpy(*shelf):
    policy = policies.looked_up(policies.optimal(*shelf), shelf)
    return lambda states, week: policy(states, week).numpy().astype(np.int16)


def _trained(lead_time, demand, holding, penalty, rounds=260, seed=1, knows=True):
    """A network a week in one, plain Adam with a cosine schedule."""
    torch.manual_seed(seed)
    rng, mean, weeks = np.random.default_rng(seed), distributions.mean(demand), len(demand)
    width = 48
    network = torch.nn.Sequential(
        torch.nn.Linear(lead_time + weeks, width),
        torch.nn.SiLU(),
        torch.nn.Linear(width, width),
        torch.nn.SiLU(),
        torch.nn.Linear(width, weeks),
    )

    def policy(states, week):
        week = week % weeks if knows else 0
        turn = torch.eye(weeks)[week].expand(len(states), weeks)
        seen = network(torch.cat([states / mean - 1, turn], 1))
        return mean * torch.nn.functional.softplus(seen[:, week])

    optimiser = torch.optim.Adam(network.parameters(), lr=8e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(rounds, 1))
    state = torch.full((128, lead_time), float(mean))
    for _ in range(rounds):
        paid = []
        for week, taken in enumerate(
            torch.from_numpy(distributions.sample(demand, rng, (7 * weeks, 128)))
        ):
            state, cost = lost_sales_step(state, policy(state, week), taken, holding, penalty)
            paid.append(cost.mean() / holding / mean)
        optimiser.zero_grad()
        torch.stack(paid).mean().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        state = state.detach()
    return policy


def _negative(*shelf):
    return lambda states, week: 2 * distributions.mean(shelf[1]) - states.sum(1)


def _column(lead_time, *_):
    network = torch.nn.Sequential(torch.nn.Linear(lead_time, 1), torch.nn.Softplus())
    return lambda states, week: network(states)


def _as_if_poisson(lead_time, demand, holding, penalty):
    """Trained on Poisson demand of the same mean in every week."""
    mean = {"distribution": "poisson", "mean": distributions.mean(demand)}
    policy = _trained(lead_time, [mean] * len(demand), holding, penalty, rounds=40)
    return lambda states, week: policy(states, 0)


RIGHT = {
    "optimal table in torch": _looked_up(policies.optimal),
    "optimal table in NumPy, small integers": _optimal_in_numpy,
    "a network with an output a week, cosine schedule": _trained,
}

ABOVE = "above the optimum"
WRONG = {
    "a constant order a week": (
        _looked_up(policies.mean_of_arrival),
        "does not look at the shelf",
    ),
    "newsvendor levels": (_looked_up(policies.newsvendor_levels), ABOVE),
    "the best base-stock levels, one a week": (_looked_up(policies.best_levels), ABOVE),
    "a level and a cap a week, by constants": (_looked_up(policies.rule_of_thumb), ABOVE),
    "blind to the calendar": (_looked_up(policies.blind), "same in every week"),
    "the orders of the week after": (_looked_up(policies.a_week_late), ABOVE),
    "the cheapest of tables for other calendars": (_looked_up(policies.from_a_library), ABOVE),
    "a network that does not know the week": (
        lambda *shelf: _trained(*shelf, rounds=40, knows=False),
        "same in every week",
    ),
    "the package's table, stretched": (_looked_up(policies.from_the_package), ABOVE),
    "trained on Poisson demand of the same mean": (_as_if_poisson, "same in every week"),
    "never trained": (lambda *shelf: _trained(*shelf, rounds=0), ABOVE),
    "negative orders": (_negative, "cannot be negative"),
    "a column of orders": (_column, "should have shape"),
    "the sign of the cost is wrong": (
        lambda *shelf: lambda states, week: torch.full((len(states),), 1e3) - states[:, 0] / 100,
        "sign of the cost",
    ),
    "training diverged": (
        lambda *shelf: lambda states, week: states[:, 0] * float("nan"),
        "must be a finite number",
    ),
    "the policy is not returned": (lambda *a: None, "returned nothing"),
    "orders instead of a policy": (lambda *a: 5.0, "A function was expected"),
}
