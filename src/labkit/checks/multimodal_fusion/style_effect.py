"""Judge of the task `style_effect`: error, coverage and width of an effect over eight shops."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.multimodal_fusion.redraw import history, mock_ups
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number, as_parts
from labkit.exercise.task import Instance, Task
from labkit.exercise.traps import trap

TRAPS = {
    "use left out": "Products with and without the style differ in use, too, which moves stars by "
    "itself. Only reviews tell use; to hold equal what the picture shows does not help.",
}
MOST_ERROR, HELD, LEAST_WIDTH, MOST_WIDTH = 0.05, 6, 0.75, 1.5
"""Stars, shops of eight, and widths of the reference in the middle shop: the mean of eight hangs
on one in which weights are extreme. In 40 draws labels with words, with looks too, partialling out
and weights are 0.007 to 0.028 off, hold 6 to 8 truths, and are 1.0 to 1.4 as wide; intervals of
three standard errors in place of two are 1.55 and more. Naive and picture-alone differences are
0.25 off, a picture model asked about mock-ups 0.23, reviews in two topics 0.2, labels with 12 %
errors and reviews first, pictures after, 0.09 or more, naive differences that are made smaller 0.13
or more, no effect anywhere 0.3, looks and phrases as the world's own pictures and reviews have them
0.16 or more."""
TRAINING = 30.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare with the true effects, placebos among them."""
    cases = instance["shops"]
    found = [_ask(answer, case) for case in cases]
    true = np.array([case["effect"] for case in cases])
    effect, low, high = np.array(found).T
    off = np.abs(effect - true)
    held = int(((low <= true) & (true <= high)).sum())
    width = float(np.median((high - low) / [case["width"] for case in cases]))
    worst = int(off.argmax())
    words = f"The effect is {off.mean():.3f} stars off on average over {len(cases)} shops"
    on = (
        f"worst shop: {effect[worst]:+.2f} ({low[worst]:+.2f} to {high[worst]:+.2f}), "
        f"true is {true[worst]:+.2f}"
    )
    if off.mean() > MOST_ERROR:
        naive = {"use left out": [case["naive"] for case in cases]}
        return failed(
            f"{words}; {MOST_ERROR:g} is allowed.",
            on=on,
            next_step="Read the style off each picture, with the mock-ups as examples. Then "
            "compare products of the same use, quality and other looks.",
            misconception=trap(effect, naive, TRAPS, SAME_TRAP),
        )
    if held < HELD:
        return failed(
            f"{words}, which is fine. {held} of {len(cases)} intervals hold the true effect; "
            f"at least {HELD} should.",
            on=on,
            next_step="A 95 % interval: the standard error of the style's coefficient, times two.",
        )
    if not LEAST_WIDTH <= width <= MOST_WIDTH:
        return failed(
            f"{words}, which is fine. In the middle shop the interval is {width:.1f} times as wide "
            f"as that of the reference; {LEAST_WIDTH:g} to {MOST_WIDTH:g} is allowed.",
            on=on,
            next_step="What use, quality and other looks explain is no noise of the effect."
            if width > MOST_WIDTH
            else "A 95 % interval: the standard error of the style's coefficient, times two.",
        )
    return passed(f"{words}; {held} intervals hold the true effect.")


SAME_TRAP = 0.03
"""Stars; labels read off pictures differ in a product or two from the true ones."""


def _ask(answer: Any, case: Instance) -> tuple[float, float, float]:
    sold = history(case)
    given = (sold.images, sold.texts, sold.stars, *mock_ups(case))
    parts = as_parts(call(answer, *given, seconds=TRAINING), ("effect", "low", "high"))
    effect, low, high = (as_number(part, "effect, low and high") for part in parts)
    if not low <= effect <= high:
        raise UnusableError(
            f"The interval from {low:.4g} to {high:.4g} does not hold the effect {effect:.4g}.",
            "Return the effect first, then the lower, then the upper end.",
        )
    return effect, low, high


TASK = Task(
    "style_effect",
    15,
    judge,
    (
        "Two questions: which products have the style, and what would they have without it?",
        "The mock-ups are labelled pictures: train a classifier on them, and label what was sold.",
        "Regress stars on the label, the words of the reviews and the looks other than the style. "
        "The coefficient of the label, with its standard error, is the answer.",
    ),
    title="What the packaging does",
    traps=TRAPS,
)
