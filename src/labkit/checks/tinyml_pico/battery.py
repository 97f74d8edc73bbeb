"""The verdict on a battery's life and on the period that a wanted life allows."""

from __future__ import annotations

import math
from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, Status, all_cases, failed, passed, weighted
from labkit.exercise.reading import as_number, as_parts
from labkit.exercise.task import Instance, Task, judge_cases

SECONDS = 20.0
"""Of CPU for one call; the reference needs a millisecond."""

TOLERANCE = 0.02
"""Relative. Every trap is at least 5 % off; see the exam."""

SAME_TRAP = 1e-3

TRAPS = {
    "sleep left out": "The chip sleeps most of the time, and its sleeping current flows then.",
    "sensor left out": "The sensor's current is missing. It flows all the time.",
    "events left out": "The current of the events is missing: number · duration · current over a "
    "day of 86,400 s.",
    "waking up left out": "The time to wake up is missing. The chip draws its active current then, "
    "longer than it computes.",
    "asleep while awake": "The sleeping current is counted also while the chip is awake; it flows "
    "in all other time.",
    "events instead of sleep": "The current of an event comes on top of the chip's own; nothing is "
    "taken off for the sleep.",
    "self-discharge left out": "The self-discharge is missing: a share of the whole capacity a "
    "month of 720 hours, as a current.",
    "whole capacity": "Not the whole capacity can be drawn; the usable share is missing.",
    "always awake": "This is a chip that never sleeps.",
    "hours": "These look like hours; days were asked for.",
    "awake only": "This counts the awake chip alone. What flows all the time decides.",
    "waking up in milliseconds": "wake_ms is in milliseconds; divide it by 1,000.",
    "events in milliseconds": "event_ms is in milliseconds; divide it by 1,000.",
    "loss of the usable share": "The self-discharge is a share of the whole capacity, not of its "
    "usable part.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Half of the marks for the days, half for the period; in each the worst case counts."""
    pairs: list[tuple[Outcome, Outcome]] = []

    def one(case: Instance) -> Outcome:
        pairs.append(_verdicts(call(answer, dict(case["device"]), seconds=SECONDS), case))
        return passed("")

    unusable = [o for o in judge_cases(instance["cases"], one) if o.status is not Status.PASSED]
    if unusable:
        return unusable[0]
    days, periods = (
        all_cases(outcomes, "Every one is right.") for outcomes in zip(*pairs, strict=True)
    )
    return weighted([(0.5, days), (0.5, periods)], "Every battery lasts as long as you say.")


def _verdicts(raw: Any, case: Instance) -> tuple[Outcome, Outcome]:
    """What is said of the days, and of the period."""
    first, second = as_parts(raw, ("days", "period_s"))
    days = as_number(first, "days", finite=False)
    if second is None:
        return _days(days, case), failed(
            "Your period_s is None; a number is wanted in every case.",
            on=_on(case),
            next_step="Return math.inf where no period is long enough.",
        )
    period = as_number(second, "period", finite=False)
    swapped = _swapped(days, period, case)
    return (swapped, swapped) if swapped else (_days(days, case), _period(period, case))


def _swapped(days: float, period: float, case: Instance) -> Outcome | None:
    right = case["period_s"]
    if not (right and case["days"]) or not (
        math.isclose(days, right, rel_tol=TOLERANCE)
        and math.isclose(period, case["days"], rel_tol=TOLERANCE)
    ):
        return None
    return failed(
        f"You say {days:.4g} days and a period of {period:.4g} s; it is the other way round.",
        on=_on(case),
        next_step="Return days first, then period_s.",
        misconception="The two results look swapped.",
    )


def _on(case: Instance) -> str:
    return ", ".join(f"{key} {value:,}" for key, value in case["device"].items())


def _days(days: float, case: Instance) -> Outcome:
    if math.isclose(days, case["days"], rel_tol=TOLERANCE, abs_tol=1e-9):
        return passed("")
    if case["days"] == 0.0:
        return failed(
            f"You say {days:.4g} days. A look takes longer than the period here: the chip cannot "
            "keep up, and the answer is 0.",
            on=_on(case),
            next_step="Compare the time awake, waking up included, with the period first.",
        )
    if days == 0.0:
        return failed(
            f"You say 0 days; within 2 % of {case['days']:.4g} is right. A look does fit into its "
            "period here.",
            on=_on(case),
            next_step="Print how many seconds your look takes. Are milliseconds divided by 1,000?",
        )
    trap = next(
        (
            TRAPS[name]
            for name, value in case["traps"].items()
            if math.isclose(days, value, rel_tol=SAME_TRAP)
        ),
        "",
    )
    return failed(
        f"You say {days:.4g} days; within 2 % of {case['days']:.4g} is right.",
        on=_on(case),
        next_step="Add up the average current in milliamperes, one part after the other, and look "
        "which one is off.",
        misconception=trap,
    )


def _period(period: float, case: Instance) -> Outcome:
    right, wanted = case["period_s"], case["device"]["wanted_days"]
    if right is None and period == math.inf:
        return passed("")
    if right is None:
        return failed(
            f"You say a look every {period:.4g} s for {wanted} days. But even a chip that always "
            "sleeps does not last that long here, so no period is long enough.",
            on=_on(case),
            next_step="Compare the current that is allowed with what flows all the time; return "
            "math.inf if nothing is left for looking.",
        )
    if math.isclose(period, right, rel_tol=TOLERANCE):
        return passed("")
    awake = case["device"]["wake_ms"] / 1000 + case["device"]["cycles"] / case["device"]["clock_hz"]
    if period < awake and right < awake * (1 + TOLERANCE):
        return failed(
            f"You say a look every {period:.4g} s. One look alone takes {awake:.4g} s, waking up "
            "included, and no period can be shorter.",
            on=_on(case),
            next_step="Return at least the time of one look.",
        )
    return failed(
        f"You say a look every {period:.4g} s for {wanted} days; within 2 % of {right:.4g} s is "
        "right.",
        on=_on(case),
        next_step="Put your period back into your own formula for the days: it should give "
        "wanted_days.",
    )


TASK = Task(
    "battery",
    10,
    judge,
    (
        "Everything is an average current in milliamperes. Write down one line for each part.",
        "Awake, the chip draws active_ma instead of sleep_ma, for wake_ms and cycles / "
        "clock_hz out of every period.",
        "Charge / current = hours. For the period, turn that around: which current is allowed, "
        "and how much of it is left for being awake? Nothing left: no period is long enough.",
    ),
    title="How long does the battery last?",
    traps=TRAPS,
)
