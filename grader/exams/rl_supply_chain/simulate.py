"""Reference for task `simulate`: a shelf with a slow cheap source and a fast expensive one."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until

PERIODS, SYSTEMS, COPIES = 40, 6, 16_000


def simulate_dual_sourcing(
    demand: NDArray[Any],
    lead_time: int,
    regular_level: float,
    expedited_level: float,
    holding: float,
    backorder: float,
    premium: float,
) -> NDArray[np.float64]:
    """Return the cost of every period under a dual-index policy, shape (periods, batch).

    `demand` in units, shape (periods, batch); each column is a system of its own. Unmet demand
    is backordered: net inventory is stock on hand minus backorders and may be negative. The
    regular source delivers `lead_time` periods after the order (at least 1), the expedited
    source at once. A system starts with net inventory `regular_level` and nothing outstanding.
    In each period, in this order:

    1. The regular order placed `lead_time` periods ago arrives.
    2. The expedited order raises net inventory to `expedited_level` where it is below; it
       arrives at once: ``e = max(expedited_level - net, 0)``.
    3. The regular order raises the total inventory position (net inventory after step 2 plus
       all outstanding regular orders) to `regular_level` where it is below:
       ``r = max(regular_level - position, 0)``.
    4. Demand is taken off net inventory.
    5. The period costs ``holding * max(net, 0) + backorder * max(-net, 0) + premium * e``.

    Source: Veeraraghavan and Scheller-Wolf (2008), Now or later: a simple policy for effective
    dual sourcing in capacitated systems, Operations Research 56(4), with an expedited lead time
    of zero.
    """
    periods, batch = demand.shape
    net = np.full(batch, float(regular_level))
    outstanding = np.zeros((lead_time, batch))  # row t % lead_time arrives in period t
    position_outstanding = np.zeros(batch)
    costs = np.empty((periods, batch))
    for period in range(periods):
        due = outstanding[period % lead_time]
        net += due
        position_outstanding -= due
        expedited = np.maximum(expedited_level - net, 0)
        net += expedited
        regular = np.maximum(regular_level - net - position_outstanding, 0)
        outstanding[period % lead_time] = regular
        position_outstanding += regular
        net -= demand[period]
        costs[period] = (
            holding * np.maximum(net, 0) + backorder * np.maximum(-net, 0) + premium * expedited
        )
    return costs


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...], "copies": 16000}``.

    A case has the arguments of `simulate_dual_sourcing` (``demand`` as lists, 40 periods of 6
    systems), ``costs``, the answer as lists, and ``traps``, the mean costs that known mistakes lead
    to. Lead time 1 is always among them, since a pipeline of length one is where implementations
    differ; it does not come first, since there the orders of two known mistakes never arrive or
    arrive at once. ``copies``: how many copies the timed run has; they repeat the columns of the
    last case.
    """
    lead_times = (int(rng.integers(2, 4)), 1, int(rng.integers(4, 8)))
    cases = [
        until(partial(_case, rng, lead), _tells_apart, "costs that show every mistake")
        for lead in lead_times
    ]
    return {"cases": cases, "copies": COPIES}


def _case(rng: np.random.Generator, lead_time: int) -> dict[str, Any]:
    mean = float(rng.integers(5, 16))
    # Over-dispersed demand, with tenths of units, so that rounding orders shows.
    demand = np.round(rng.gamma(4.0, mean / 4.0, size=(PERIODS, SYSTEMS)), 1)
    # A dealer that steps in only when customers already wait, and a level that leaves them waiting
    # now and then: so net inventory is below zero in some periods when the regular order is placed.
    case: dict[str, Any] = {
        "lead_time": lead_time,
        "regular_level": float(round(mean * (lead_time + rng.uniform(0.3, 0.6)))),
        "expedited_level": -float(round(mean * rng.uniform(0.1, 0.3))),
        "holding": float(rng.integers(2, 9)) / 4,
        "backorder": float(rng.integers(20, 61)) / 4,
        "premium": float(rng.integers(6, 21)) / 4,
    }
    costs = simulate_dual_sourcing(demand, **case)
    return {
        "demand": demand.tolist(),
        **case,
        "costs": np.round(costs, 9).tolist(),
        "traps": _traps(demand, **case),
    }


def _tells_apart(case: dict[str, Any]) -> bool:
    """Whether every mistake moves the mean cost by a percent, and no two of them alike."""
    right, wrong = float(np.mean(case["costs"])), list(case["traps"].values())
    apart = [abs(a / b - 1) for n, a in enumerate(wrong) for b in wrong[:n]]
    return min(abs(cost / right - 1) for cost in wrong) > 0.01 and min(apart) > 1e-3


def _traps(demand: NDArray[Any], lead_time: int, **rest: Any) -> dict[str, float]:
    """Return the mean costs that known mistakes lead to."""
    traps = {
        "arrives late": simulate_dual_sourcing(demand, lead_time + 1, **rest),
        "premium left out": simulate_dual_sourcing(demand, lead_time, **{**rest, "premium": 0.0}),
        "demand before orders": _mistaken(demand, lead_time, **rest, demand_first=True),
        "forgets backorders": _mistaken(demand, lead_time, **rest, count_backorders=False),
        "forgets the dealer": _mistaken(demand, lead_time, **rest, count_expedited=False),
    }
    if lead_time > 1:  # with one period, all that was ordered has arrived
        traps["arrives early"] = simulate_dual_sourcing(demand, lead_time - 1, **rest)
        traps["forgets the pipeline"] = _mistaken(
            demand, lead_time, **rest, count_outstanding=False
        )
    return {name: float(costs.mean()) for name, costs in traps.items()}


def _mistaken(
    demand: NDArray[Any],
    lead_time: int,
    regular_level: float,
    expedited_level: float,
    holding: float,
    backorder: float,
    premium: float,
    demand_first: bool = False,
    count_outstanding: bool = True,
    count_backorders: bool = True,
    count_expedited: bool = True,
) -> NDArray[np.float64]:
    """Play the system with demand before both orders, or a regular order blind to something."""
    net = np.full(demand.shape[1], float(regular_level))
    outstanding = [np.zeros_like(net)] * lead_time
    costs = []
    for taken in demand:
        net = net + outstanding.pop(0) - (taken if demand_first else 0.0)
        expedited = np.maximum(expedited_level - net, 0)
        seen = net + (expedited if count_expedited else 0.0)
        net = net + expedited
        seen = seen if count_backorders else np.maximum(seen, 0)
        known = sum(outstanding) if count_outstanding else 0.0
        outstanding.append(np.maximum(regular_level - seen - known, 0))
        net = net - (0.0 if demand_first else taken)
        costs.append(
            holding * np.maximum(net, 0) + backorder * np.maximum(-net, 0) + premium * expedited
        )
    return np.array(costs)
