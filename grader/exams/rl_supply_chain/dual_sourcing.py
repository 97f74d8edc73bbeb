"""Reference for task `simulate`: a shelf with a slow cheap source and a fast dear one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


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


def draw_simulate(seed: int) -> dict[str, Any]:
    """Return cases with their costs, and the size of the run that is timed.

    ``cases``: dictionaries with the arguments of `simulate_dual_sourcing` (``demand`` as lists,
    40 periods of 8 systems) and ``costs``, the answer as lists. Lead time 1 is always among
    them, since a pipeline of length one is where implementations differ. ``timing``: the
    scalar arguments, with ``mean`` (Poisson), ``periods`` and ``batch`` in place of the demand.
    """
    rng = np.random.default_rng(seed)
    lead_times = [1, int(rng.integers(2, 4)), int(rng.integers(4, 8))]
    timing = _parameters(rng, lead_time=4)
    timing.update(periods=50, batch=16384)
    return {"cases": [_case(rng, lead_time) for lead_time in lead_times], "timing": timing}


def _parameters(rng: np.random.Generator, lead_time: int) -> dict[str, Any]:
    mean = float(rng.integers(5, 16))
    # Between the mean demand of one period and a standard deviation more, both sources are in
    # use and every kind of cost occurs (tests hold this for every case drawn).
    return {
        "mean": mean,
        "lead_time": lead_time,
        "regular_level": float(round(mean * (lead_time + 1) + rng.uniform(0, 1) * np.sqrt(mean))),
        "expedited_level": float(round(mean + rng.uniform(0, 0.7) * np.sqrt(mean))),
        "holding": float(rng.integers(2, 9)) / 4,
        "backorder": float(rng.integers(20, 61)) / 4,
        "premium": float(rng.integers(6, 21)) / 4,
    }


def _case(rng: np.random.Generator, lead_time: int) -> dict[str, Any]:
    case = _parameters(rng, lead_time)
    mean = case.pop("mean")
    # Over-dispersed demand, with tenths of units, so that rounding orders shows.
    demand = np.round(rng.gamma(4.0, mean / 4.0, size=(40, 8)), 1)
    costs = simulate_dual_sourcing(demand, **case)
    return {
        "demand": demand.tolist(),
        **case,
        "costs": np.round(costs, 9).tolist(),
        "traps": _traps(demand, **case),
    }


def _traps(demand: NDArray[Any], lead_time: int, **rest: Any) -> dict[str, float]:
    """Return the mean costs that known mistakes lead to."""
    free = {**rest, "premium": 0.0}
    traps = {
        "arrives late": simulate_dual_sourcing(demand, lead_time + 1, **rest),
        "premium left out": simulate_dual_sourcing(demand, lead_time, **free),
        "demand before orders": _mistaken(demand, lead_time, **rest, demand_first=True),
        "forgets the pipeline": _mistaken(demand, lead_time, **rest, count_outstanding=False),
    }
    if lead_time > 1:
        traps["arrives early"] = simulate_dual_sourcing(demand, lead_time - 1, **rest)
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
) -> NDArray[np.float64]:
    """Play the system with demand before both orders, or a regular order blind to its pipeline."""
    net = np.full(demand.shape[1], float(regular_level))
    outstanding = [np.zeros_like(net)] * lead_time
    costs = []
    for taken in demand:
        net = net + outstanding.pop(0) - (taken if demand_first else 0.0)
        expedited = np.maximum(expedited_level - net, 0)
        net = net + expedited
        known = sum(outstanding) if count_outstanding else 0.0
        outstanding.append(np.maximum(regular_level - net - known, 0))
        net = net - (0.0 if demand_first else taken)
        costs.append(
            holding * np.maximum(net, 0) + backorder * np.maximum(-net, 0) + premium * expedited
        )
    return np.array(costs)
