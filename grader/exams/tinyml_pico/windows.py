"""Task `windows`: secret recordings, and what the right windows of each side look like.

An instance holds the seed that draws the recordings again, and for every right window a
fingerprint, one value after scaling, its label and its person. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.tinyml_pico import redraw
from labkit.exercise.drawing import until
from labkit.trends.tinyml_pico.data import TEST_PEOPLE

Floats = NDArray[np.float64]

CASES = 3
APART = 0.05
"""Least distance between the fingerprints of two windows; they are compared within a hundredth."""

SHOWS = 0.1
"""By how much each mistaken scale has to move some window's value at least."""

LEAST = 20
"""Windows to train on; with fewer, dividing by n - 1 would move the values."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what `redraw.recordings` needs, ``length``, ``hop``, ``test_people``, ``print_seed``
    and, a row for each right window, ``test``, ``person``, ``exercise``, ``fingerprint`` (3,) and
    ``values`` (7,): the window's projection when scaled by all samples of the training people, by
    their windows (which is right as well), and in the ways of `windows.MISTAKES`, in their order.
    """
    return {"cases": [until(lambda: _made(rng), _tells, "clear mistakes") for _ in range(CASES)]}


def _made(rng: np.random.Generator) -> dict[str, Any]:
    case = _parameters(rng)
    recordings = redraw.recordings(case)
    windows, recording = cut(recordings, case["length"], case["hop"])
    people = np.array([recordings[row]["person"] for row in recording])
    test = np.isin(people, case["test_people"])
    scaled = [
        redraw.projections((windows - mean) / sd, case["print_seed"])[:, 0]
        for mean, sd in _scales(case, recordings, windows[~test])
    ]
    return case | {
        "test": test.astype(int).tolist(),
        "person": people.tolist(),
        "exercise": [recordings[row]["exercise"] for row in recording],
        "fingerprint": redraw.fingerprints(windows, case["print_seed"]).round(3).tolist(),
        "values": np.stack(scaled, axis=1).round(4).tolist(),
    }


def _tells(case: dict[str, Any]) -> bool:
    """Whether windows can be told apart, and every slip shows."""
    prints, test, values = (np.array(case[key]) for key in ("fingerprint", "test", "values"))
    people = np.array(case["person"])
    gaps = np.abs(prints[:, None] - prints[None]).max(axis=2) + np.eye(len(prints))
    steps = [len(taken["signal"]) - case["length"] for taken in redraw.recordings(case)]
    return bool(
        gaps.min() > APART
        and np.abs(values[:, 2:] - values[:, :1]).max(axis=0).min() > SHOWS
        and (test == 0).sum() >= LEAST
        and set(case["test_people"]) <= set(people[test == 1])
        and any(more >= 0 and more % case["hop"] == 0 for more in steps)  # ends at the last sample
    )


def _parameters(rng: np.random.Generator) -> dict[str, Any]:
    others = np.setdiff1d(np.arange(1, 30), TEST_PEOPLE)
    # One of those whom the course tests is trained on here, so nobody is tested by heart.
    people = np.append(rng.choice(others, 4, replace=False), rng.choice(TEST_PEOPLE))
    length = int(rng.choice([16, 20, 24]))
    return {
        "seed": int(rng.integers(2**31)),
        "people": people.tolist(),
        "each": 3,
        "channels": 3,
        "shortest": length - 4,  # a recording may be too short for any window
        "longest": 4 * length,
        "length": length,
        "hop": int(rng.choice([length // 2, length // 4, length - 3])),
        "test_people": people[:2].tolist(),
        "print_seed": int(rng.integers(2**31)),
    }


def cut(recordings: list[dict[str, Any]], length: int, hop: int) -> tuple[Floats, NDArray[Any]]:
    """All windows that lie within one recording, and the row of the recording of each."""
    found = [
        (taken["signal"][start : start + length].astype(np.float64), row)
        for row, taken in enumerate(recordings)
        for start in range(0, len(taken["signal"]) - length + 1, hop)
    ]
    return np.stack([window for window, _ in found]), np.array([row for _, row in found])


def _scales(
    case: dict[str, Any], recordings: list[dict[str, Any]], training: Floats
) -> list[tuple[Floats, Floats]]:
    """Mean and deviation by the training people's samples, by their windows, and by mistake."""
    own = [r["signal"] for r in recordings if r["person"] not in case["test_people"]]
    everybody = [r["signal"] for r in recordings]
    samples, all_samples = (np.concatenate(part).astype(np.float64) for part in (own, everybody))
    over = [samples, training.reshape(-1, training.shape[2]), all_samples]
    right = [(values.mean(axis=0), values.std(axis=0)) for values in over]
    mean, one = samples.mean(axis=0), np.ones(samples.shape[1])
    return [
        *right,
        (0 * mean, one),
        (mean, one),
        (mean, samples.var(axis=0)),
        (samples.mean() * one, samples.std() * one),
    ]
