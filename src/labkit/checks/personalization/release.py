"""Task `release`: private counts of titles, judged by an attack and by their error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.personalization.attack import told_apart, told_by_count
from labkit.checks.personalization.redraw import viewed
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.personalization.world.views import without

RUNS = 20_000
"""Right noise is measured at .74 to .95 of its epsilon (Laplace, geometric), half of it at 1.55 to
1.88 times, noise for one row at 2.0 to 4.7, normal noise a quarter larger at .6 to 1.65: above it
where epsilon is large (18 cases)."""

ERROR = 1.15
"""Times the mean error of Laplace noise, bound / epsilon: over 20,000 runs the worst title is at
.88 to 1.02 for right noise, all rows counted at 1.2 to 12 (18 cases)."""

ALIKE = 0.1
"""Correlation of the noise of two seeds, of two runs, of two titles; its standard deviation is
.007."""

FAR = 8.5
"""Times bound / epsilon that the largest noise of two calls lies above its count, at least. Right
noise stays below with a probability of exp(-20): e^-8.5 / 2 of 200,000 numbers and more lie beyond.
Noise below zero is not looked at, since counts may be cut off at zero."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""

Floats = NDArray[np.float64]
Fault = tuple[str, str, str] | None


def judge(answer: Any, instance: Instance) -> Outcome:
    """Attack the release with and without two people, the heaviest and a rare viewer."""

    def one(case: Instance) -> Outcome:
        rows, titles, seeds = viewed(case), case["titles"], case["seeds"]

        def released(table: NDArray[np.int64], seed: int) -> Floats:
            arguments = table, titles, case["bound"], case["epsilon"], RUNS, seed
            return as_array(call(answer, *arguments, seconds=QUICK), "counts", (RUNS, titles))

        people, times = np.unique(rows[:, 0], return_counts=True)
        rare = np.bincount(rows[:, 1]).argmin()
        heavy = int(people[times.argmax()])
        single = int(rows[(rows[:, 1] == rare) & (rows[:, 0] != heavy)][0, 0])
        first, again, other = (released(rows, seeds[i]) for i in (0, 0, 1))
        on = (
            f"epsilon {case['epsilon']:g}, {titles} titles, at most {case['bound']} rows a person; "
            f"person {heavy} has {times.max()}"
        )
        fault = _same_seed(first, again) or _fixed(first, other) or _error(first, case)
        for who, seed in ((heavy, seeds[2]), (single, seeds[3])):
            away = released(without(rows, who), seed)
            told = told_apart(first, away)
            if who == heavy:
                # The first rows are of one title, so one count moves by all of `bound`.
                title = int(rows[rows[:, 0] == heavy][0, 1])
                here = case["counts"][title]
                both = np.concatenate([first, other])[:, title]
                sharp = told_by_count(both, away[:, title], here, here - case["bound"])
                told = max(told, sharp)
            fault = fault or _told(told, first, away, case, who)
        fault = fault or _ends(np.concatenate([first, other]), case)
        if fault is None:
            return passed("")
        return failed(fault[0], on=on, next_step=fault[1], misconception=fault[2])

    return each_case(instance, one, "The attack learns no more than was promised.")


def _same_seed(first: Floats, again: Floats) -> Fault:
    if np.array_equal(first, again):
        return None
    return (
        "Two calls with the same seed give different counts.",
        "Draw all noise from numpy.random.default_rng(seed).",
        "",
    )


def _fixed(first: Floats, other: Floats) -> Fault:
    noise, again = first - first.mean(axis=0), other - other.mean(axis=0)
    if np.ptp(noise, axis=0).min() > 0 and np.ptp(again, axis=0).min() > 0:
        pairs = (
            (noise.ravel(), again.ravel()),
            (noise[1:].ravel(), noise[:-1].ravel()),
            (noise[:, 1:].ravel(), noise[:, :-1].ravel()),
        )
        if all(abs(np.corrcoef(a, b)[0, 1]) < ALIKE for a, b in pairs):
            return None
    return (
        "The noise can be guessed: it is the same for several runs, titles or seeds.",
        "Draw `runs` × `titles` numbers anew, from the seed that you are given.",
        "Noise hides nothing from those who know it.",
    )


def _told(told: float, first: Floats, away: Floats, case: Instance, who: int) -> Fault:
    if told <= case["epsilon"]:
        return None
    moved = float(np.abs(np.median(first, axis=0) - np.median(away, axis=0)).sum())
    if moved > 1.5 * case["bound"]:
        idea = "A row is not a person: all rows of one person together have to be hidden."
    elif np.abs(first - np.median(first, axis=0)).mean() < 0.9 * case["bound"] / case["epsilon"]:
        idea = (
            "One person can move the counts by `bound` together; there is less noise than hides it."
        )
    else:
        idea = "There is enough noise, and of the wrong kind."
    return (
        f"An attacker who sees the counts with and without person {who} tells them apart with an "
        f"epsilon of at least {told:.2f}; {case['epsilon']:g} was promised.",
        "By how much can one person move all counts together? Noise has to cover that.",
        idea,
    )


def _error(first: Floats, case: Instance) -> Fault:
    right, enough = np.array(case["counts"]), case["bound"] / case["epsilon"]
    off = np.abs(first - right).mean(axis=0)
    if off.max() <= ERROR * enough:
        return None
    title = int(off.argmax())
    median = float(np.median(first[:, title]))
    if abs(median - right[title]) <= 0.3 * enough:
        idea = "More noise than the promise needs is bought with use."
    elif median > right[title]:
        idea = "A row is not a person: rows beyond the limit are counted."
    else:
        idea = "Everybody counts, with the first `bound` rows in order of time."
    return (
        f"The counts of title {title} are off by {off[title]:.2f} on average; {enough:.2f} is "
        f"enough for this promise, and {ERROR:g} times that is allowed. Their median is "
        f"{median:.1f}, the count with at most {case['bound']} rows a person {right[title]:g}.",
        "Keep the first `bound` rows of each person, count, and add noise for what one person can "
        "move in all titles together.",
        idea,
    )


def _ends(released: Floats, case: Instance) -> Fault:
    scale = case["bound"] / case["epsilon"]
    farthest = float((released - np.array(case["counts"])).max()) / scale
    if farthest >= FAR:
        return None
    return (
        f"Of {released.size:,} counts none is more than {farthest:.1f} times bound / epsilon too "
        "high.",
        "Do not cut noise off, and do not draw it again where it is large.",
        "Where noise ends, a count just beyond that end tells for certain who is in the table: no "
        "epsilon is kept.",
    )


TASK = Task(
    "release",
    10,
    judge,
    (
        "Keep at most `bound` rows of each person, over all titles together. How far can one "
        "person move the counts, summed over titles?",
        "Laplace noise of scale bound / epsilon on every title keeps epsilon: a person's rows are "
        "shared out among the titles, so the parts add up to bound.",
    ),
    title="Release counts, keep a promise",
    traps={},
)
