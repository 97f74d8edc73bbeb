"""The verdict on a battery's life and on the period that a wanted life allows."""

from __future__ import annotations

import math
from typing import Any

from labkit.checks.tinyml_pico.reading import parts
from labkit.exercise.guard import as_number
from labkit.exercise.outcome import Outcome, failed, over_cases, passed
from labkit.exercise.task import Instance

TOLERANCE = 0.02
"""Relative. Counting the sleeping current also while the chip is awake moves the days by 1 % at
most; every trap is at least 5 % off."""

SAME_TRAP = 1e-3

TRAPS = {
    "sleep left out": "The chip sleeps most of the time, and its sleeping current flows then.",
    "sensor left out": "The sensor's current is missing. It flows all the time.",
    "events left out": "The current of the events is missing: number · duration · current over a "
    "day of 86,400 s.",
    "waking up left out": "The time to wake up is missing. The chip draws its active current then, "
    "longer than it computes.",
    "self-discharge left out": "The self-discharge is missing: a share of the whole capacity a "
    "month of 720 hours, as a current.",
    "whole capacity": "Not the whole capacity can be drawn; the usable share is missing.",
    "always awake": "This is a chip that never sleeps.",
    "hours": "These look like hours; days were asked for.",
    "awake only": "This counts the awake chip alone. What flows all the time decides.",
}


def verdict(raw: Any, case: Instance) -> Outcome:
    """Half of the case is for the days, half for the period."""
    days, period = parts(raw, ("days", "period_s"))
    outcomes = [_days(as_number(days, "days"), case), _period(as_number(period, "period"), case)]
    return over_cases(outcomes, "")


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
            next_step="Compare the time awake with the period first.",
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
    if math.isclose(period, case["period_s"], rel_tol=TOLERANCE):
        return passed("")
    return failed(
        f"You say a look every {period:.4g} s for {case['device']['wanted_days']} days; within 2 % "
        f"of {case['period_s']:.4g} s is right.",
        on=_on(case),
        next_step="Put your period back into your own formula for the days: it should give "
        "wanted_days.",
    )
