"""Judge of the task `gain`: how often the interval holds the true gain, and how wide it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.multimodal_fusion.world.duels import Duel, draw_duel

LEAST, MOST_WIDTH, MOST_BIAS = 0.88, 1.15, 0.35
"""Share of intervals that hold, mean width in widths of the reference, bias in its standard
errors. In 8 shops brand means, brand sums, a jackknife and bootstraps of brands hold 0.90 to 0.97
at 0.91 to 1.05 widths. Intervals by rows hold 0.44 to 0.77, unpaired ones are 1.9 times as wide or
more. Nothing mends both shops at once: rows times 1.8 hold 0.80 or less in one of each pair, one
width for all is 1.37 times as wide or more in one, and the mean of all sets so far, as wide as one
set allows, holds 0.71 or less in one."""
QUICK = 5.0
"""CPU-seconds of a call; the reference needs a thousandth, a bootstrap a hundredth."""


SPREAD = 0.12
"""How far the gain of one pair of models is from that of another, at most: what was seen of earlier
test sets does not tell the gain of the next."""


def gain_of(case: Instance, seed: int) -> float:
    """The true gain of the pair of models that is tried on one of the test sets of a case."""
    return float(case["gain"] + np.random.default_rng([seed, 1]).uniform(-SPREAD, SPREAD))


def duel(case: Instance, seed: int) -> Duel:
    """One of the test sets of a case."""
    size = (case["brands"], case["hard"], case["taste"], case["rest"])
    return draw_duel(seed, gain_of(case, seed), *size)


def judge(answer: Any, instance: Instance) -> Outcome:
    """Coverage and mean width over all test sets of a case."""
    return each_case(instance, lambda case: _shop(answer, case), "Held as often as promised.")


def _shop(answer: Any, case: Instance) -> Outcome:
    found = np.array([_ask(answer, duel(case, seed)) for seed in case["sets"]])
    gain, low, high = found.T
    true = np.array([gain_of(case, seed) for seed in case["sets"]])
    held = float(((low <= true) & (true <= high)).mean())
    width = float((high - low).mean()) / case["width"]
    bias = abs(float((gain - true).mean())) / (case["width"] / 4)
    on = f"{len(found)} test sets of {case['brands']} brands, mean true gain {true.mean():+.3f}"
    words = f"{100 * held:.0f} % of the intervals hold the true gain; on average they are "
    words += f"{width:.2f} times as wide as those of the reference."
    if bias > MOST_BIAS:
        flipped = abs(float((gain + true).mean())) * 4 / case["width"] < MOST_BIAS
        return failed(
            f"The mean gain is {gain.mean():+.3f}; {true.mean():+.3f} is true.",
            on=on,
            next_step="The gain is the mean error of a minus that of b.",
            misconception="The difference is taken the wrong way round: fewer errors of b are a "
            "gain."
            if flipped
            else "",
        )
    if width > MOST_WIDTH:
        return failed(
            f"{words} {MOST_WIDTH:g} is allowed.",
            on=on,
            next_step="Both models were tried on the same products: what makes a product hard "
            "for both drops out of the difference.",
        )
    if held < LEAST:
        return failed(
            f"{words} At least {100 * LEAST:g} % should.",
            on=on,
            next_step="How many independent things are there: products, or brands?",
        )
    return passed(words)


def _ask(answer: Any, drawn: Duel) -> tuple[float, float, float]:
    raw = call(answer, drawn.errors_a, drawn.errors_b, drawn.brand, seconds=QUICK)
    parts = as_parts(raw, ("gain", "low", "high"))
    gain, low, high = (as_number(part, "gain, low and high") for part in parts)
    if not low <= gain <= high:
        raise UnusableError(
            f"The interval from {low:.4g} to {high:.4g} does not hold the gain {gain:.4g}.",
            "Return the gain first, then the lower, then the upper end.",
        )
    return gain, low, high


TASK = Task(
    "gain",
    10,
    judge,
    (
        "Take the difference of the two errors of each product first.",
        "Products of a brand repeat each other: a brand's mean difference is one observation.",
        "With G brands, Student's t has G − 1 degrees of freedom; or draw whole brands.",
    ),
    title="Is fusion better, or luck",
)
