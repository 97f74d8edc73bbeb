"""Task `evaluate`: three estimates, an interval that holds, and whether the log says enough."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.personalization.redraw import logged
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_flag, as_number, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

CLOSE = 1e-9
"""How far an estimate may be off; every known mistake is off by .004 and more."""

NARROW, WIDE = 0.93, 1.08
"""Times the mean width of the reference's intervals. Normal and bootstrap intervals are at .94 to
1.00 of it (14 shops), intervals of 90 % at .84, those of the spread of the clicks at .52 to .78,
those of IPS and SNIPS at 1.18 to 1.62, a share of clicks by the effective sample 1.19 to 1.45."""

LEAST = 0.72
"""Times the reference's width that the interval of every log has at least: a bootstrap of 150
resamples has .80 in the worst of 100 logs, of 1,000 resamples .89 (12 cases). Where weights above
20 are cut off for the width, some log has .62 or less."""

HELD = 0.88
"""Share of 100 logs whose interval holds the truth. Exams draw logs in which the reference's do in
.93 and more; a bootstrap of 150 resamples then in .89 and more (14 shops)."""

ASIDE = 0.15
"""Distance of the interval's middle from DR, in half widths, mean over the logs of a case:
bootstrap intervals are at .06 to .09 (14 shops), intervals around SNIPS at .23 to .38."""

FOLLOWS = 0.5
"""Correlation of the widths with those of the reference, over the logs of a case. A bootstrap of
150 resamples has .89 to .97 (14 shops), widths made of the weights alone .03 to .44, of the spread
of the clicks -.12 to .26, one width for all logs none."""

VARIED = 0.1
"""Standard deviation of the reference's widths, as a share of their mean, from which on that is
asked: below it the noise of a bootstrap hides which logs say less. Two shops of an exam have it."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a thousandth."""

NAMES = ("ips", "snips", "dr", "low", "high", "enough")

TRAPS = {
    "upside down": "The ratio stands upside down: the new policy's probability belongs on top.",
    "no ratio": "A weight is a ratio: what the old policy showed often counts less.",
    "model alone": "The model alone carries its error over; the log can correct it.",
    "model as logged": "The first part of DR asks the model about what the new policy would show, "
    "not about what was shown.",
    "mean of the log": "This is the value of the old policy.",
    "not normalised": "SNIPS divides by the sum of the weights, not by the number of visits.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare estimates, then look at intervals and doubts over many logs of the same shop."""

    def one(case: Instance) -> Outcome:
        drawn, spans, centres, sure = logged(case), [], [], []
        on = f"{len(drawn.logs)} logs of {case['visits']:,} visits and {drawn.new.shape[1]} items"
        for number, log in enumerate(drawn.logs):
            arguments = (
                log.items,
                log.clicks,
                log.logged,
                drawn.new[log.kind],
                drawn.model[log.kind],
            )
            parts = as_parts(call(answer, *arguments, seconds=QUICK), NAMES)
            *numbers, low, high = (
                as_number(part, name) for part, name in zip(parts, NAMES[:-1], strict=False)
            )
            spans.append((low, high))
            centres.append(numbers[-1])
            sure.append(as_flag(parts[-1], "enough"))
            if number < len(case["estimates"]):
                fault = _estimates(numbers, case, number, on)
                if fault:
                    return fault
        fault = _doubts(sure, case, on) or _intervals(np.array(spans), centres, case, on)
        return fault or passed("")

    return each_case(
        instance, one, "Estimates are exact, intervals hold, and it is said when they cannot."
    )


def _estimates(numbers: list[float], case: Instance, place: int, on: str) -> Outcome | None:
    right = case["estimates"][place]
    off = np.abs(np.subtract(numbers, right))
    if off.max() <= CLOSE:
        return None
    wrong = int(off.argmax())
    known = {name: led_to[place] for name, led_to in case["traps"].items()}
    return failed(
        f"On one log {NAMES[wrong].upper()} is {right[wrong]:.6f}; you say {numbers[wrong]:.6f}.",
        on=on,
        next_step="Take a log of three visits and work the three estimates out by hand.",
        misconception=trap(numbers, known, TRAPS, CLOSE),
    )


def _doubts(sure: list[bool], case: Instance, on: str) -> Outcome | None:
    if all(one == case["enough"] for one in sure):
        return None
    share = float(np.mean(case["overlap"]))
    if case["enough"]:
        return failed(
            f"These logs are as good as {share:.0%} of their visits, and `enough` is False.",
            on=on,
            next_step="Doubt where few visits carry most of the weight.",
            misconception="Not every log of another policy is useless.",
        )
    return failed(
        f"These logs are worth {share:.1%} of their visits, and `enough` is True for "
        f"{sum(sure)} of {len(sure)}.",
        on=on,
        next_step="How many equally weighted visits are these weights worth?",
        misconception="Many rows are not many visits: a few weights can carry all. And their mean "
        "is not always one.",
    )


def _intervals(spans: np.ndarray, centres: list[float], case: Instance, on: str) -> Outcome | None:
    if not case["enough"]:
        return None
    low, high = spans.T
    widths, middle = high - low, (low + high) / 2
    wide = float(widths.mean() / np.mean(case["widths"]))
    if not NARROW <= wide <= WIDE:
        return failed(
            f"The interval is {wide:.2f} times as wide as a good one; {NARROW:g} to {WIDE:g} times "
            "is right.",
            on=on,
            next_step="DR is a mean of one number a visit. How much do these numbers vary, and how "
            "many standard errors does an interval of 95 % take?",
            misconception="The terms of DR vary less than those of IPS or SNIPS. Where the model "
            "says too much, one of their two parts takes back what the other one adds."
            if wide > WIDE
            else "DR's terms have two parts, and both vary, together: neither the spread of the "
            "clicks nor that of the weighted part is theirs.",
        )
    least = float((widths / np.array(case["widths"])).min())
    if least < LEAST:
        return failed(
            f"On one log the interval is {least:.2f} times as wide as a good one.",
            on=on,
            next_step="Compare your width with the standard deviation of the terms of DR, log by "
            "log.",
            misconception="A heavy visit is rare and counts for much: the width has to tell of it. "
            "Weights that are cut off say more than the log knows.",
        )
    aside = float(np.abs(middle - centres).mean() / (widths.mean() / 2))
    if aside > ASIDE:
        return failed(
            f"The middle of the interval is {aside:.2f} half widths away from DR, on average.",
            on=on,
            next_step="It is the interval around DR; SNIPS and IPS have their own.",
        )
    held = float(np.mean((low <= case["truth"]) & (high >= case["truth"])))
    if held < HELD:
        return failed(
            f"The interval holds the truth in {held:.0%} of the logs; {HELD:.0%} is asked.",
            on=on,
            next_step="How large is the standard error of DR on the very log?",
        )
    follows = np.corrcoef(widths, case["widths"])[0, 1] if np.ptp(widths) > 0 else 0.0
    if follows < FOLLOWS and np.std(case["widths"]) > VARIED * np.mean(case["widths"]):
        return failed(
            "The interval is not wider where the log says less: over the logs, its width and that "
            f"of a good one have a correlation of {follows:.2f}; at least {FOLLOWS:g} is asked.",
            on=on,
            next_step="Estimate the standard error of DR from the terms of the very log.",
        )
    return None


TASK = Task(
    "evaluate",
    15,
    judge,
    (
        "weight = target[row, items] / logged. IPS is the mean of weight · clicks; SNIPS divides "
        "the sum by the sum of the weights.",
        "DR is the mean, over visits, of Σ target · model + weight · (click − model of what was "
        "shown). The interval is that of a mean.",
        "Kish: (Σ weight)² / Σ weight² visits of equal weight are worth as much. Compare that with "
        "a twentieth of the visits.",
    ),
    title="What would the new policy have earned",
    traps=TRAPS,
)
