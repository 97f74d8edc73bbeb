"""Task `private_round`: clip, add, noise once, divide by what was fixed beforehand.

Judged by what the function does with updates of the judge's: what one client can move, how much
noise there is, and whether anything else depends on who was there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case

NOISE_OFF = 0.05
"""Relative, of the variance. Twelve seeds of 2,000 numbers measure it to .009 (standard error)."""

ALIKE = 0.08
"""Mean correlation of the noise of eleven pairs of seeds; with 2,000 numbers each its standard
deviation is .007."""

EXACT = 1e-9
QUICK = 5.0
"""CPU-seconds of a call; the reference needs a millisecond."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Sensitivity, what is left of small updates, noise, and the divisor."""

    def one(case: Instance) -> Outcome:
        asked = _Rounds(answer, case)
        for check in (_repeats, _moves, _small, _noise):
            if fault := check(asked):
                words, step, trap = fault
                return failed(words, on=_words(case), next_step=step, misconception=trap)
        return passed("")

    return each_case(instance, one, "No client moves the mean by more than allowed, at any time.")


Fault = tuple[str, str, str] | None


class _Rounds:
    """Rounds of one case: (clients, length) updates whose norms lie on both sides of the clip."""

    def __init__(self, answer: Any, case: Instance) -> None:
        rng = np.random.default_rng(case["seed"])
        self.answer, self.case = answer, case
        self.clip, self.z, self.cohort = case["clip"], case["z"], case["cohort"]
        n, length = case["clients"], case["length"]
        directions = rng.normal(size=(n, length))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        norms = self.clip * np.where(np.arange(n) % 2, 0.3, 4.0) * rng.uniform(0.8, 1.2, n)
        norms[-1] = 0.0  # a client that learned nothing
        self.updates = directions * norms[:, None]
        self.clipped = directions * np.minimum(norms, self.clip)[:, None]

    def mean(self, updates: np.ndarray, seed: int) -> np.ndarray:
        """What the answer makes of updates."""
        raw = call(self.answer, updates, self.clip, self.z, self.cohort, seed, seconds=QUICK)
        return as_array(raw, "private mean", (self.case["length"],))


def _repeats(asked: _Rounds) -> Fault:
    first, again = (asked.mean(asked.updates, asked.case["seeds"][0]) for _ in range(2))
    if np.array_equal(first, again):
        return None
    return (
        "Two calls with the same seed give different means.",
        "Draw the noise from numpy.random.default_rng(seed) alone.",
        "",
    )


def _moves(asked: _Rounds) -> Fault:
    """What a single client moves: one that leaves, and one that is huge."""
    seed, most = asked.case["seeds"][1], asked.clip / asked.cohort
    base = asked.mean(asked.updates, seed)
    huge = asked.updates.copy()
    huge[0] *= 1e6
    for updates, who in ((asked.updates[1:], "one client leaves"), (huge, "one client is huge")):
        moved = float(np.linalg.norm(asked.mean(updates, seed) - base))
        twice = 2.0 if who == "one client is huge" else 1.0
        if moved > twice * most * (1 + EXACT):
            return (
                f"Where {who}, the mean moves by {moved:.4g}; at most "
                f"clip / cohort = {most:.4g} is allowed for a client.",
                "Clip each update by its Euclidean norm (all entries together), add them up, and "
                "divide by the cohort that was expected, whoever came.",
                _moves_trap(asked),
            )
    return None


def _moves_trap(asked: _Rounds) -> str:
    n = asked.case["clients"]
    seed = asked.case["seeds"][1]
    noise, found = _alone(asked, asked.updates, seed)
    fewer, _ = _alone(asked, asked.updates[1:], seed)
    if not np.allclose(noise, fewer) and not np.allclose(noise * n, fewer * (n - 1)):
        return (
            "Every client's update got noise of its own: who leaves takes it along, and there is "
            "too much of it."
        )
    if np.allclose(found, asked.clipped.sum(axis=0) / n):
        return (
            "The divisor is the number of those present. It changes when a client leaves, and with "
            "it the weight of all others."
        )
    by_entry = np.clip(asked.updates, -asked.clip, asked.clip).sum(axis=0) / asked.cohort
    if np.allclose(found, by_entry):
        return (
            "Every entry is clipped by itself. An update of d entries may then be as long as "
            "clip · √d."
        )
    return ""


def _alone(asked: _Rounds, updates: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The noise, and the mean without it: turned round, only updates change their sign."""
    there, back = asked.mean(updates, seed), asked.mean(-updates, seed)
    return (there + back) / 2, (there - back) / 2


def _small(asked: _Rounds) -> Fault:
    """Updates below the clip go through as they are; longer ones keep their direction."""
    seed = asked.case["seeds"][2]
    _, found = _alone(asked, asked.updates, seed)
    right = asked.clipped.sum(axis=0) / asked.cohort
    if np.allclose(found, right, rtol=1e-6, atol=1e-9):
        return None
    norms = np.linalg.norm(asked.updates, axis=1, keepdims=True)
    stretched = asked.updates / np.maximum(norms, 1e-300)
    trap = ""
    if np.allclose(found, (asked.clip * stretched).sum(axis=0) / asked.cohort, rtol=1e-6):
        trap = "Short updates are stretched to the clip. Clipping only ever shortens."
    return (
        "Without the noise the mean is not that of the clipped updates: it is off by "
        f"{np.linalg.norm(found - right):.4g}.",
        "min(1, clip / norm) times the update leaves short ones alone.",
        trap,
    )


def _noise(asked: _Rounds) -> Fault:
    clean = asked.clipped.sum(axis=0) / asked.cohort
    noise = np.array([asked.mean(asked.updates, seed) - clean for seed in asked.case["seeds"]])
    wanted = (asked.z * asked.clip / asked.cohort) ** 2
    ratio = float(np.mean(noise**2)) / wanted
    if abs(ratio - 1) > NOISE_OFF:
        return (
            f"The noise has {ratio:.3g} times the variance that z = {asked.z} asks for: "
            f"(z · clip / cohort)² = {wanted:.3g} for each entry.",
            "One draw of normal noise with standard deviation z · clip for the sum of all, before "
            "dividing.",
            _noise_trap(ratio, asked),
        )
    pairs = [np.corrcoef(a, b)[0, 1] for a, b in zip(noise[:-1], noise[1:], strict=True)]
    spread = float(np.std(noise.std(axis=1))) / np.sqrt(wanted)
    same = float(np.mean(noise.mean(axis=1) ** 2)) / (wanted / noise.shape[1])
    if abs(float(np.mean(pairs))) > ALIKE or same > 8 or spread > 0.2:
        return (
            "The noise of different entries or of different seeds is alike.",
            "Draw as many normal numbers as the update has entries, anew for every seed.",
            "Noise that can be guessed from other noise can be taken away.",
        )
    return None


def _noise_trap(ratio: float, asked: _Rounds) -> str:
    known = {}
    known[1 / asked.clip**2] = (
        "The noise is z, not z · clip: it has to grow with what one may move."
    )
    known[asked.cohort**2] = "The noise was added after dividing, and is too large by the cohort."
    known[1 / asked.z**2] = "The noise does not follow z."
    known[1 / (asked.z * asked.clip)] = (
        "z · clip is the standard deviation of the noise, not its variance."
    )
    for value, words in known.items():
        if abs(ratio / value - 1) < 0.06:
            return words
    return "" if ratio > 0.01 else "There is hardly any noise: clipping alone hides nobody."


def _words(case: Instance) -> str:
    return (
        f"{case['clients']} clients where {case['cohort']} were expected, clip {case['clip']}, "
        f"z {case['z']}"
    )


TASK = Task(
    "private_round",
    10,
    judge,
    (
        "What can one client change in the sum at most? That is what the noise has to cover.",
        "Shorten every update whose norm is above `clip` to that length; leave the others alone.",
        "(sum of the clipped updates + rng.normal(0, z * clip, length)) / cohort.",
    ),
    title="One round that hides every client",
)
