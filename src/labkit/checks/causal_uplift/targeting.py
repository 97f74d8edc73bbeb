"""Judge of the task `targeting`: profit on hidden counterfactuals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import (
    as_array,
)
from labkit.exercise.task import Instance, Task, judge_cases
from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import RETENTION_FEATURES, Retention

Floats = NDArray[np.float64]


PROFIT, HALF_PROFIT = 0.55, 0.35
"""Share of the oracle's profit. Uplift by two logistic regressions reaches 0.97 to 1, by boosting
0.56 to 0.87; spending the whole budget in the right order at most 0.44; by risk or at random the
campaign loses money (24 draws)."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Profit on hidden counterfactuals, against the oracle's."""
    outcomes = judge_cases(instance["cases"], lambda case: _targeting_case(answer, case))
    return over_cases(outcomes, "The budget goes to those whom it keeps.")


def _targeting_case(answer: Any, case: Instance) -> Outcome:
    drawn = redraw.campaign(case)
    past, new = drawn.observed[: case["history"]], drawn.observed[case["history"] :]
    customers = new[[*RETENTION_FEATURES, "value"]].reset_index(drop=True)
    raw = ask(answer, past, customers, case["cost"], case["budget"], seconds=TRAINING)
    chosen = as_array(raw, "choice", (case["customers"],))
    if not np.isin(chosen, (0, 1)).all():
        raise UnusableError(
            "The choice should hold True or False (1 or 0) for every customer.",
            "Compare your score with a limit instead of returning it; do not return row numbers.",
        )
    on = f"{case['customers']:,} customers, {case['budget']:,.0f} € at {case['cost']:g} € an offer"
    spent = float(chosen.sum()) * case["cost"]
    if spent > case["budget"]:
        return failed(
            f"{chosen.sum():,.0f} offers cost {spent:,.0f} €, more than the budget.",
            on=on,
            next_step="Sort by what an offer brings and cut the list at budget / cost.",
            misconception="The budget is a limit; the offers beyond it have to go.",
        )
    uplift, value = drawn.truth["uplift"].to_numpy()[case["history"] :], new["value"].to_numpy()
    profit = policy_profit(chosen, uplift, value, case["cost"])
    return _profit_outcome(profit, chosen, drawn, case, on)


def _profit_outcome(
    profit: float, chosen: Floats, drawn: Retention, case: Instance, on: str
) -> Outcome:
    share = profit / case["oracle"]
    words = (
        f"Your {chosen.sum():,.0f} offers bring {profit:,.0f} €, {share:.0%} of what an oracle "
        f"makes of the budget. At random: {case['random']:,.0f} €; the most endangered first: "
        f"{case['risk']:,.0f} €."
    )
    if share >= PROFIT:
        return passed(words)
    if share >= HALF_PROFIT:
        return Outcome(
            Status.PARTIAL,
            0.5,
            f"{words} {HALF_PROFIT:.0%} earns half, {PROFIT:.0%} everything.",
            on,
            "Send an offer only where uplift × value is above its cost, even if budget is left.",
        )
    return failed(
        f"{words} {PROFIT:.0%} of the oracle's is asked.",
        on=on,
        next_step="Estimate the uplift in the chance to stay, turn it into euros with the "
        "customer's value, take off the cost, and stop where nothing is left.",
        misconception=_choice_trap(chosen, drawn, case),
    )


def _choice_trap(chosen: Floats, drawn: Retention, case: Instance) -> str:
    """Name whom the offers went to, if not to those whom they keep."""
    if chosen.sum() == 0:
        return "Nobody gets an offer. That loses nothing and wins nothing."
    truth = drawn.truth[case["history"] :]
    stay, uplift = truth["stay_without"].to_numpy(), truth["uplift"].to_numpy()
    taken = chosen == 1
    # By risk the difference is 0.34 to 0.37, by loyalty -0.42 to -0.37, by uplift -0.1 to 0.2.
    more_loyal = float(stay[taken].mean() - stay[~taken].mean())
    if more_loyal < -0.28:
        return (
            "The offers went to the most endangered customers. Risk is not uplift: many of them "
            "leave anyway, or because of the offer."
        )
    if more_loyal > 0.3:
        return "The offers went to customers who would have stayed anyway (sure things)."
    if np.mean(uplift[taken] < 0) > 0.25:
        return "Many offers went to customers whom they drive away (sleeping dogs)."
    return ""


TASK = Task(
    "targeting",
    15,
    judge,
    (
        "What does an offer to this customer change, in euros?",
        "Uplift is the chance to stay with an offer less that without: two models, or one of "
        "causalml's learners for classes.",
        "Rank by uplift × value − cost, cut at the budget, and leave out all below zero.",
    ),
    title="Spend the budget",
)
