"""Task `accept`: chances of acceptance by score and group, the most profitable under a rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.responsible_ai.redraw import curves
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_probabilities
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.responsible_ai.world.lending import Rates, profit, rates

SHARE = 0.995
"""Of the programme's profit. Linear programmes and lines through the ROC curves reach 1.000; draws
in which a known mistake keeps the bound and earns .98 are not used (.99: every group held near the
mean of all)."""

EXACT = 1e-6
"""How far a gap may lie above the bound: the tolerance of a solver."""

SAME_TRAP = 1e-6
QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""

TRAPS = {
    "no rule": "This is the most profitable policy without any rule.",
    "one cut-off": "One cut-off for all is the same rule, not the same treatment: where scores "
    "differ, so do the rates.",
    "another rule": "This policy keeps another rule. Parity holds the share of all, opportunity "
    "that of payers, odds both that of payers and that of non-payers.",
    "rounded": "Rates cannot be met by cut-offs alone: at one or two scores a share has to be "
    "accepted.",
    "half a bound": "The bound is on the highest rate minus the lowest. Whoever holds every group "
    "near the rate of all forbids more than that.",
    "no slack": "The bound leaves slack, and slack is worth money: the rates may differ.",
}

HELD = {
    "parity": ("selection",),
    "opportunity": ("true_positive",),
    "odds": ("true_positive", "false_positive"),
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the gap against the bound, then the profit against the best."""

    def one(case: Instance) -> Outcome:
        drawn = curves(case)
        arguments = (*drawn, case["loss"], case["rule"], case["bound"])
        policy = as_probabilities(
            call(answer, *arguments, seconds=QUICK), "policy", drawn.good.shape
        )
        on = (
            f"rule {case['rule']}, bound {case['bound']:g}, {case['scores']} scores, "
            f"{case['groups']} groups, loss {case['loss']:g}"
        )
        earned = profit(drawn, policy, case["loss"])
        known = trap(earned, case["traps"], TRAPS, SAME_TRAP)
        width = _gap(rates(drawn, policy), case["rule"])
        if width > case["bound"] + EXACT:
            return failed(
                f"The rates of the groups lie {width:.4f} apart; the bound is {case['bound']:g}.",
                on=on,
                next_step="Write down each group's rate as a sum over scores, and bound the "
                "difference of every two groups.",
                misconception=known,
            )
        share = earned / case["best"]
        if share >= SHARE:
            return passed(f"{share:.2%} of the highest profit.")
        return failed(
            f"The bound is kept, but the policy earns {share:.1%} of what is possible; "
            f"{SHARE:.1%} is asked.",
            on=on,
            next_step="Profit and rates are both linear in the chances of acceptance: "
            "scipy.optimize.linprog finds the best.",
            misconception=known,
        )

    return each_case(instance, one, "Every bound is kept, and at the least price.")


def _gap(found: Rates, rule: str) -> float:
    return max(float(np.ptp(getattr(found, name))) for name in HELD[rule])


TASK = Task(
    "accept",
    15,
    judge,
    (
        "What you choose is a chance for each score and group. A rate is a sum of chances, each "
        "weighted with the share of the group's people (or payers, or non-payers) at that score.",
        "Maximise the sum of mass · shares · (good − loss · (1 − good)) · chance, with a row for "
        "every ordered pair of groups: rate of one minus rate of the other at most the bound.",
        "linprog(-worth.ravel(), A_ub=rows, b_ub=bound for each row, bounds=(0, 1)).",
    ),
    title="The cheapest way to keep a rule",
    traps=TRAPS,
)
