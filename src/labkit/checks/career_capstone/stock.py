"""Judge of the task `stock`: the expected cost of a quantity, exact."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_whole
from labkit.exercise.task import Instance, Task, each_case

TOLERANCE = 0.01
"""Above the least cost. Over 20 draws 40,000 simulated seasons end within 0.0025, 2,000 within
0.005, and every mistake in `TRAPS` costs 0.03 or more in every case (exams draw until it does): in
the worst of four cases known buyers 0.065, no base 0.07, normal demand 0.14, all others more."""

NEAR = 1
"""Parts that a simulated quantity may be off a known mistake's."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a tenth."""

TRAPS = {
    "mean": "This is the mean demand. It ignores what a missing and a left-over part cost.",
    "last year": "This is the best quantity without the campaign.",
    "offers are sales": "Offers are counted as sales: not everybody buys.",
    "one winter": "This is the best quantity for a winter between the two. There is none: the "
    "winter moves all customers at once.",
    "winters alike": "The winters are taken for equally likely.",
    "winters alone": "This is the mean demand of the winter that is enough. Within it, buyers and "
    "parts vary as well.",
    "known buyers": "This takes as many buyers as are expected for certain. Nobody knows how many "
    "will buy, and each of them needs several parts.",
    "normal": "Demand is taken for normal, with the right mean and spread. Two kinds of winter "
    "make two humps.",
    "swapped": "The two costs are swapped: an expensive shortage must raise the quantity.",
    "without base": "The parts of those who need no plan are left out.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the expected cost of every quantity against the least possible."""
    return each_case(instance, lambda case: _shelf(answer, case), "No quantity costs less.")


def _shelf(answer: Any, case: Instance) -> Outcome:
    names = ("chances", "rate", "base", "winters", "short", "over")
    quantity = as_whole(call(answer, *(case[name] for name in names), seconds=QUICK), "quantity")
    costs = case["costs"]
    if not 0 <= quantity < len(costs):
        raise UnusableError(
            f"The quantity is {quantity:,}; it should lie between 0 and {len(costs) - 1:,}, which "
            "is more than is ever asked for.",
            "Look at the units: parts, for all customers together.",
        )
    gap = costs[quantity] / case["least"] - 1
    if gap <= TOLERANCE:
        return passed("")
    fits = [key for key, led_to in case["traps"].items() if abs(quantity - led_to) <= NEAR]
    return failed(
        f"{quantity} parts cost {costs[quantity]:.2f} € on average, {gap:.1%} above the least "
        f"possible; {TOLERANCE:.0%} is allowed.",
        on=f"{len(case['chances'])} offers, {case['short']} € a missing part, {case['over']} € one "
        "left over",
        next_step="Draw some ten thousand seasons: the winter first, then who buys, then the "
        "parts. How often is a quantity enough?",
        misconception=TRAPS[fits[0]] if len(fits) == 1 else "",
    )


TASK = Task(
    "stock",
    10,
    judge,
    (
        "Given winter and buyers, parts are Poisson. Neither is known in advance.",
        "Simulate: rng.choice for the winter, one for all; uniform < chances for buyers; Poisson "
        "of factor · (base + rate · buyers).",
        "Take the quantile of demand at short / (short + over). With 50,000 seasons it is close "
        "enough.",
    ),
    title="What to stock for it",
    traps=TRAPS,
)
