"""Task `aggregate`: the mean of updates, weighted by patients, of those who answered."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_mapping
from labkit.exercise.task import Instance, Task, each_case

TOLERANCE = 1e-12
"""Relative; sums of eight numbers in another order differ by less than 1e-15."""

ROUNDED = 1e-6
"""Relative; single precision keeps seven digits."""

SAME_TRAP = 1e-9

QUICK = 5.0
"""CPU-seconds of a call; the reference needs below a millisecond."""

TRAPS = {
    "plain mean": "Every clinic counts alike here, whatever its number of patients.",
    "plain mean of those with patients": "Every clinic with patients counts alike here, whatever "
    "their number.",
    "root of the sizes": "The weights are not the numbers of patients themselves.",
    "divided by all sizes": "The patients of a clinic that did not answer are in the divisor, so "
    "every entry is too close to zero.",
    "sum": "This is the weighted sum. Divide it by the number of patients behind it.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the mean of every layer against the exact one."""

    def one(case: Instance) -> Outcome:
        updates = [_arrays(update) for update in case["updates"]]
        names = list(case["expected"])
        raw = call(answer, updates, list(case["sizes"]), seconds=QUICK)
        read = as_mapping(raw, names, "the mean update")
        found = {
            name: as_array(read[name], f"mean of '{name}'", np.shape(case["expected"][name]))
            for name in names
        }
        off = [n for n in names if not _close(found[n], case["expected"][n], TOLERANCE)]
        if not off:
            return passed("")
        name, right = off[0], np.array(case["expected"][off[0]])
        far = ~np.isclose(found[name], right, TOLERANCE, TOLERANCE)
        place = tuple(int(i) for i in np.argwhere(far)[0])
        return failed(
            f"'{name}' at {place} is {found[name][place]:.15g}; {right[place]:.15g} is right.",
            on=_words(case),
            next_step="Take two clinics with 1 and 3 patients and the updates 0 and 1: the mean is "
            "0.75. Then let a third one not answer.",
            misconception=_trap(found, case),
        )

    return each_case(instance, one, "Every mean is exact, whoever answers.")


def _arrays(update: dict[str, Any] | None) -> dict[str, np.ndarray] | None:
    """An update as arrays; the text "nan", as JSON has it, becomes the number."""
    if update is None:
        return None
    return {name: np.array(value, dtype=float) for name, value in update.items()}


def _close(found: np.ndarray, right: Any, tolerance: float) -> bool:
    return bool(np.allclose(found, right, rtol=tolerance, atol=tolerance))


def _trap(found: dict[str, np.ndarray], case: Instance) -> str:
    if all(_close(found[name], value, ROUNDED) for name, value in case["expected"].items()):
        return "The mean is right, but not to twelve digits: use double precision, round nothing."
    for key, led_to in case["traps"].items():
        if all(_close(found[name], value, SAME_TRAP) for name, value in led_to.items()):
            return TRAPS[key]
    return ""


def _words(case: Instance) -> str:
    silent = [k for k, update in enumerate(case["updates"]) if update is None]
    return f"sizes {case['sizes']}; number {silent[0]} did not answer"


TASK = Task(
    "aggregate",
    5,
    judge,
    (
        "Leave out who did not answer and who has no patients, before anything is computed.",
        "numpy.average takes weights: the sizes of those who are left.",
        "A size of 0 times NaN is NaN. It is not enough to weigh an empty clinic by 0.",
    ),
    title="Average what unequal clinics send",
    traps=TRAPS,
)
