"""Task 2, what the guideline looks at: scores of asymmetry and colours, ranked against the truth.

Pictures are rendered again from the instance's seeds. Their forms are unusual, so that neither the
length of a lesion, nor half a turn of it, nor how large its waves are tells its asymmetry.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed, weighted
from labkit.exercise.reading import as_array, as_parts
from labkit.exercise.task import Instance, Task

Floats = NDArray[np.float64]

ASYMMETRY_BAR, COLOUR_BAR = 0.60, 0.62
"""Rank correlations, mean of two sets of about 300 images.

Asymmetry (six draws): mirroring at axes of a grid 0.67 to 0.72, by outlines 0.71 to 0.75, at
principal axes 0.72 to 0.77; a forest that learned at home from the sizes of the outline's waves
0.46 to 0.53, these sizes with fixed weights 0.39 to 0.45, the best single axis 0.40 to 0.51, half a
turn 0.41 to 0.44. Colours (ten draws): nearest reference colours in neutral light 0.72 to 0.79,
with skin among the colours 0.68 to 0.72 (over 20 other draws 0.646 and more); any single pixel
counts 0.46 to 0.58, only areas above 0.06 0.42 to 0.51, in the light as it is 0.33 to 0.45."""

SECONDS = 300.0
"""CPU time of a call for 300 images. The reference needs 1 s, turning each mask as a picture to 180
angles 60 s."""

STEPS = {
    "asymmetry": "Mirror the lesion at an axis through its centre and see how much does not "
    "cover itself. Try all axes and keep the pair of perpendicular ones that fits best.",
    "colour count": "Give each pixel of the lesion to the nearest reference colour, as it would "
    "look in neutral light: the skin tells how dim the image is. Is the smallest area that counts "
    "too small (hair, noise) or too large? Try a few on draw_cases.",
}

TRAPS = {
    "swapped": "This ranks the lesions by the other criterion: are the two scores swapped?",
    "turned": "The order is turned: the most symmetric, or the most uniform, comes first.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Rank correlation of both scores with the truth, mean of the sets, half of the points each."""
    ranked = [_two_ranked(answer, case) for case in instance["cases"]]
    kinds = [case["words"] for case in instance["cases"]]
    half = [_rank_outcome([ranks[what] for ranks in ranked], kinds, what) for what in STEPS]
    return weighted(
        [(0.5, outcome) for outcome in half], "Both scores rank the lesions as the truth does."
    )


def _two_ranked(answer: Any, case: Instance) -> dict[str, dict[str, float]]:
    """Rank correlations of each of the two scores with both truths; NaN for a constant."""
    images, lesions = redraw.pictures(case)
    raw = call(answer, images, seconds=SECONDS)
    names = ("asymmetry", "colour_count")
    truths = {"asymmetry": lesions.asymmetry, "colour count": lesions.colours.sum(axis=1)}
    scores = [
        as_array(part, name, (len(images),))
        for part, name in zip(as_parts(raw, names), names, strict=True)
    ]
    return {
        what: {
            name: _rank(score, truth) if np.ptp(score) > 0 else math.nan
            for name, truth in truths.items()
        }
        for what, score in zip(truths, scores, strict=True)
    }


def _rank_outcome(ranks: list[dict[str, float]], kinds: Sequence[str], what: str) -> Outcome:
    bar = {"asymmetry": ASYMMETRY_BAR, "colour count": COLOUR_BAR}[what]
    step = STEPS[what]
    reached = [rank[what] for rank in ranks]
    for place, kind in enumerate(kinds):
        if math.isnan(reached[place]):
            return failed(f"The {what} is the same for every image.", on=kind, next_step=step)
    mean = float(np.mean(reached))
    if mean >= bar:
        return passed("")
    other = "colour count" if what == "asymmetry" else "asymmetry"
    misconception = ""
    if np.mean([rank[other] for rank in ranks]) > max(mean, 0.5):
        misconception = TRAPS["swapped"]
    elif mean < -0.3:
        misconception = TRAPS["turned"]
    sets = ", ".join(f"{rank:.2f} {kind}" for rank, kind in zip(reached, kinds, strict=True))
    return failed(
        f"The rank correlation of your {what} with the truth is {mean:.3f}; {bar:.2f} is asked.",
        on=f"two sets of images: {sets}",
        next_step=step,
        misconception=misconception,
    )


def _rank(score: Floats, truth: NDArray[np.int64]) -> float:
    return float(spearmanr(score, truth).statistic)


TASK = Task(
    "measure",
    15,
    judge,
    (
        "measurements.segment(images) says where the lesion is, and what colour the skin has.",
        "Asymmetry: turn the mask's pixels about their centre of mass, mirror them, and count "
        "how many fall outside. Try axes every ten degrees; take the pair of perpendicular "
        "axes with the least mismatch.",
        "A lesion with streaks has a ragged edge. Smooth the mask before you mirror it: "
        "scipy.ndimage.binary_opening and binary_closing.",
        "Colours: divide the image by the skin's colour, multiply by nuisances.SKIN, and give "
        "each pixel of the lesion to the nearest of renderer.COLOUR_RGB. A colour counts "
        "when its share of the lesion is above about two hundredths; try a few cuts on "
        "draw_cases.",
    ),
    title="What the guideline looks at",
    traps=TRAPS,
)
