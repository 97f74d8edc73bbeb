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
from labkit.privacy_audit import audit_epsilon
from labkit.trends.responsible_ai.world.clinic import without

RUNS = 40_000
"""Right noise is measured at .81 to .98 of its epsilon (Laplace, geometric, rounded, staircase), a
bare count in one run of a hundred at 1.55 times it and more (30 cases); half the noise at 1.79 to
1.92 times it, normal noise a fifth larger at .98 to 2.1: above it in a case of every exam."""

ERROR = 1.1
"""Times the mean error of Laplace noise, most / epsilon: over 40,000 runs it is .98 to 1.01."""

ALIKE = 0.1
"""Correlation of the noise of two seeds; its standard deviation is .005."""

LITTLE = 0.9
"""Times most / epsilon, the mean size of the noise that is just enough."""

LEAST = 0.98
"""Times the mean size of the least noise that keeps epsilon, most · exp(ε/2) / (exp(ε) - 1), that
of the staircase (Geng and Viswanath 2014). Over 160,000 runs it is measured to .004 of itself;
Laplace noise with .95 of its scale lies below in every exam, at an epsilon of .4 to .6."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""

Floats = NDArray[np.float64]


def judge(answer: Any, instance: Instance) -> Outcome:
    """Attack the release with and without two people, the most frequent and a rare visitor."""

    def one(case: Instance) -> Outcome:
        visits, most, epsilon = comings(case), case["most"], case["epsilon"]

        def released(table: NDArray[np.int64], seed: int) -> Floats:
            raw = call(answer, table, most, epsilon, RUNS, seed, seconds=QUICK)
            return as_array(raw, "counts", (RUNS,))

        times, seeds = np.bincount(visits), case["seeds"]
        once = np.flatnonzero(times == 1)
        often, rare = int(times.argmax()), int(once[seeds[3] % len(once)])
        # The table without the most frequent visitor comes first: whoever gives a count out of
        # memory again, so that neighbours look alike, is then off by `most` on the whole table.
        away = {
            person: released(without(visits, person), seed)
            for person, seed in ((often, seeds[2]), (rare, seeds[3]))
        }
        first, again, other = (released(visits, seeds[i]) for i in (0, 0, 1))
        noise = [counts - _cut(visits, most) for counts in (first, other)]
        noise += [counts - _cut(without(visits, who), most) for who, counts in away.items()]
        on = (
            f"epsilon {epsilon:g}, at most {most} visits a person; person {often} came "
            f"{times[often]} times"
        )
        for fault in (
            _same_seed(first, again),
            _fixed(first, other),
            _told(first, away, visits, most, epsilon),
            _error(first, visits, most, epsilon),
            _less(noise, most, epsilon),
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


def _told(
    first: Floats, away: dict[int, Floats], visits: NDArray[np.int64], most: int, epsilon: float
) -> Fault:
    told, person = max((audit_epsilon(first, counts), who) for who, counts in away.items())
    if told <= epsilon:
        return None
    median, right = float(np.median(first)), _cut(visits, most)
    if abs(median - len(visits)) < abs(median - right):
        idea = "A row is not a person: who came often moves the count by more than one."
    elif np.abs(first - median).mean() < LITTLE * most / epsilon:
        idea = f"One person moves the count by up to {most}; there is less noise than hides that."
    else:
        idea = (
            "There is enough noise, and of the wrong kind: each count, rare ones too, has to be "
            "nearly as probable without the person."
        )
    return (
        f"An attacker who sees the counts with and without person {person}, who came "
        f"{int((visits == person).sum())} times, tells them apart with an epsilon of at least "
        f"{told:.2f}; {epsilon:g} was promised.",
        "By how much can one person move what you count? Noise has to cover that, whoever it is.",
        idea,
    )


def _cut(visits: NDArray[np.int64], most: int) -> float:
    return float(np.minimum(np.bincount(visits), most).sum())


def _error(first: Floats, visits: NDArray[np.int64], most: int, epsilon: float) -> Fault:
    right, enough = _cut(visits, most), most / epsilon
    off = float(np.abs(first - right).mean())
    if off <= ERROR * enough:
        return None
    median = float(np.median(first))
    near = 0.3 * enough
    if abs(median - right) <= near:
        idea = "More noise than the promise needs is bought with use."
    elif abs(median - len(np.unique(visits))) < near:
        idea = "This counts people, not their visits."
    elif abs(median - len(visits)) < near:
        idea = "Visits beyond the limit are counted."
    else:
        idea = "Who came more often than the limit still counts, with as many visits as it allows."
    return (
        f"The counts are off by {off:.3f} on average; {enough:.3f} is enough for this promise, and "
        f"{ERROR:g} times that is allowed. Their median is {median:.1f}, the count with at most "
        f"{most} visits a person {right:g}.",
        "Count first, with each person's visits cut at the limit; then add noise, no more than "
        "one person can move.",
        idea,
    )


def _less(noise: list[Floats], most: int, epsilon: float) -> Fault:
    """Noise below the least that can keep the promise, whatever its kind."""
    least = float(most * np.exp(epsilon / 2) / np.expm1(epsilon))
    size = float(np.mean([np.abs(part).mean() for part in noise]))
    if size >= LEAST * least:
        return None
    return (
        f"The counts of four tables are off by {size:.3f} on average; no noise whose mean size is "
        f"below {least:.3f} keeps this promise.",
        "Noise of scale (what one person can move) / epsilon, for every table that is given.",
        "Who gives an earlier table's count again looks private only to those who did not see it."
        if size < 0.5 * least or np.ptp([part.mean() for part in noise]) > 0.5 * most
        else "",
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
