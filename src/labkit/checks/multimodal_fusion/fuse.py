"""Judge of the task `fuse`: R² against the best that adding two predictions can reach."""

from __future__ import annotations

from typing import Any

from labkit.checks.multimodal_fusion.redraw import history, new_ones, shop
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.multimodal_fusion.metrics import r_squared

STEP = 0.1
"""Above the additive ceiling. In 6 shops ridge regressions on products of components are 0.19 to
0.32 above it, products of kernels and of words 0.39 to 0.52, a ridge for each of two kinds of
review 0.38 to 0.46. All sums are 0.12 or more below it, however tuned: one side, averages, both
side by side, stacked trees, products within a side; so are products that are not shrunk. Looks as
readers of the world's own pictures see them, with words of the shop, are 0.10 below to 0.04 above:
these readers see clutter anywhere, more or less."""
TRAINING = 60.0
"""CPU-seconds of a call; the reference needs a hundredth, boosted trees a twentieth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare R² on new products with the shop's exact additive ceiling."""
    return each_case(instance, lambda case: _shop(answer, case), "More than any sum can reach.")


def _shop(answer: Any, case: Instance) -> Outcome:
    sold, new = history(case), new_ones(case)
    given = (sold.images, sold.texts, sold.stars, new.images, new.texts)
    found = as_array(call(answer, *given, seconds=TRAINING), "stars", (len(new.stars),))
    r2 = r_squared(found, new, shop(case))
    bar = case["additive"] + STEP
    words = f"R² is {r2:.2f} on {len(found)} new products."
    if r2 >= bar:
        return passed(words)
    return failed(
        f"{words} The best sum of a picture's and a text's part has {case['additive']:.2f}, the "
        f"best of all models {case['joint']:.2f}; {bar:.2f} is asked for.",
        on=f"{len(sold.stars)} products to learn from",
        next_step="What a picture is worth depends on what the review says: give the model "
        "products of picture and text features, and shrink their weights.",
        misconception="This is no better than one mean for all products." if r2 < 0.02 else "",
    )


TASK = Task(
    "fuse",
    15,
    judge,
    (
        "A linear model of both sides by side is still a sum. What would not be one?",
        "Multiply each of some picture features by each of some text features: new columns.",
        "Many columns, few products: choose the ridge penalty by cross-validation. A product of "
        "two kernels does the same without writing the columns down.",
    ),
    title="Fusion that is more than a sum",
)
