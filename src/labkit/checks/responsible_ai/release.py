"""Task `release`: private counts, judged by an attack and by their error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.responsible_ai.redraw import comings
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.responsible_ai.metrics import audit_epsilon
from labkit.trends.responsible_ai.world.clinic import without

RUNS = 40_000
"""Right noise is measured at .76 to .97 of its epsilon, half the noise at 1.79 to 1.92 times it,
normal noise a fifth larger at 1.004 and more (24 cases)."""

ERROR = 1.1
"""Times the mean error of Laplace noise, most / epsilon: over 40,000 runs it is .98 to 1.01."""

ALIKE = 0.1
"""Correlation of the noise of two seeds; its standard deviation is .005."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""

Floats = NDArray[np.float64]


def judge(answer: Any, instance: Instance) -> Outcome:
    """Attack the release with and without the person who came most often; then its error."""

    def one(case: Instance) -> Outcome:
        visits, most, epsilon = comings(case), case["most"], case["epsilon"]

        def released(table: NDArray[np.int64], seed: int) -> Floats:
            raw = call(answer, table, most, epsilon, RUNS, seed, seconds=QUICK)
            return as_array(raw, "counts", (RUNS,))

        first, again, other, away = (
            released(table, seed)
            for table, seed in zip((visits, visits, visits, without(visits, 0)),
                                   (case["seeds"][i] for i in (0, 0, 1, 2)), strict=True)
        )  # fmt: skip
        on = f"epsilon {epsilon:g}, at most {most} visits a person, person 0 came {case['heavy']} times"  # noqa: E501
        for fault in (
            _same_seed(first, again),
            _fixed(first, other),
            _told(first, away, epsilon),
            _error(first, visits, most, epsilon),
        ):
            if fault:
                words, step, misconception = fault
                return failed(words, on=on, next_step=step, misconception=misconception)
        return passed("")

    return each_case(instance, one, "The attack learns no more than was promised.")


Fault = tuple[str, str, str] | None


def _same_seed(first: Floats, again: Floats) -> Fault:
    if np.array_equal(first, again):
        return None
    return (
        "Two calls with the same seed give different counts.",
        "Draw all noise from numpy.random.default_rng(seed).",
        "",
    )


def _fixed(first: Floats, other: Floats) -> Fault:
    noise = first - first.mean(), other - other.mean()
    if all(np.ptp(part) > 0 for part in noise):
        alike = float(np.corrcoef(*noise)[0, 1])
        repeated = float(np.corrcoef(first[1:], first[:-1])[0, 1])
        if max(abs(alike), abs(repeated)) < ALIKE:
            return None
    return (
        "The noise can be guessed: it is the same for every run, or for every seed.",
        "Draw `runs` numbers anew, from the seed that you are given.",
        "Noise hides nothing from those who know it.",
    )


def _told(first: Floats, away: Floats, epsilon: float) -> Fault:
    told = audit_epsilon(first, away)
    if told <= epsilon:
        return None
    return (
        f"An attacker who sees the counts with and without one person tells them apart with an "
        f"epsilon of at least {told:.2f}; {epsilon:g} was promised.",
        "By how much can one person move what you count? Noise has to cover that.",
        "A row is not a person: who came often moves the count by more than one."
        if told > 1.5 * epsilon
        else "",
    )


def _error(first: Floats, visits: NDArray[np.int64], most: int, epsilon: float) -> Fault:
    times = np.bincount(visits)
    right = float(np.minimum(times, most).sum())
    off, allowed = float(np.abs(first - right).mean()), ERROR * most / epsilon
    if off <= allowed:
        return None
    words = {
        "people": (float((times > 0).sum()), "This counts people, not their visits."),
        "visits": (float(len(visits)), "Visits beyond the limit are counted."),
    }
    bias = float(np.median(first))
    fits = [said for number, said in words.values() if abs(bias - number) < 0.3 * most / epsilon]
    far = abs(bias - right) > 0.3 * most / epsilon
    return (
        f"The counts are off by {off:.2f} on average; {allowed:.2f} is enough for this promise. "
        f"Their median is {bias:.1f}, the count with at most {most} visits a person {right:g}.",
        "Count first, with each person's visits cut at the limit; then add noise, no more than "
        "one person can move.",
        (fits[0] if fits and far else "More noise than the promise needs is bought with use."),
    )


TASK = Task(
    "release",
    15,
    judge,
    (
        "Cut every person's visits at `most`, and add up. How far can one person move the sum?",
        "Laplace noise of scale (what one person can move) / epsilon keeps epsilon exactly: "
        "numpy.random.default_rng(seed).laplace.",
    ),
    title="Release a count, keep a promise",
    traps={},
)
