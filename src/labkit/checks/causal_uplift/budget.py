"""Judge of the task `budget`: the gain of a higher budget, with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.checks.causal_uplift.intervals import Numbers, ordered
from labkit.exercise.outcome import Outcome, Status, all_cases, failed, passed, weighted
from labkit.exercise.reading import (
    as_number,
    as_parts,
)
from labkit.exercise.task import Instance, Task
from labkit.exercise.traps import trap
from labkit.trends.causal_uplift.world.budget import EDGES

TRAPS = {
    "season left out": "The season moves budget and sales at once; its part is counted as the "
    "budget's.",
    "adjusts for traffic": "The budget works through the traffic. Holding traffic fixed takes "
    "the effect away.",
    "one euro more": "This is the gain of one unit more budget, not of the whole increase.",
    "share of sales": "This is the same percentage of sales, as if they followed the budget alone.",
}


NARROW, WIDE, MISSED = 0.6, 1.6, 1
"""Width of every interval against the reference's, and how many may miss the truth.
Over 60 shops by formula 1.00, by bootstrap 0.76 to 1.18, along the path 0.69 to 0.99, and one
missed at most; one standard error makes 0.51, an interval that is not scaled 0.27 at most. In every
exam one shop has 0.56 at most with the interval of a plain line through budget and sales, and with
half a width of 0.28 of the increase one has 0.49 at most or 1.94 at least."""

GAIN_OFF = 2.5
"""Standard errors of the reference that a gain may be off; the reference stays below 1.5."""


GAINS, INTERVALS = 0.4, 0.6
"""Shares of the points, as the task's text states them."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The gain of a higher budget in every shop, and intervals that hold it."""
    cases = instance["cases"]
    answers = [_budget_shop(answer, case) for case in cases]
    gains = all_cases(
        [_gain_outcome(numbers[0], case) for numbers, case in zip(answers, cases, strict=True)], ""
    )
    if gains.status is Status.PASSED:
        intervals = _intervals_outcome(answers, cases)
    else:
        intervals = failed("Intervals are judged once all gains are right.")
    return weighted(
        [(GAINS, gains), (INTERVALS, intervals)],
        "Every gain is right, and the intervals are honest.",
    )


def _budget_shop(answer: Any, case: Instance) -> Numbers:
    edges = [list(edge) for edge in EDGES]
    raw = ask(answer, redraw.weeks(case), edges, case["increase"], seconds=TRAINING)
    names = ("gain", "low", "high")
    gain, low, high = (
        as_number(value, name) for value, name in zip(as_parts(raw, names), names, strict=True)
    )
    return ordered(gain, low, high, "gain")


def _gain_outcome(gain: float, case: Instance) -> Outcome:
    if abs(gain - case["gain"]) <= GAIN_OFF * case["error"]:
        return passed("")
    return failed(
        f"You expect {gain:.1f} thousand euros more a week; {case['gain']:.1f} is right, give or "
        f"take {GAIN_OFF * case['error']:.1f}.",
        on=f"{case['weeks']} weeks of a shop, budget raised by {case['increase']:.0%}",
        next_step="Ask what would follow if the budget alone were raised: the season stays as it "
        "was, the traffic follows.",
        misconception=trap(gain, case["traps"], TRAPS, 0.01),
    )


def _intervals_outcome(answers: Sequence[Numbers], cases: Sequence[Instance]) -> Outcome:
    missed = sum(
        not low <= case["gain"] <= high for (_, low, high), case in zip(answers, cases, strict=True)
    )
    widths = [
        (high - low) / (2 * 1.96 * case["error"])
        for (_, low, high), case in zip(answers, cases, strict=True)
    ]
    worst = max(widths, key=lambda width: abs(math.log(max(width, 1e-9))))
    if missed <= MISSED and NARROW <= worst <= WIDE:
        return passed("")
    return failed(
        f"The gains are right. {missed} of {len(cases)} intervals miss the truth, and one is "
        f"{worst:.2f} times as wide as it should be.",
        on=f"{len(cases)} shops",
        next_step="Draw whole weeks again with replacement a few hundred times and take the middle "
        "95 % of the gains; or 1.96 standard errors of the mean gain to each side.",
        misconception=_width_trap(widths, cases),
    )


def _width_trap(widths: Sequence[float], cases: Sequence[Instance]) -> str:
    """Name the mistake behind the widths, as multiples of the right ones."""
    increase = [case["increase"] for case in cases]
    if max(widths) < NARROW and np.ptp(np.multiply(widths, increase)) < np.ptp(widths):
        return (
            "The interval is that of one unit more budget. The gain was scaled to the whole "
            "increase, and its interval has to be scaled with it."
        )
    if max(widths) < NARROW:
        return "One standard error to each side misses the truth in a third of all cases."
    if min(widths) > WIDE:
        return (
            "The interval is that of single weeks, not that of their mean: the mean is known far "
            "better than the next one."
        )
    return ""


TASK = Task(
    "budget",
    5,
    judge,
    (
        "Season opens a back door; traffic is how the budget works.",
        "dowhy.gcm answers the question as it is asked: fit an invertible causal model on the "
        "graph, then counterfactual_samples with a higher budget.",
        "The gain is the mean difference in sales. For the interval, repeat with weeks drawn "
        "again, or use the standard error of the regression behind it.",
    ),
    title="What 10 % more budget brings",
    traps=TRAPS,
)
