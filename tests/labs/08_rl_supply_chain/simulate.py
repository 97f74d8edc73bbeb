"""Right and wrong answers of task `simulate`: each wrong one turns one event of a period wrong."""

from __future__ import annotations

from collections import deque

import numpy as np
import torch


def _dual(
    demand,
    lead_time,
    regular_level,
    expedited_level,
    holding,
    backorder,
    premium,
    *,
    early_demand=False,
    count_pipeline=True,
    count_backorders=True,
    pay_premium=True,
    regular_first=False,
    fill_shelf=False,
):
    """The system with a queue of orders; each flag turns one event of the specification wrong."""
    net = np.full(demand.shape[1], float(regular_level))
    pipeline = deque([np.zeros_like(net)] * lead_time)
    costs = []
    for taken in demand:
        if pipeline:
            net = net + pipeline.popleft()
        if early_demand:
            net = net - taken
        waiting = sum(pipeline, np.zeros_like(net)) if count_pipeline else 0.0
        before = net
        on_hand = np.maximum(net, 0) if fill_shelf else net
        expedited = np.maximum(expedited_level - on_hand, 0)
        net = net + expedited
        seen = before if regular_first else net
        seen = seen if count_backorders else np.maximum(seen, 0)
        pipeline.append(np.maximum(regular_level - seen - waiting, 0))
        if not lead_time:
            net = net + pipeline.pop()
        if not early_demand:
            net = net - taken
        cost = holding * np.maximum(net, 0) + backorder * np.maximum(-net, 0)
        costs.append(cost + (premium * expedited if pay_premium else 0.0))
    return np.array(costs)


def _wrong(**flags):
    return lambda *arguments: _dual(*arguments, **flags)


def _shifted(periods):
    return lambda demand, lead_time, *rest: _dual(demand, lead_time + periods, *rest)


def _in_float32_lists(demand, *rest):
    return [row.tolist() for row in _dual(demand.astype(np.float32), *rest).astype(np.float64)]


def _in_torch(demand, lead_time, regular_level, expedited_level, holding, backorder, premium):
    taken = torch.from_numpy(np.ascontiguousarray(demand))
    orders = torch.zeros((len(taken) + lead_time, taken.shape[1]), dtype=torch.float64)
    net = torch.full((taken.shape[1],), float(regular_level), dtype=torch.float64)
    costs = []
    for t, d in enumerate(taken):
        net = net + orders[t]
        fast = (expedited_level - net).clamp(min=0)
        net = net + fast
        orders[t + lead_time] = (regular_level - net - orders[t + 1 : t + lead_time].sum(0)).clamp(
            min=0
        )
        net = net - d
        costs.append(holding * net.clamp(min=0) + backorder * (-net).clamp(min=0) + premium * fast)
    return torch.stack(costs)


def _copy_by_copy(demand, *rest):
    return np.concatenate([_dual(demand[:, [c]], *rest) for c in range(demand.shape[1])], axis=1)


def _number_by_number(
    demand, lead_time, regular_level, expedited_level, holding, backorder, premium
):
    costs = np.zeros(demand.shape)
    for copy in range(demand.shape[1]):
        net, pipeline = regular_level, [0.0] * lead_time
        for period in range(len(demand)):
            net += pipeline.pop(0)
            fast = max(expedited_level - net, 0)
            net += fast
            pipeline.append(max(regular_level - net - sum(pipeline), 0))
            net -= demand[period, copy]
            costs[period, copy] = holding * max(net, 0) + backorder * max(-net, 0) + premium * fast
    return costs


def _eight_copies(demand, *rest):
    costs = np.zeros(demand.shape)
    costs[:, :8] = _dual(demand[:, :8], *rest)
    return costs


RIGHT = {
    "a queue of orders, lists out": _in_float32_lists,
    "torch": _in_torch,
    "a generator of rows": lambda *a: (row for row in _dual(*a)),
}
SLOW = 0.75  # costs are three quarters of the marks, as the task says

WRONG = {
    "the order arrives one period late": (_shifted(1), "one period too late"),
    "the order arrives one period early": (_shifted(-1), "one period too early"),
    "demand comes first": (_wrong(early_demand=True), "Demand comes before"),
    "the pipeline is forgotten": (_wrong(count_pipeline=False), "already on its way"),
    "backorders are forgotten in the position": (_wrong(count_backorders=False), "is owed"),
    "no premium": (_wrong(pay_premium=False), "premium of expedited units is missing"),
    "the regular order ignores the dealer": (_wrong(regular_first=True), "has just brought"),
    "the dealer fills the shelf, not net inventory": (_wrong(fill_shelf=True), "is right"),
    "mean cost only": (lambda *a: _dual(*a).mean(0), "should have shape"),
    "a loop over the copies": (_copy_by_copy, "times the CPU time", SLOW),
    "a loop over copies and periods in plain Python": (
        _number_by_number,
        "times the CPU time",
        SLOW,
    ),
    "a loop over the copies that skips the timed run": (
        lambda demand, *rest: None if demand.shape[1] > 100 else _dual(demand, *rest),
        "returned nothing",
        SLOW,
    ),
    "eight copies computed, the rest filled with zeros": (
        _eight_copies,
        "something else in a large batch",
        SLOW,
    ),
}

FIRST = "The first regular order is zero, since the system starts at its level."
HARMLESS = {
    "comparison: if period >= lead_time: -> if period > lead_time:": FIRST,
    "guard always: if period >= lead_time: -> arriving = ordered[period - lead_time]": (
        "Before the lead time has passed, the rows it reads from the end are still zero."
    ),
    "call dropped: ordered[period] = np.maximum(regular_level - net - on_its_way, 0) -> "
    "ordered[period] = regular_level - net - on_its_way": (
        "The dealer never brings more than the last demand took, so the position never exceeds the "
        "regular level."
    ),
}
