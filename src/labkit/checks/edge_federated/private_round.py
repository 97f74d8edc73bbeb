"""Task `private_round`: clip, add, noise once, divide by what was fixed beforehand.

Judged by what the function does with updates of the judge's: what one client can move, how much
noise there is and of which kind, and whether anything else depends on who was there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import kstest

from labkit.checks.edge_federated.faults import Fault, first_fault
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case

NOISE_OFF = 0.05
"""Relative, of the variance. Twelve seeds of 2,000 numbers measure it to .009 (standard error)."""

ODD_SHAPE = 0.02
"""Largest distance of the noise's distribution from the normal one. Over 24,000 numbers a normal
sample passes it once in 10^8; 40 draws gave at most .0098. Student's t with five degrees leaves
.042, Laplace .068, uniform noise .058."""

ALIKE = 0.15
"""Correlation of the noise of two seeds. Its standard deviation is .022; the largest of 66 pairs
was at most .094 in 40 draws."""

ECHO = 0.06
"""Correlation of entries that lie equally far apart, over all seeds. Its standard deviation is
.0065; the largest of 1,000 distances was at most .027 in 40 draws. Entries in pairs give .5."""

STEADY = 0.15, 3.0
"""Between these lies the standard deviation of the seeds' variances, in units of what independent
numbers give: .42 to 1.59 in 40 draws. Fixed sizes in another order give 0."""

CHANGES = "The noise changes with the updates, so it tells who was there."

NOT_NEW = (
    "The noise of different entries or of different seeds is alike.",
    "Draw as many normal numbers as the update has entries, anew for every seed.",
    "Noise that can be guessed from other noise can be taken away.",
)

EXACT = 1e-9
ROUNDED = 1e-5
"""Of the mean's length. A millionth that is added to every norm, as torch does when it clips,
moves it by up to 1e-6; single precision by less."""

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a millisecond."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Sensitivity, what is left of small updates, noise, and the divisor."""

    def one(case: Instance) -> Outcome:
        return first_fault(_Rounds(answer, case), (_repeats, _moves, _small, _noise), _words(case))

    return each_case(instance, one, "No client moves the mean by more than allowed, at any time.")


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
                _moves_trap(asked, huge),
            )
    noise, _ = _alone(asked, asked.updates, seed)
    fewer, _ = _alone(asked, asked.updates[: len(asked.updates) // 2], seed)
    if not np.allclose(noise, fewer, rtol=1e-6, atol=1e-9 * asked.z * most):
        return (
            "The noise is another one where half of the clients came.",
            "Draw the noise from numpy.random.default_rng(seed) alone, before anything else.",
            CHANGES,
        )
    return None


def _moves_trap(asked: _Rounds, huge: np.ndarray) -> str:
    """What the answer divides by, clips or draws instead."""
    seed, clip, n = asked.case["seeds"][1], asked.clip, asked.case["clients"]
    noise, found = _alone(asked, asked.updates, seed)
    fewer, _ = _alone(asked, asked.updates[1:], seed)
    if not np.allclose(noise, fewer) and not np.allclose(noise * n, fewer * (n - 1)):
        wanted = (asked.z * clip / asked.cohort) ** 2
        if np.mean(noise**2) > n / 2 * wanted:
            return (
                "Every client's update got noise of its own: who leaves takes it along, and there "
                "is too much of it."
            )
        return CHANGES
    if np.allclose(found, asked.clipped.sum(axis=0) / n):
        return (
            "The divisor is the number of those present. It changes when a client leaves, and with "
            "it the weight of all others."
        )
    _, found = _alone(asked, huge, seed)
    largest = np.abs(huge).max(axis=1, keepdims=True)
    known = {
        "Every entry is clipped by itself. An update of d entries may then be as long as "
        "clip · √d.": np.clip(huge, -clip, clip),
        "The largest entry is brought to the clip. An update of d entries may then be as long as "
        "clip · √d.": huge * np.minimum(1, clip / np.maximum(largest, 1e-300)),
        "Nothing is clipped, so one client can move the mean anywhere.": huge,
    }
    for words, updates in known.items():
        if np.allclose(found, updates.sum(axis=0) / asked.cohort, rtol=1e-6):
            return words
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
    if np.linalg.norm(found - right) <= ROUNDED * np.linalg.norm(right):
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
    return _kind(noise / np.sqrt(wanted))


def _kind(noise: np.ndarray) -> Fault:
    """Whether noise of variance 1, (seeds, length), is normal and every number anew."""
    seeds, length = noise.shape
    steady = float(np.std((noise**2).mean(axis=1), ddof=1)) / np.sqrt(2 / length)
    between = np.abs(np.corrcoef(noise) - np.eye(seeds)).max()
    power = np.abs(np.fft.rfft(noise, axis=1)) ** 2
    echo = np.abs(np.fft.irfft(power.sum(axis=0), length)[1:]).max() / noise.size
    if between > ALIKE or echo > ECHO or steady < STEADY[0]:
        return NOT_NEW
    distance = float(kstest(noise.ravel(), "norm").statistic)
    if distance > ODD_SHAPE:
        return (
            f"The noise is not normal: its distribution is {distance:.3f} away from the normal one "
            f"at the widest place, {ODD_SHAPE} at most is expected.",
            "Draw it with rng.normal.",
            "Epsilon is computed for normal noise. Other noise of the same variance promises "
            "something else, or nothing.",
        )
    # Long tails alone make the variances unsteady as well, so this comes last.
    return NOT_NEW if steady > STEADY[1] else None


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
