"""Ordering policies that the answers of `backprop` and `ppo` share, as tables (weeks, states)."""

from __future__ import annotations

import ast
from functools import lru_cache
from importlib.resources import files

import numpy as np
import torch

from labkit.trends.rl_supply_chain import baselines, distributions, metrics


def _once(function):
    """Keep what was computed for a shelf: many answers ask for the same one."""
    kept = lru_cache(lambda text: function(*ast.literal_eval(text)))
    return lambda *shelf: kept(repr(shelf))


@_once
def optimal(*shelf):
    """A table from value iteration: not learned, and as right as an answer can be."""
    from exams.rl_supply_chain.calendar import optimum

    return optimum(*shelf)[1]


@_once
def blind(*shelf):
    """What is best for the same demand in mixed order, in every week."""
    from exams.rl_supply_chain import calendar

    return calendar.blind(*shelf)


def _by_level(shelf, levels, caps=None):
    states, most = metrics.all_states(*shelf), metrics.max_order(*shelf)
    caps = [most] * len(levels) if caps is None else caps
    return np.array(
        [
            np.minimum(baselines.capped_base_stock(states, *pair), most)
            for pair in zip(levels, caps, strict=True)
        ]
    )


@_once
def best_levels(*shelf):
    """The best base-stock levels, one a week."""
    from exams.rl_supply_chain import calendar

    return _by_level(shelf, calendar.best_levels(*shelf)[0])


def _ahead(shelf):
    """Mean demand until what is ordered now is on sale, and in the week when it arrives."""
    lead_time, demand, *_ = shelf
    weeks, means = len(demand), [distributions.mean(one) for one in demand]
    until = [
        sum(means[(week + later) % weeks] for later in range(lead_time + 1))
        for week in range(weeks)
    ]
    return np.array(until), np.array([means[(week + lead_time) % weeks] for week in range(weeks)])


def rule_of_thumb(*shelf):
    """A level and a cap a week, by constants that suit Poisson demand."""
    until, then = _ahead(shelf)
    return _by_level(
        shelf, np.rint(0.8 * until + 0.5 * until**0.5), np.rint(1.1 * then + 0.5 * then**0.5)
    )


def newsvendor_levels(*shelf):
    """The newsvendor quantities of the weeks ahead: right if customers waited."""
    lead_time, demand, holding, penalty = shelf
    levels = []
    for week in range(len(demand)):
        total = np.ones(1)
        for later in range(lead_time + 1):
            total = np.convolve(
                total, metrics.unit_probabilities(demand[(week + later) % len(demand)])
            )
        levels.append(int(np.argmax(np.cumsum(total) >= penalty / (penalty + holding))))
    return _by_level(shelf, levels)


def mean_of_arrival(*shelf):
    """The mean demand of the week of arrival, whatever the state."""
    until, then = _ahead(shelf)
    return np.repeat(np.rint(then)[:, None], len(metrics.all_states(*shelf)), axis=1)


def a_week_late(*shelf):
    """The best orders of the week after."""
    return np.roll(optimal(*shelf), -1, axis=0)


def stretched(table, shape, scale):
    """A table of orders for another shelf, read at the states of a grid."""
    states = np.indices(shape)[: table.ndim].reshape(min(table.ndim, len(shape)), -1)
    last = np.array(table.shape)[:, None] - 1
    places = np.minimum(np.rint(states / scale).astype(int), last)
    return np.rint(table[tuple(places)] * scale)


def from_the_package(*shelf):
    """The table of optimal orders that ships for Poisson demand, stretched to this shelf's mean."""
    data = np.load(files("labkit.trends.rl_supply_chain") / "data" / "optimal_orders.npz")
    table = data[f"orders_L{shelf[0]}_p4"]
    orders = stretched(table, metrics.grid_shape(*shelf), distributions.mean(shelf[1]) / 5.0)
    return np.tile(np.minimum(orders, metrics.max_order(*shelf)), (len(shelf[1]), 1))


LIBRARY_SEEDS = range(6)


@lru_cache
def _library(lead_time, weeks, largest):
    """Best orders for other calendars, made beforehand."""
    from exams.rl_supply_chain import calendar

    made = []
    for seed in LIBRARY_SEEDS:
        rng = np.random.default_rng(seed)
        demand = [calendar._period(rng, largest) for _ in range(weeks)]
        shelf = (lead_time, demand, 1.0, float(3 + seed))
        made.append(optimal(*shelf).reshape(weeks, *metrics.grid_shape(*shelf)))
    return made


def from_a_library(*shelf):
    """The cheapest here of the tables that are best for other calendars, in each of their turns."""
    weeks, shape = len(shelf[1]), metrics.grid_shape(*shelf)
    largest = max(max(one["values"]) for one in shelf[1])
    most = metrics.max_order(*shelf)
    tables = [
        np.array([np.minimum(stretched(table[(week + turn) % weeks], shape, 1.0), most)
                  for week in range(weeks)])
        for table in _library(shelf[0], weeks, largest)
        for turn in range(weeks)
    ]  # fmt: skip
    return min(tables, key=lambda table: metrics.lost_sales_cost(table, *shelf))


def looked_up(tables, shelf):
    """A policy that looks its order up in a table a week."""
    grids = torch.as_tensor(
        np.asarray(tables).reshape(len(shelf[1]), *metrics.grid_shape(*shelf)), dtype=torch.float32
    )
    return lambda states, week: grids[
        (week % len(grids), *(states[:, place].long() for place in range(states.shape[1])))
    ]
