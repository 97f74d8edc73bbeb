"""Judge of the task `predict_any`: R² in each pattern of what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.multimodal_fusion.redraw import gaps, history, new_ones, shop
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.multimodal_fusion.metrics import r_squared
from labkit.trends.multimodal_fusion.world.shop import Products

PATTERNS = ("both are there", "the review is missing", "the picture is missing")
STEPS = (
    "Is a row that has both predicted by a model that sees both?",
    "Find the words that stand for no review: many rows share exactly the same text. What a "
    "picture tells alone is learned from all rows that have one.",
    "Find the placeholders: many rows share exactly the same features. What a review tells alone "
    "is learned from all rows that have one; it then speaks for what the picture would have shown.",
)
SHARE = 0.94
"""Of the R² of a ridge regression of its own, in the worst pattern. In 8 shops one model a pattern,
with or without weights, and conditional means in the gaps have 0.98 or more of it. Placeholders
believed and gaps filled with means (with indicators too) have 0.69 to 0.88, at most 0.82 in the
worse of two shops; 0.71 or less if trained on complete rows; rows with gaps left out and
placeholders believed are below 0.2."""
TRAINING = 60.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare with a model of its own in each pattern; the worst pattern counts."""
    return each_case(
        instance,
        lambda case: _shop(answer, case),
        "As good as a model of its own, in each pattern.",
    )


def rows(products: Products, inside: np.ndarray) -> Products:
    """The products at these places."""
    return Products(
        products.kinds[inside],
        products.expected[inside],
        products.stars[inside],
        products.images[inside],
        [text for text, there in zip(products.texts, inside, strict=True) if there],
    )


def _shop(answer: Any, case: Instance) -> Outcome:
    sold, new = history(case), new_ones(case)
    images, texts, _ = gaps(case, sold, 2)
    new_images, new_texts, pattern = gaps(case, new, 3)
    raw = call(answer, images, texts, sold.stars, new_images, new_texts, seconds=TRAINING)
    found = as_array(raw, "stars", (len(pattern),))
    seller = shop(case)
    r2 = [
        r_squared(found[pattern == kind], rows(new, pattern == kind), seller) for kind in range(3)
    ]
    short = [one - SHARE * own for one, own in zip(r2, case["own"], strict=True)]
    worst = int(np.argmin(short))
    if short[worst] >= 0:
        return passed("")
    return failed(
        f"Where {PATTERNS[worst]}, R² is {r2[worst]:.2f}; a model of its own has "
        f"{case['own'][worst]:.2f} there, and {SHARE:g} of that is asked for.",
        on=f"{(pattern == worst).sum()} of {len(pattern)} new products",
        next_step=STEPS[worst],
    )


TASK = Task(
    "predict_any",
    15,
    judge,
    (
        "First find the rows in which something is missing. Nothing flags them.",
        "Real pictures are never exactly alike; placeholders are. The same holds for reviews.",
        "Three models: pictures alone, reviews alone, both; each learned from every row that has "
        "what it needs.",
    ),
    title="Whatever is missing",
)
