"""Task `rate_gaps`: intervals that hold the true gap as often as they say, also for 20 people."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from labkit.checks.responsible_ai.varied import populations
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case

RATES = ("selection rate", "true-positive rate", "false-positive rate")

COVERED = 0.92
"""Share of populations, for each rate. In an exam Newcombe's, Agresti's and Jeffreys' intervals
cover at least .930, a posterior's .925; those of 1.8 standard errors at most .910 with 80 people,
of 1.85 from .905 to .930; the textbook's at most .84 with 20 (20 exams)."""

WIDTH = 1.2
"""Times the mean width of Newcombe's interval. Agresti's has at most 1.04, two exact intervals
joined 1.16, those of 99 %, or compared end to end, 1.34 and more for selection (20 exams)."""

LIKE = 0.06
"""Mean widths of the textbook's and a bootstrap's intervals differ by less, those of Wilson's and
the textbook's by more. One way's at two levels have one ratio in all rates, to twice as much."""

EXACT = 1e-9
QUICK = 5.0
"""CPU-seconds of a call; the reference needs a millisecond."""

Floats = NDArray[np.float64]


def judge(answer: Any, instance: Instance) -> Outcome:
    """The gaps themselves, then how often the intervals hold the truth, then their width."""

    def one(case: Instance) -> Outcome:
        zero, small = case["people"]
        on = f"{case['populations']} populations of {zero} and {small} people"
        found, simple = [], []
        drawn = populations(case)
        for y, decided, group in zip(drawn.y, drawn.decided, drawn.group, strict=True):
            rows = as_array(call(answer, y, decided, group, seconds=QUICK), "gaps", (3, 3))
            right, widths = _gaps(y, decided, group)
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
            simple.append(widths)
        low, high = (np.array(found)[:, :, end] for end in (1, 2))
        covered = ((low <= drawn.truth) & (drawn.truth <= high)).mean(axis=0)
        width = (high - low).mean(axis=0)
        ratio = width / case["width"]
        textbook, apart = (width / one for one in np.mean(simple, axis=0))
        for place, name in enumerate(RATES):
            words = (
                f"The interval for the {name} holds the true gap in {covered[place]:.1%} of the "
                f"populations, and is {ratio[place]:.2f} times as wide as a good one"
            )
            if covered[place] < COVERED:
                return failed(
                    f"{words}; {COVERED:.0%} are asked of a 95 % interval.",
                    on=on,
                    next_step="Wilson's interval holds for a share of few people; Newcombe's joins "
                    "two of them.",
                    misconception="The normal approximation with the variance as it was seen is "
                    "too sure of itself: for 20 people who were all chosen it has no width."
                    if np.abs(textbook - 1).max() < LIKE
                    else _level(ratio),
                )
            if ratio[place] > WIDTH:
                return failed(
                    f"{words}; {WIDTH} is allowed.",
                    on=on,
                    next_step="Errors of two independent shares add as squares do.",
                    misconception="Two intervals compared end to end: overlapping does not mean "
                    "equal, and a difference has not the sum of both errors."
                    if np.abs(apart - 1).max() < LIKE
                    else _level(ratio),
                )
        return passed("")

    return each_case(instance, one, "The intervals hold what they promise, for 20 people too.")


def _level(ratio: Floats) -> str:
    """All intervals narrower, or wider, by one factor: a confidence of another size."""
    if np.ptp(ratio) > 2 * LIKE * ratio.mean() or abs(ratio.mean() - 1) < LIKE:
        return ""
    z = 1.96 * ratio.mean()
    return (
        f"All intervals are {ratio.mean():.2f} times as wide as good ones: as for a confidence of "
        f"{2 * norm.cdf(z) - 1:.1%}. At 95 %, 2.5 % are left out on each side."
    )


def _gaps(
    y: NDArray[Any], decided: NDArray[Any], group: NDArray[Any]
) -> tuple[Floats, list[list[float]]]:
    """The gaps, and the widths of two simple intervals: the textbook's, and two end to end."""
    gaps, widths = [], []
    for used in (y >= 0, y == 1, y == 0):
        n = np.array([(used & (group == g)).sum() for g in (0, 1)])
        p = np.array([decided[used & (group == g)].mean() for g in (0, 1)])
        gaps.append(p[1] - p[0])
        wilson = 2 * 1.96 * np.sqrt(p * (1 - p) / n + 0.96 / n**2) / (1 + 3.84 / n)
        widths.append([2 * 1.96 * float(np.sqrt((p * (1 - p) / n).sum())), float(wilson.sum())])
    return np.array(gaps), np.transpose(widths).tolist()


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
