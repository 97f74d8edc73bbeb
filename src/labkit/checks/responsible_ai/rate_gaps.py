"""Task `rate_gaps`: intervals that hold the true gap as often as they say, also for 20 people."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.responsible_ai.redraw import populations
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case

RATES = ("selection rate", "true-positive rate", "false-positive rate")

COVERED = 0.92
"""Share of populations, for each rate. Newcombe's intervals cover at least .940, Agresti's .935,
Jeffreys' .930, two exact ones joined .950; the textbook's at most .89 in two rates (24 cases)."""

WIDTH = 1.2
"""Times the mean width of Newcombe's interval. Agresti's has at most 1.03, two exact intervals
joined 1.10 to 1.16, two intervals compared end to end 1.37 and more for selection (24 cases)."""

EXACT = 1e-9
QUICK = 5.0
"""CPU-seconds of a call; the reference needs a millisecond."""

Floats = NDArray[np.float64]


def judge(answer: Any, instance: Instance) -> Outcome:
    """The gaps themselves, then how often the intervals hold the truth, then their width."""

    def one(case: Instance) -> Outcome:
        zero, small = case["people"]
        on = f"{case['populations']} populations of {zero} and {small} people"
        found = []
        for y, decided, group in populations(case):
            rows = as_array(call(answer, y, decided, group, seconds=QUICK), "gaps", (3, 3))
            right = _gaps(y, decided, group)
            off = np.abs(rows[:, 0] - right)
            if off.max() > EXACT:
                place = int(off.argmax())
                return failed(
                    f"The gap of the {RATES[place]} is {rows[place, 0]:.4f}; it should be "
                    f"{right[place]:.4f}.",
                    on=on,
                    next_step="Rate of group 1 minus rate of group 0: of all, of those with y = 1, "
                    "of those with y = 0.",
                    misconception="The sign is turned round: group 1 minus group 0."
                    if np.allclose(rows[:, 0], -right)
                    else "",
                )
            found.append(rows)
        low, high = (np.array(found)[:, :, end] for end in (1, 2))
        truth = np.array(case["truth"])
        covered = ((low <= truth) & (truth <= high)).mean(axis=0)
        width = (high - low).mean(axis=0) / case["width"]
        for place, name in enumerate(RATES):
            words = (
                f"The interval for the {name} holds the true gap in {covered[place]:.1%} of the "
                f"populations, and is {width[place]:.2f} times as wide as a good one"
            )
            if covered[place] < COVERED:
                return failed(
                    f"{words}; {COVERED:.0%} are asked of a 95 % interval.",
                    on=on,
                    next_step="Wilson's interval holds for a share of few people; Newcombe's joins "
                    "two of them.",
                    misconception="The normal approximation with the variance as it was seen is "
                    "too sure of itself: for 20 people who were all chosen it has no width.",
                )
            if width[place] > WIDTH:
                return failed(
                    f"{words}; {WIDTH} is allowed.",
                    on=on,
                    next_step="Errors of two independent shares add as squares do.",
                    misconception="Two intervals compared end to end: overlapping does not mean "
                    "equal, and a difference has not the sum of both errors.",
                )
        return passed("")

    return each_case(instance, one, "The intervals hold what they promise, for 20 people too.")


def _gaps(y: NDArray[Any], decided: NDArray[Any], group: NDArray[Any]) -> Floats:
    return np.array(
        [
            decided[used & (group == 1)].mean() - decided[used & (group == 0)].mean()
            for used in (y >= 0, y == 1, y == 0)
        ]
    )


TASK = Task(
    "rate_gaps",
    10,
    judge,
    (
        "The true-positive rate is the share chosen among those with y = 1, the false-positive "
        "rate among those with y = 0.",
        "scipy.stats.binomtest(hits, n).proportion_ci(method='wilson') is an interval for a share.",
        "Newcombe: low = gap − √((p1 − low1)² + (high0 − p0)²), high = gap + √((high1 − p1)² + "
        "(p0 − low0)²).",
    ),
    title="Gaps with honest intervals",
)
