"""Task `newsvendor`: the expected cost of one quantity, exact for every demand distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.rl_supply_chain.metrics import newsvendor_cost

TOLERANCE = 1e-3
"""Right ways end within 1e-6 of the least cost, a grid of 300,000 quantities within 1e-5; every
mistake in `TRAPS` costs 3e-3 or more in every case (exams draw until it does)."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs milliseconds."""

MOST_UNITS = 1e6
"""A quantity beyond this is a slip; summing over it would only cost memory."""

TRAPS = {
    "swapped costs": "The two costs are swapped: an expensive shortage must raise the quantity.",
    "orders the middle": "This is the mean demand, which is its median as well. It ignores what a "
    "shortage and a leftover cost.",
    "orders the mean": "This is the mean demand. It ignores what a shortage and a leftover cost.",
    "orders the median": "This is the median demand. It ignores what a shortage and a "
    "leftover cost.",
    "penalty over holding": "The ratio is the share of the penalty in the sum of both costs.",
    "adds one deviation": "This is the mean plus one standard deviation, whatever the costs are.",
    "takes demand for normal": "This takes the demand for normal, which it is not.",
    "whole units": "This is rounded up to a whole unit. This demand is continuous, and so is the "
    "best quantity.",
    "rounded": "This is rounded to a whole unit. This demand is continuous, and so is the best "
    "quantity.",
    "one value too far": "This is one value too far. The first quantity that reaches the ratio is "
    "enough.",
    "values as listed": "This adds up the probabilities in the order of the list, which is not the "
    "order of the values. distributions.pmf gives them in ascending order.",
    "beside a bell curve": "This is the value of the list that lies nearest to a bell curve's "
    "quantile. Mean, spread and skewness do not say where the probabilities add up to the ratio.",
    "all values alike": "This takes every value of the list for equally likely. Their "
    "probabilities differ.",
    "deviation as scale": "This takes the standard deviation for the scale of the gamma "
    "distribution. Its mean is right then, but its spread is not: the scale is the variance over "
    "the mean.",
    "interpolated": "This lies between two values of the list, and no customer asks for that. Take "
    "the first value that reaches the ratio.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the expected cost of every quantity against the least possible."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "The quantity is best for every demand distribution.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    demand, holding, penalty = case["demand"], case["holding"], case["penalty"]
    quantity = as_number(call(answer, demand, holding, penalty, seconds=QUICK), "quantity")
    if abs(quantity) > MOST_UNITS:
        raise UnusableError(
            f"The quantity is {quantity:.3g} units; at most {MOST_UNITS:,.0f} make sense here.",
            "Look at the units: is a probability or a cost in the place of a quantity?",
        )
    cost = float(newsvendor_cost(quantity, demand, holding, penalty))
    gap = cost / case["optimal_cost"] - 1
    if gap <= TOLERANCE:
        return passed("")
    return failed(
        f"Your quantity {quantity:.4g} costs {cost:.4g} a period, {gap:.2%} above the least "
        f"possible; {TOLERANCE:.1%} is allowed.",
        on=f"{_words(demand)}, holding {holding}, penalty {penalty}",
        next_step="Ask when one more unit on the shelf stops paying: its chance to be sold against "
        "its chance to be left over.",
        misconception=trap(quantity, case["traps"], TRAPS, 1e-4),
    )


def _words(demand: Mapping[str, Any]) -> str:
    parameters = ", ".join(
        f"{key} {value}" for key, value in demand.items() if key != "distribution"
    )
    return f"{demand['distribution']} demand with {parameters}"


TASK = Task(
    "newsvendor",
    10,
    judge,
    (
        "Think of the last unit: it pays when the chance that it sells is large enough.",
        "The share that settles it is penalty / (penalty + holding).",
        "For whole units take the first quantity at which the probability of no shortage reaches "
        "that share. distributions.frozen and distributions.pmf give the probabilities.",
    ),
    title="Size one shelf",
    traps=TRAPS,
)
