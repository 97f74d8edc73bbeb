"""Judge of the task `fair_offer`: limit, gap between regions, then profit."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_probabilities
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

SHARE = 0.999
"""Of the programme's profit. Linear programmes reach 1.000000; draws in which a known mistake keeps
the rules and earns more than 0.985 are not used. One rate for all regions, to which some may add
the bound, reaches 0.98 to 1.00, and in every exam a case is in which it stays below 0.995."""

EXACT = 1e-6
"""How far a rate or the limit may be off: the tolerance of a solver, as a share."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""

TRAPS = {
    "no bound": "This is the most profitable policy without the bound.",
    "no slack": "The bound leaves slack, and slack is worth money: the rates may differ.",
    "region dropped": "The region was dropped, and what differs between regions with it. The "
    "rates still differ, because the segments do.",
    "equal counts": "Equal numbers of offers are no equal rates: regions differ in size.",
    "same for all": "Everybody has the same chance, whatever an offer is worth.",
    "limit spent": "Every region gets the same rate, and the limit is spent, whether an offer is "
    "worth it or not.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the rules first, then the profit against the best."""
    return each_case(
        instance, lambda case: _campaign(answer, case), "No region is left out, at the least price."
    )


def _campaign(answer: Any, case: Instance) -> Outcome:
    worth, people = np.array(case["worth"]), np.array(case["people"])
    raw = call(answer, worth, people, case["most"], case["bound"], seconds=QUICK)
    shares = as_probabilities(raw, "shares", worth.shape)
    rates = (people * shares).sum(axis=0) / people.sum(axis=0)
    offers, gap = float((people * shares).sum()), float(np.ptp(rates))
    earned = float((worth * people * shares).sum())
    on = (
        f"{worth.shape[0]} segments in {worth.shape[1]} regions, at most {case['most']} offers, "
        f"bound {case['bound']}"
    )
    known = trap(earned, case["traps"], TRAPS, 1e-6)
    if offers > case["most"] * (1 + EXACT):
        return failed(
            f"{offers:,.1f} offers are made; {case['most']:,} may be.",
            on=on,
            next_step="The limit is on all offers: people times shares, summed over cells.",
            misconception=known,
        )
    if gap > case["bound"] + EXACT:
        return failed(
            f"The regions' rates lie {gap:.4f} apart; the bound is {case['bound']:g}.",
            on=on,
            next_step="Write down each region's rate as a sum over segments, and bound the "
            "difference of every two regions.",
            misconception=known,
        )
    share = earned / case["best"]
    if share >= SHARE:
        return passed(f"{share:.2%} of the highest profit.")
    return failed(
        f"The rules are kept, but the offers earn {share:.1%} of what is possible; "
        f"{SHARE:.1%} is asked.",
        on=on,
        next_step="Profit, offers and rates are all linear in the shares: scipy.optimize.linprog "
        "finds the best.",
        misconception=known,
    )


TASK = Task(
    "fair_offer",
    10,
    judge,
    (
        "You choose a share for each cell. A region's rate is the sum of its people times shares, "
        "over its people.",
        "Maximise the sum of worth · people · share, with one row for the limit and one for every "
        "ordered pair of regions: rate of one minus rate of the other at most the bound.",
        "linprog(-(worth * people).ravel(), A_ub=rows, b_ub=limits, bounds=(0, 1)).",
    ),
    title="No region left out",
    traps=TRAPS,
)
