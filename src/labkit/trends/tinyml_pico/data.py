"""Smart-watch signals of shoulder exercises, cut into windows that a small network can read.

Ten people wore a watch on the left and on the right wrist and did seven exercises, twenty times
each: 140 recordings of acceleration and rotation. The file comes with the package seglearn (its
code is BSD-licensed; no licence is stated for the data). `part` gives the course's own split, in
which no person is on two sides. Cutting and splitting other recordings is left to the learner.

Source: Burns et al. (2018), Shoulder physiotherapy exercise recognition: machine learning the
inertial signals from a smartwatch, Physiological Measurement 39(7), https://arxiv.org/abs/1802.01489
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

EXERCISES = (
    "pendulum",
    "abduction",
    "forward elevation",
    "internal rotation",
    "external rotation",
    "trapezius extension",
    "upright row",
)
"""What the seven classes are, in the order of their numbers."""

CHANNELS = ("accel x", "accel y", "accel z", "gyro x", "gyro y", "gyro z")
"""The six axes, in their order."""

RECORDED_HZ = 50
RATE_HZ = 25
"""Samples a second of a recording, and of a window after averaging pairs of samples."""

LENGTH, HOP = 64, 32
"""Steps in a window (2.56 s) and from one window to the next."""

PEOPLE = tuple(range(1, 11))
TEST_PEOPLE, VALIDATION_PEOPLE = (9, 10), (8,)
TRAINING_PEOPLE = tuple(p for p in PEOPLE if p not in TEST_PEOPLE + VALIDATION_PEOPLE)
PARTS = {"train": TRAINING_PEOPLE, "validation": VALIDATION_PEOPLE, "test": TEST_PEOPLE}

MEAN = np.array([-0.0092322, 0.3860424, -0.1408493, 0.0190086, -0.0069137, 0.0150184], np.float32)
SD = np.array([0.9304613, 0.4999700, 0.5637536, 0.9968306, 2.5910110, 1.1176959], np.float32)
"""Mean and standard deviation of each axis over the windows of the people trained on. The chip
needs them too, so they are constants here; a test computes them again."""


class Windows(NamedTuple):
    """Windows of the same length, one a row.

    ``signal`` is (n, 64, 6) float32; the rest (n,) int64: ``exercise`` 0 to 6, ``person`` 1 to 10,
    and ``recording``, the row of `recordings` that the window was cut from.
    """

    signal: NDArray[np.float32]
    exercise: NDArray[np.int64]
    person: NDArray[np.int64]
    recording: NDArray[np.int64]


@cache
def recordings() -> tuple[dict[str, Any], ...]:
    """The 140 recordings as they were taken, at 50 Hz.

    Each is a dict: ``signal`` (m, 6) float32, read-only, ``exercise`` 0 to 6, ``person`` 1 to 10,
    ``side`` "left" or "right". Raises ModuleNotFoundError where seglearn is not installed.
    """
    package = find_spec("seglearn")  # found, not imported: it would load scikit-learn
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(
            "the signals come with the package seglearn, which is not installed: "
            "pip install seglearn"
        )
    path = Path(package.submodule_search_locations[0]) / "data" / "watch_dataset.npy"
    stored = np.load(path, allow_pickle=True).item()
    found = []
    columns = zip(stored["X"], stored["y"], stored["subject"], stored["side"], strict=True)
    for signal, exercise, person, side in columns:
        signal = np.asarray(signal, np.float32)
        signal.flags.writeable = False
        found.append(
            {
                "signal": signal,
                "exercise": int(exercise),
                "person": int(person),
                "side": "right" if side else "left",
            }
        )
    return tuple(found)


def halve_rate(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average pairs of samples: (m, 6) at 50 Hz becomes (m // 2, 6) at 25 Hz."""
    pairs = signal[: len(signal) // 2 * 2].reshape(-1, 2, signal.shape[1])
    return pairs.mean(axis=1)


@cache
def windows() -> Windows:
    """All windows of all recordings, standardised by `MEAN` and `SD`, in the recordings' order.

    A window never reaches over the end of its recording, but half of it is shared with the next.
    """
    signals, exercise, person, recording = [], [], [], []
    for row, taken in enumerate(recordings()):
        signal = halve_rate(taken["signal"])
        for start in range(0, len(signal) - LENGTH + 1, HOP):
            signals.append(signal[start : start + LENGTH])
            exercise.append(taken["exercise"])
            person.append(taken["person"])
            recording.append(row)
    standardised = (np.stack(signals) - MEAN) / SD
    return Windows(standardised, *(np.array(a, np.int64) for a in (exercise, person, recording)))


def part(name: str) -> Windows:
    """The windows of one side of the split: "train", "validation" or "test" (773 windows).

    Raises ValueError for another name.
    """
    if name not in PARTS:
        raise ValueError(f"unknown part {name!r}; there are {', '.join(PARTS)}")
    everything = windows()
    chosen = np.isin(everything.person, PARTS[name])
    return Windows(
        everything.signal[chosen],
        everything.exercise[chosen],
        everything.person[chosen],
        everything.recording[chosen],
    )
