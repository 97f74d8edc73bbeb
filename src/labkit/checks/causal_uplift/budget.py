"""Judge of the task `budget`: the gain of a higher budget, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.checks.causal_uplift.intervals import NARROW, WIDE, Numbers, ordered, width_trap
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed, weighted
from labkit.exercise.reading import (
    as_number,
    as_parts,
)
from labkit.exercise.task import Instance, Task
from labkit.exercise.traps import trap
from labkit.trends.causal_uplift.metrics import coverage
from labkit.trends.causal_uplift.world.budget import EDGES

TRAPS = {
    "season left out": "The season moves budget and sales at once; its part is counted as the "
    "budget's.",
    "adjusts for traffic": "The budget works through the traffic. Holding traffic fixed takes "
    "the effect away.",
    "one euro more": "This is the gain of one unit more budget, not of the whole increase.",
    "share of sales": "This is the same percentage of sales, as if they followed the budget alone.",
}


GAIN_OFF = 2.5
"""Standard errors of the reference that a gain may be off; the reference stays below 1.5."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The gain of a higher budget in several shops, and intervals that hold it."""
    cases = instance["cases"]
    answers = [_budget_shop(answer, case) for case in cases]
    gains = over_cases(
        [_gain_outcome(numbers[0], case) for numbers, case in zip(answers, cases, strict=True)], ""
    )
    if gains.status is Status.PASSED:
        intervals = _gain_intervals_outcome(answers, cases)
    else:
        intervals = failed("Intervals are judged once all gains are right.")
    return weighted(
        [(0.6, gains), (0.4, intervals)], "Every gain is right, and the intervals are honest."
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


def _gain_intervals_outcome(answers: Sequence[Numbers], cases: Sequence[Instance]) -> Outcome:
    held = round(
        coverage([a[1] for a in answers], [a[2] for a in answers], [c["gain"] for c in cases])
        * len(cases)
    )
    usual = [2 * 1.96 * case["error"] for case in cases]
    width = float(np.mean([(a[2] - a[1]) / size for a, size in zip(answers, usual, strict=True)]))
    if held >= len(cases) - 1 and NARROW <= width <= WIDE:
        return passed("")
    return failed(
        f"The gains are right. {held} of {len(cases)} intervals hold the truth, and they are "
        f"{width:.2f} times as wide as they should be.",
        on=f"{len(cases)} shops",
        next_step="Draw whole weeks again with replacement a few hundred times and take the middle "
        "95 % of the gains; or 1.96 standard errors of the mean gain to each side.",
        misconception=width_trap(width),
    )


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
