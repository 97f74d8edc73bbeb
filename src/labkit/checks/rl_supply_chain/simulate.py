"""Task `simulate`: the costs of a dual-sourcing system, period by period, and in time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, Status, failed, passed, weighted
from labkit.exercise.reading import as_array, as_returned
from labkit.exercise.task import Instance, Task, attempt, each_case
from labkit.exercise.traps import trap
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec

Floats = NDArray[np.float64]

COSTS, SPEED = 0.75, 0.25
"""Shares of the marks, as the task's text states them."""

QUICK = 10.0
"""CPU-seconds of a call on a few copies; the reference needs well below one."""

SPEED_LIMIT = 60.0
"""How many times the CPU time of `LostSalesVec` (3.7 ms) a simulation may take. NumPy and torch
took 1.2 to 1.5 times as long, a queue of orders that returns lists 5 times; a loop over copies and
periods in Python 180 times, over copies with NumPy 1,600 times. (One that works on plain numbers
and keeps running sums took 32 times: fast enough.)"""

TRIES = 3
"""A machine that is busy for a moment lets a call run out of its time on the clock."""

PEER_RUNS = 30

TRAPS = {
    "arrives late": "The regular order arrives one period too late.",
    "arrives early": "The regular order arrives one period too early.",
    "demand before orders": "Demand comes before the orders here; the specification says after.",
    "forgets the pipeline": "The regular order ignores what is already on its way.",
    "forgets backorders": "The regular order ignores what is owed to customers: net inventory "
    "below zero lowers the inventory position.",
    "forgets the dealer": "The regular order ignores what the dealer has just brought.",
    "premium left out": "The premium of expedited units is missing from the cost.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold costs against the specification, cell by cell; then time a large batch."""
    costs = each_case(instance, lambda case: _case(answer, case), "")
    if costs.status is not Status.PASSED:
        return costs
    speed = attempt(lambda: _fast_enough(answer, instance["cases"][-1], instance["copies"]))
    return weighted(
        [(COSTS, costs), (SPEED, speed)],
        "Every period of every copy costs what the specification says.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    demand, expected = np.array(case["demand"]), np.array(case["costs"])
    raw = call(answer, *_arguments(demand, case), seconds=QUICK)
    costs = as_array(raw, "cost table", demand.shape)
    wrong = _wrong(costs, expected)
    if not wrong.any():
        return passed("")
    period, copy = (int(i) for i in np.argwhere(wrong)[0])
    return failed(
        f"In period {period} of copy {copy} the cost is {costs[period, copy]:.4f}; "
        f"{expected[period, copy]:.4f} is right. Everything before fits."
        if period
        else f"Already in period 0 the cost of copy {copy} is {costs[0, copy]:.4f}; "
        f"{expected[0, copy]:.4f} is right.",
        on=_words(case),
        next_step="Print the state of that copy up to that period and follow the order of events "
        "in the specification with pencil and paper.",
        misconception=trap(costs.mean(), case["traps"], TRAPS, 1e-5),
    )


def _wrong(costs: Floats, expected: Floats) -> NDArray[np.bool_]:
    # Single precision is precise enough: 40 periods of it stay within a tenth of this.
    return np.abs(costs - expected) > 1e-4 * (1 + np.abs(expected))


def _fast_enough(answer: Any, case: Instance, copies: int) -> Outcome:
    """Run the columns of a case many times over; every copy must cost what its column costs."""
    rng = np.random.default_rng(copies)  # the same batch for the same exam
    column = rng.integers(len(case["demand"][0]), size=copies)
    demand = np.array(case["demand"])[:, column]
    peer = _cpu_of_peer(len(demand), copies)
    where = f"{len(demand)} periods, {copies:,} copies"
    raw = _within(answer, _arguments(demand, case), SPEED_LIMIT * peer)
    if raw is None:
        return failed(
            f"The costs are right, but {copies:,} copies take more than {SPEED_LIMIT:g} times the "
            "CPU time of the course's own simulator.",
            on=where,
            next_step="Loop over the periods only, and let NumPy do all copies at once.",
        )
    costs = as_array(raw, "cost table", demand.shape)
    if _wrong(costs, np.array(case["costs"])[:, column]).any():
        return failed(
            "Copies that are right on their own cost something else in a large batch.",
            on=where,
            next_step="Copies know nothing of each other; look for what mixes them, or leaves some "
            "of them out.",
        )
    return passed("")


def _within(answer: Any, arguments: tuple[Any, ...], seconds: float) -> Any:
    """What a call returns within so many CPU-seconds; None where it never does."""
    for _ in range(TRIES):
        try:
            return as_returned(call(answer, *arguments, seconds=seconds), "cost table")
        except UnusableError as problem:
            if "did not return within" not in str(problem):
                raise
    return None


def _cpu_of_peer(periods: int, copies: int) -> float:
    """CPU-seconds of the course's own simulator for as many periods, the mean of many runs.

    Some systems count CPU time in steps of 4 ms, which is more than one run takes.
    """
    demand = {"distribution": "poisson", "mean": 5.0}
    world = LostSalesVec(copies, 4, demand, 1.0, 4.0, horizon=2 * periods, max_order=20)
    world.reset(seed=1)
    orders = np.full(copies, 5)
    start = time.process_time()
    for _ in range(PEER_RUNS * periods):
        world.step(orders)
    return (time.process_time() - start) / PEER_RUNS


def _arguments(demand: Floats, case: Instance) -> tuple[Any, ...]:
    names = ("lead_time", "regular_level", "expedited_level", "holding", "backorder", "premium")
    return (demand, *(case[name] for name in names))


def _words(case: Instance) -> str:
    return (
        f"lead time {case['lead_time']}, levels {case['regular_level']} and "
        f"{case['expedited_level']}, holding {case['holding']}, backorder {case['backorder']}, "
        f"premium {case['premium']}"
    )


TASK = Task(
    "simulate",
    10,
    judge,
    (
        "Keep one array a quantity, with one entry a copy, and loop over the periods only.",
        "The regular orders on their way are a small table: one row a period still to wait, "
        "one column a copy. Or keep all orders in one table and read row t − lead_time.",
        "Within a period the order of events decides: arrival, expedited order, regular order, "
        "demand, cost.",
    ),
    title="A simulator, exactly as specified",
    traps=TRAPS,
)
