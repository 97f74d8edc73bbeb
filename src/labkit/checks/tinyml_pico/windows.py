"""The verdict on windows that were cut, split by person and standardised.

A window is known again by a fingerprint that does not change when its channels are scaled, so
every slip gets its own words: a window that no recording holds, a person on both sides, a wrong
label, other scales. What is right stands in the instance.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_parts
from labkit.exercise.task import Instance, Task, each_case

SECONDS = 20.0
"""Of CPU for one call; the reference needs below one."""

SAME_WINDOW = 0.01
"""Fingerprints of different windows are at least 0.05 apart; single precision moves one by 1e-4."""

SAME_VALUE = 5e-3
"""Relative. Dividing by n - 1 moves a value by 1e-3 at most, scaling by everybody by 5e-2 at least
in some windows."""

MISTAKES = (
    "Mean and deviation of everybody carry something of the people you test on into training.",
    "The windows are not scaled at all.",
    "The mean is taken off, but nothing is divided by the standard deviation.",
    "This divides by the variance; the standard deviation is its square root.",
    "This is one mean and one deviation for all channels; each channel has its own.",
)
"""Ways to scale that the instance knows the values of, in the order of their columns."""

ALONE = "Each window is scaled by itself: how far and how strongly somebody moved is lost."

NAMES = ("train_x", "train_y", "test_x", "test_y")
LEAK = (
    "Leakage between people: the model is tested on somebody whom it knows already, so its "
    "accuracy says nothing about new people."
)


class Side(NamedTuple):
    """The windows (n, length, channels) of one side as they came back, and their labels (n,)."""

    x: redraw.Floats
    y: redraw.Floats


def judge(answer: Any, instance: Instance) -> Outcome:
    """Windows of secret recordings, split by person and standardised by those trained on."""

    def one(case: Instance) -> Outcome:
        recordings = redraw.recordings(case)
        arguments = (recordings, list(case["test_people"]), case["length"], case["hop"])
        return _verdict(call(answer, *arguments, seconds=SECONDS), case)

    return each_case(instance, one, "Every window is right, and no person is on both sides.")


def _verdict(raw: Any, case: Instance) -> Outcome:
    """Hold the windows of one case against the right ones."""
    read = as_parts(raw, NAMES)
    sides = [_side(read[0], read[1], "train", case), _side(read[2], read[3], "test", case)]
    on = (
        f"{len(case['people']) * case['each']} recordings of people {_listed(case['people'])}; "
        f"length {case['length']}, hop {case['hop']}, tested on {_listed(case['test_people'])}"
    )
    found = [_rows(side, case) for side in sides]
    for check in (_unknown, _leaks, _missing, _labels, _scales):
        fault = check(sides, found, case)
        if fault:
            words, next_step, misconception = fault
            return failed(words, on=on, next_step=next_step, misconception=misconception)
    return passed("")


Fault = tuple[str, str, str] | None
Found = list[np.ndarray]


def _side(x: Any, y: Any, name: str, case: Instance) -> Side:
    windows = as_array(x, f"{name}_x", (None, case["length"], case["channels"]))
    labels = as_array(y, f"{name}_y", (None,))
    if len(windows) != len(labels):
        raise UnusableError(
            f"{name}_x has {len(windows)} windows, but {name}_y has {len(labels)} labels.",
            "Give every window the exercise of its recording.",
        )
    return Side(windows, labels)


def _rows(side: Side, case: Instance) -> np.ndarray:
    """For every window its row among the right ones, or -1."""
    if not len(side.x):
        return np.empty(0, int)
    prints = redraw.fingerprints(side.x, case["print_seed"])
    distance = np.abs(prints[:, None] - np.array(case["fingerprint"])[None]).max(axis=2)
    return np.where(distance.min(axis=1) < SAME_WINDOW, distance.argmin(axis=1), -1)


def _unknown(sides: list[Side], found: Found, case: Instance) -> Fault:
    for name, rows in zip(("train_x", "test_x"), found, strict=True):
        unknown = np.flatnonzero(rows < 0)
        if len(unknown):
            return (
                f"Window {unknown[0]} of {name} is no stretch of one recording that begins at a "
                f"multiple of the hop; so are {len(unknown)} of {len(rows)} windows of {name}.",
                "Cut each recording by itself: starts 0, hop, 2 · hop, … as long as a whole window "
                "fits. Mean and deviation are one number a channel.",
                "A window that reaches over the end of a recording, is filled up, or is scaled by "
                "itself shows movements that nobody made.",
            )
    return None


def _leaks(sides: list[Side], found: Found, case: Instance) -> Fault:
    person = np.array(case["person"])
    tested = set(case["test_people"])
    for name, rows, wrong in (
        ("train_x", found[0], lambda p: p in tested),
        ("test_x", found[1], lambda p: p not in tested),
    ):
        strange = [int(p) for p in person[rows] if wrong(int(p))]
        if strange:
            return (
                f"{name} holds {len(strange)} windows of person {strange[0]}, who belongs on the "
                "other side.",
                "Split by the recording's person, before or after cutting, never window by window.",
                LEAK,
            )
    return None


def _missing(sides: list[Side], found: Found, case: Instance) -> Fault:
    for name, rows, test in (("train_x", found[0], 0), ("test_x", found[1], 1)):
        right = sum(mark == test for mark in case["test"])
        counts = Counter(rows.tolist())
        if max(counts.values(), default=0) > 1:
            return (
                f"{name} holds the same window {max(counts.values())} times.",
                "Take every window once.",
                "",
            )
        if len(rows) != right:
            return (
                f"{name} has {len(rows)} windows; {right} fit.",
                "The last window of a recording may end exactly at its last sample; starts are "
                "0, hop, 2 · hop, …",
                "",
            )
    return None


def _labels(sides: list[Side], found: Found, case: Instance) -> Fault:
    exercise = np.array(case["exercise"])
    for name, side, rows in zip(("train", "test"), sides, found, strict=True):
        wrong = np.flatnonzero(side.y != exercise[rows])
        if len(wrong):
            first = wrong[0]
            return (
                f"Window {first} of {name}_x shows exercise {exercise[rows[first]]}, but "
                f"{name}_y says {side.y[first]:g}.",
                "The label is the exercise of the recording that the window was cut from.",
                "",
            )
    return None


def _scales(sides: list[Side], found: Found, case: Instance) -> Fault:
    own = np.concatenate([redraw.projections(s.x, case["print_seed"])[:, 0] for s in sides])
    by = np.array(case["values"])[np.concatenate(found)]
    off = np.abs(own[:, None] - by) > SAME_VALUE * (1 + np.abs(by))
    by_samples, by_windows, *mistaken = (~off).all(axis=0)
    if by_samples or by_windows:
        return None
    alone = ALONE if all(_by_themselves(side.x) for side in sides) else ""
    named = [words for words, seen in zip(MISTAKES, mistaken, strict=True) if seen]
    return (
        "The windows are the right ones, but not standardised by the training people alone: of "
        f"{len(own)} windows {int(off[:, 0].sum())} have other values.",
        "Take mean and standard deviation of each channel over all samples of the training "
        "people's recordings, and use these same numbers for both sides.",
        named[0] if named else alone,
    )


def _by_themselves(windows: redraw.Floats) -> bool:
    """Whether every channel of every window has mean 0."""
    return bool(np.abs(windows.mean(axis=1)).max(initial=0) < SAME_VALUE)


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


TASK = Task(
    "windows",
    10,
    judge,
    (
        "Decide for each recording which side it belongs to, before anything else.",
        "Mean and deviation: concatenate the signals of the training people's recordings, and "
        "take both along the first axis. One number a channel.",
        "range(0, len(signal) - length + 1, hop) gives the starts; it is empty where a "
        "recording is too short.",
    ),
    title="Windows without leakage between people",
)
