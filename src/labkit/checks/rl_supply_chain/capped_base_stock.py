"""Task `capped_base_stock`: the exact cost of a pair of level and cap."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.rl_supply_chain.ordering import exact_cost, shelf_of, shelf_words
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.metrics import all_states, max_order

TOLERANCE = 1e-3
"""The best pair is found exactly. The cap one unit beside it, with its own best level, and the cap
sought after the level cost 3e-3 or more (exams draw until they do)."""

SECONDS = 60.0
"""CPU-seconds of a call that searches over pairs; the reference needs below one."""

TRAPS = {
    "level before cap": "This is the best level of plain base-stock, with the cap sought "
    "afterwards. Level and cap have to be sought together: under a cap the best level is another.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the exact cost of the pair against the best pair's, on every shelf."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "No pair of level and cap is more than 0.1 % cheaper.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    shelf = shelf_of(case)
    pair = as_array(call(answer, *shelf, seconds=SECONDS), "pair of level and cap", (2,))
    level, cap = pair
    if level < 0 or cap < 0:
        raise UnusableError(
            f"Level and cap are {level:g} and {cap:g}; neither can be below zero.",
            "Return the level first and the cap second, both in units.",
        )
    states = all_states(*shelf)
    cost = exact_cost(np.clip(level - states.sum(axis=1), 0, cap), shelf)
    gap = cost / case["capped_cost"] - 1
    if gap <= TOLERANCE:
        return passed("")
    return failed(
        f"Level {level:g} with cap {cap:g} costs {cost:.4g} a period, {gap:.2%} above the best "
        f"pair; {TOLERANCE:.1%} is allowed.",
        on=shelf_words(case),
        next_step="Hold the pairs around yours against each other on the same demand, or exactly "
        "with metrics.lost_sales_cost.",
        misconception=_misconception(level, cap, case),
    )


def _misconception(level: float, cap: float, case: Instance) -> str:
    if level < cap and level < case["lead_time"] * distributions.mean(case["demand"]):
        return "The cap stands first here; the level comes first."
    if cap >= max_order(*shelf_of(case)):
        return "The cap is never reached, so this is a plain base-stock policy."
    return trap([level, cap], case["traps"], TRAPS, 1e-6)


TASK = Task(
    "capped_base_stock",
    10,
    judge,
    (
        "The order is min(cap, max(0, level − inventory position)).",
        "metrics.all_states lists the states, metrics.lost_sales_cost the exact cost of an "
        "ordering table. A table a pair, then the cheapest.",
        "Try every cap from one unit below the mean demand upwards, and every level for each of "
        "them. The best level under a cap lies above that of plain base-stock.",
    ),
    title="The best level and cap",
    traps=TRAPS,
)
