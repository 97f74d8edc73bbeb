"""Judge of the task `targeting`: profit on hidden counterfactuals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import RETENTION_FEATURES, Retention

SHORT, AMPLE = 0.72, 0.55
"""Share of the oracle's profit that is asked where the budget pays for few, and for most, of the
customers. Over 8 instances each: uplift by logistic regressions 0.98 to 1, by shallow boosting 0.82
and 0.71 or more, by random forests 0.79 and 0.75, by one boosting with the offer as a column 0.78
and 0.68; with scikit-learn's boosting as it comes 0.69 to 0.88 and 0.58 to 0.78. Whoever ranks by
uplift and leaves out who is not worth an offer gets 0.69 at most where the budget is short, anybody
worth an offer 0.47; all of the budget, or all whom an offer keeps, 0.35 where it is ample."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Profit on hidden counterfactuals, against the oracle's, with a short and an ample budget."""
    return each_case(
        instance,
        lambda case: _campaign(answer, case),
        "The budget goes to those whom it keeps.",
    )


def _campaign(answer: Any, case: Instance) -> Outcome:
    drawn = redraw.campaign(case)
    past, new = drawn.observed[: case["history"]], drawn.observed[case["history"] :]
    customers = new[[*RETENTION_FEATURES, "value"]].reset_index(drop=True)
    raw = ask(answer, past, customers, case["cost"], case["budget"], seconds=TRAINING)
    chosen = as_choices(raw, "choice", case["customers"], (0, 1)).astype(float)
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
    share = profit / case["oracle"]
    words = (
        f"Your {chosen.sum():,.0f} offers bring {profit:,.0f} €, {share:.0%} of what an oracle "
        f"makes of the budget. At random: {case['random']:,.0f} €; the most endangered first: "
        f"{case['risk']:,.0f} €."
    )
    asked = SHORT if _is_short(case) else AMPLE
    if share >= asked:
        return passed(words)
    return failed(
        f"{words} {asked:.0%} of the oracle's is asked.",
        on=on,
        next_step="Estimate the uplift in the chance to stay, turn it into euros with the "
        "customer's value, take off the cost, and stop where nothing is left or the budget ends.",
        misconception=_choice_trap(chosen == 1, drawn, case),
    )


def _is_short(case: Instance) -> bool:
    """Whether the budget pays for less than half of the customers."""
    return bool(case["budget"] < case["cost"] * case["customers"] / 2)


def _choice_trap(taken: NDArray[np.bool_], drawn: Retention, case: Instance) -> str:
    """Name whom the offers went to, if not to those whom they keep."""
    if not taken.any():
        return "Nobody gets an offer. That loses nothing and wins nothing."
    truth = drawn.truth[case["history"] :]
    stay, uplift = truth["stay_without"].to_numpy(), truth["uplift"].to_numpy()
    worth = uplift * drawn.observed["value"].to_numpy()[case["history"] :] - case["cost"]
    # By risk the difference is -0.57 to -0.53 with a short budget, -0.32 to -0.29 with an ample
    # one; by uplift -0.37 and -0.15 at most.
    far = 0.45 if _is_short(case) else 0.26
    more_loyal = float(stay[taken].mean() - stay[~taken].mean())
    if more_loyal < -far:
        return (
            "The offers went to the most endangered customers. Risk is not uplift: many of them "
            "leave anyway, or because of the offer."
        )
    if more_loyal > 0.26:
        return "The offers went to customers who would have stayed anyway (sure things)."
    if np.mean(uplift[taken] < 0) > 0.25:
        return "Many offers went to customers whom they drive away (sleeping dogs)."
    if np.mean(worth[taken] < 0) > 0.25:
        return (
            "Many offers cost more than they keep. A budget need not be spent, and the uplift has "
            "to be worth the cost."
        )
    return (
        "The offers keep customers, but others would have brought more: customers differ more in "
        "value than in uplift."
    )


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
