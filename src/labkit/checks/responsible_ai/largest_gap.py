"""Task `largest_gap`: what is certain of the largest gap, when it was looked for among many."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.responsible_ai.varied import counts
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number
from labkit.exercise.task import Instance, Task, each_case

WRONG = 0.1
"""Share of draws in which the bound may lie above the truth. All pairs at once: at most .060, a
studentised range .08; one pair by itself .44 and more where all are alike (12 exams)."""

USE = 0.7
"""Of the reference's mean bound where a group differs. Agresti's intervals of all pairs have 1.01
to 1.02, a studentised range 1.02 to 1.04, intervals half as wide again .56 to .67 in the case with
one group, two fifths of the gap after a test .53 to .59 in that with two (12 exams)."""

QUICK = 5.0
"""CPU-seconds of a call; the reference needs four milliseconds."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """How often the bound claims too much, and how much it still claims where a group differs."""

    def one(case: Instance) -> Outcome:
        people = np.array(case["people"])
        bounds = np.array(
            [
                as_number(call(answer, chosen, people, seconds=QUICK), "bound")
                for chosen in counts(case)
            ]
        )
        wrong = float((bounds > case["truth"] + 1e-9).mean())
        kind = "not all are alike" if case["truth"] else "all are alike"
        smallest = min(case["people"])
        on = (
            f"{case['draws']} draws of {len(people)} groups of {smallest} people and more, of "
            f"which {kind}"
        )
        if wrong > WRONG:
            return failed(
                f"The bound lies above the largest true gap in {wrong:.0%} of the draws; 5 % are "
                "meant.",
                on=on,
                next_step="The largest gap is the largest of many pairs. What must hold for each "
                "pair, so that all hold together in 95 %?",
                misconception="Looking at many gaps and naming the largest is not free: chance "
                "alone makes one.",
            )
        if bounds.mean() < USE * case["bound"] and case["graded"]:
            return failed(
                f"The bound is {bounds.mean():.3f} on average, where {case['bound']:.3f} could be "
                f"said of a true gap of {case['truth']:.3f}.",
                on=on,
                next_step="A bound that is always near zero protects nobody. Which intervals are "
                "narrower and still hold together?",
            )
        return passed("")

    return each_case(instance, one, "What you call certain is so, and it is not nothing.")


TASK = Task(
    "largest_gap",
    5,
    judge,
    (
        "With g groups there are g (g − 1) / 2 pairs. If each interval misses in 0.05 over the "
        "number of pairs, at least one of them misses in at most 5 %.",
        "The bound is the largest lower end over all ordered pairs: the intervals of the task "
        "before, each with confidence 1 − 0.05 / pairs.",
    ),
    title="The largest of many gaps",
)
