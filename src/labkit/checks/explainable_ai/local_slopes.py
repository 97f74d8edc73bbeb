"""Judge of the task `local_slopes`: the limit of LIME, within a budget of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.explainable_ai.world.boxes import Box, box

Floats = NDArray[np.float64]
TRAPS = {
    "no kernel": "All points count alike: these are the slopes without the kernel.",
    "kernel twice": "These are the slopes for the kernel squared: either its square root is "
    "missing, or the weights enter the regression twice.",
    "gradient": "This is the gradient at x. LIME asks what f does in the whole neighbourhood.",
    "raw distance": "The distance is taken in the columns' own units; it counts in units of scale.",
    "per scale": "These are slopes for a step of one scale; asked are slopes per unit of a column.",
}
MOST = 0.05
"""Error in units of scale, as a share of the slopes' length, worst of five boxes. Over 20 draws the
whole budget has 0.012 to 0.033, in four ways and with the library set right. A thousand points have
0.082 to 0.167, the kernel squared 0.21 or more, a distance not squared 0.33, no kernel 0.49, the
gradient 0.86, the library as it comes 1.76."""

QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the slopes with the limit, on every box."""
    return each_case(
        instance, lambda case: _box(answer, case), "The slopes are those of the limit."
    )


def counted(f: Box, budget: int) -> tuple[Box, list[int]]:
    """Return f with its rows counted; it raises when they are more than the budget."""
    asked = [0]

    def limited(rows: ArrayLike) -> Floats:
        table = np.atleast_2d(np.asarray(rows, dtype=float))
        asked[0] += len(table)
        if asked[0] > budget:
            raise RuntimeError(f"f was asked for {asked[0]:,} rows; the budget is {budget:,}")
        return f(table)

    return limited, asked


def _box(answer: Any, case: Instance) -> Outcome:
    x, scale = np.array(case["x"]), np.array(case["scale"])
    f, asked = counted(box(case["parts"]), case["budget"])
    raw = call(answer, f, x, scale, case["width"], case["budget"], seconds=QUICK)
    found = as_array(raw, "slopes", x.shape)
    right = np.array(case["slopes"])

    def off(from_: ArrayLike) -> float:
        apart = np.linalg.norm((found - np.asarray(from_, float)) * scale)
        return float(apart / np.linalg.norm(right * scale))

    if off(right) <= MOST:
        return passed("")
    near = [key for key, values in case["traps"].items() if off(values) <= MOST]
    worst = int(np.abs((found - right) * scale).argmax())
    return failed(
        f"The slopes are {off(right):.3f} of their length off; {MOST:g} is allowed. Column {worst} "
        f"has {found[worst]:.3g}, in the limit {right[worst]:.3g}.",
        on=f"{len(x)} columns, width {case['width']:g}, {asked[0]:,} rows asked",
        next_step="Use the budget: the error falls with the root of the number of points."
        if asked[0] < case["budget"] / 2
        else "Write down the weight of a point at distance `width`: it is exp(-1/2).",
        misconception=TRAPS[near[0]] if len(near) == 1 else "",
    )


TASK = Task(
    "local_slopes",
    15,
    judge,
    (
        "Draw u from a standard normal distribution; the points are x + u * scale.",
        "Weighted least squares: multiply rows and values by the root of the weight.",
        "Do not forget the column of ones, and divide the slopes for u by scale.",
    ),
    title="LIME by hand",
    traps=TRAPS,
)
