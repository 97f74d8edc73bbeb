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

ASKED = {"short": 0.72, "dear": 0.5, "cheap": 0.75}
"""Share of the oracle's profit that is asked, by kind of campaign. Over 5 instances, in this
order of kinds: uplift by logistic regressions 0.99 or more; by shallow boosting 0.83, 0.67 and 0.87
or more; by scikit-learn's boosting as it comes 0.85, 0.75 and 0.90; by random forests 0.83, 0.73
and 0.92. Whoever ranks by uplift and leaves out who is not worth an offer gets 0.65 at most where
the budget is short, anybody worth an offer 0.46. Where an offer is expensive, all of the budget,
all whom it keeps, and the best quarter lose money; the best sixth of the customers, whatever it
costs, get 0.46 at most there, and 0.70 where it is cheap, the best tenth 0.52."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Profit on hidden counterfactuals, against the oracle's, in campaigns of three kinds."""
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
    asked = ASKED[case["kind"]]
    if share >= asked:
        return passed(words)
    return failed(
        f"{words} {asked:.0%} of the oracle's is asked.",
        on=on,
        next_step="Estimate the uplift in the chance to stay, turn it into euros with the "
        "customer's value, take off the cost, and stop where nothing is left or the budget ends.",
        misconception=_choice_trap(chosen == 1, drawn, case),
    )


def _choice_trap(taken: NDArray[np.bool_], drawn: Retention, case: Instance) -> str:
    """Name whom the offers went to, if not to those whom they keep."""
    if not taken.any():
        return "Nobody gets an offer. That loses nothing and wins nothing."
    truth = drawn.truth[case["history"] :]
    stay, uplift = truth["stay_without"].to_numpy(), truth["uplift"].to_numpy()
    worth = uplift * drawn.observed["value"].to_numpy()[case["history"] :] - case["cost"]
    # By risk the difference is -0.57 to -0.53 if few are taken, -0.32 to -0.29 if nearly all are;
    # by uplift -0.37 and -0.15 at most.
    far = 0.45 if taken.mean() < 0.5 else 0.26
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
