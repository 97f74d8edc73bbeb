"""Judge of the task `emap`: the additive part of a model, exact, in calls of a bounded size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_number, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

Floats = NDArray[np.float64]
TRAPS = {
    "averaged inputs": "The other input was averaged before the model saw it; the mean has to be "
    "taken over what the model says.",
    "grand mean kept": "Both means hold the grand mean, so it is in their sum twice.",
    "own pair left out": "A product's own pairing is one of the n and belongs into the mean.",
}
SHARES = {
    "of the additive part": "The share is that of what is left, not of the additive part.",
    "over the additive part": "What is left was compared with the additive part, not with the "
    "variance of all predictions.",
    "standard deviations": "The share is one of variances, not of standard deviations.",
}
TOLERANCE, SAME_TRAP = 1e-6, 1e-8
MOST_ROWS = 2_000
QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def model(case: Instance) -> Callable[[Floats, Floats], Floats]:
    """The model of a case: sums of waves of mixtures of both inputs, so additive in part only."""
    draws = np.random.default_rng(case["seed"])
    of_images = draws.normal(size=(case["image"], case["waves"])) * case["bend"]
    of_texts = draws.normal(size=(case["text"], case["waves"])) * case["bend"]
    heights = draws.normal(size=case["waves"])
    shifts = draws.uniform(0, 6.3, case["waves"])

    def predict(images: Floats, texts: Floats) -> Floats:
        phase = images @ of_images + texts @ of_texts + shifts
        return np.asarray(case["level"] + np.sin(phase) @ heights)

    return predict


def inputs(case: Instance) -> tuple[Floats, Floats]:
    """The products of a case: images (n, image) and texts (n, text)."""
    draws = np.random.default_rng(case["seed"] + 1)
    n = case["n"]
    return draws.normal(size=(n, case["image"])), draws.normal(size=(n, case["text"]))


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the projection and the share with those computed from all pairings."""
    return each_case(
        instance, lambda case: _model(answer, case), "The additive part, exactly, and its rest."
    )


def _model(answer: Any, case: Instance) -> Outcome:
    given = inputs(case)
    known = model(case)

    def predict(images: Any, texts: Any) -> Floats:
        n = len(images)
        if n > MOST_ROWS or len(texts) != n:
            raise ValueError(f"{n} images and {len(texts)} texts; at most {MOST_ROWS} of both")
        return known(np.asarray(images, float), np.asarray(texts, float))

    raw = call(answer, predict, *given, seconds=QUICK)
    part_raw, share_raw = as_parts(raw, ("additive part", "share"))
    part = as_array(part_raw, "additive part", (case["n"],))
    share = as_number(share_raw, "share")
    right = np.array(case["part"])
    worst = float(np.abs(part - right).max())
    on = f"{case['n']} products, {case['n'] ** 2} pairings"
    if worst > TOLERANCE:
        return failed(
            f"The additive part is {worst:.3g} off for one product; its first value is "
            f"{part[0]:.6g}, {right[0]:.6g} is right.",
            on=on,
            next_step="Predict all pairings of images and texts, then take means over rows and "
            "over columns of that table.",
            misconception=trap(part, case["traps"], TRAPS, SAME_TRAP),
        )
    if abs(share - case["share"]) > TOLERANCE:
        return failed(
            f"The additive part is right. The share is {share:.6g}; {case['share']:.6g} is right.",
            on=on,
            next_step="Variance of (prediction − additive part), over that of the predictions.",
            misconception=trap(share, case["shares"], SHARES, SAME_TRAP),
        )
    return passed("")


TASK = Task(
    "emap",
    10,
    judge,
    (
        "Every image with every text: n² pairings, of which n are real.",
        "np.repeat and np.tile make all pairings; np.array_split cuts them into calls.",
        "Row mean + column mean − grand mean.",
    ),
    title="How much is interaction",
    traps={**TRAPS, **SHARES},
)
