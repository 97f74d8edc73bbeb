"""Judge of the task `adapt`: how much a low-rank change explains, and whether it is merged."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.generative_ai.redraw import adaptation
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.generative_ai.world.layers import loss

MOST = 1.05
"""Times the least loss that the rank allows, both above that of any change, worst of three layers.
Over 10 draws the closed form, eigenvectors and alternating least squares reach 1.000, errors'
directions 1.19 to 2.3, inputs' directions 1.34 to 5.9, random ones 1.8 to 6.7, a truncated
change 2.1 to 5.5, no change 3.3 to 15."""

SAME = 1e-6
"""Largest difference of a merged weight; weights are about 0.2."""

TRAPS = {
    "change truncated": "The full change of the weights is found first and then cut to the rank. A "
    "small error in the weights is no small error in the outputs.",
    "inputs' directions": "A holds the directions in which the inputs vary most; what must change "
    "may lie in others.",
    "errors' directions": "B holds the directions in which the errors are largest; part of them "
    "cannot be explained by any input.",
    "nothing learned": "The adapter changes nothing. That is a safe start, and no result.",
}
QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the loss in each case with the least that the rank allows."""
    return each_case(
        instance, lambda case: _case(answer, case), "As good as the rank allows, and merged."
    )


def _case(answer: Any, case: Instance) -> Outcome:
    drawn = adaptation(case)
    rank, alpha = case["rank"], case["alpha"]
    outputs, inputs = drawn.frozen.shape
    raw = call(answer, drawn.frozen, drawn.x, drawn.y, rank, alpha, seconds=QUICK)
    a_raw, b_raw, merged_raw = as_parts(raw, ("A", "B", "merged"))
    a = as_array(a_raw, "A", (rank, inputs))
    b = as_array(b_raw, "B", (outputs, rank))
    merged = as_array(merged_raw, "merged", drawn.frozen.shape)
    adapted = drawn.frozen + alpha / rank * b @ a
    least, best = case["least"], case["best"]
    share = (loss(drawn.x, drawn.y, adapted) - least) / (best - least)
    words = f"The loss above the least one is {share:.3f} times what rank {rank} allows"
    on = f"{len(drawn.x)} examples, {inputs} inputs, {outputs} outputs, alpha {alpha}"
    if share > MOST:
        return failed(
            f"{words}; {MOST:g} is allowed.",
            on=on,
            next_step="Ask which rank-r change of the weights moves the *outputs* closest to "
            "what they should be.",
            misconception=trap(share, case["traps"], TRAPS, 1e-6),
        )
    off = float(np.abs(merged - adapted).max())
    if off > SAME:
        plain = float(np.abs(merged - drawn.frozen - b @ a).max())
        return failed(
            f"A and B are right. The merged weights are up to {off:.3g} away from "
            "frozen + alpha / rank · B A.",
            on=on,
            next_step="The merged layer must give the outputs that the frozen one gives together "
            "with the adapter.",
            misconception="The factor alpha / rank is lost in the merge."
            if plain <= SAME < off
            else "",
        )
    return passed(f"{words}.")


TASK = Task(
    "adapt",
    10,
    judge,
    (
        "What should the adapter explain? The errors of the frozen layer, y − x Wᵀ.",
        "Without a limit on the rank this is least squares: np.linalg.lstsq, as some inputs are "
        "sums of others. Its *fitted values* show which output directions can be learned.",
        "The r first right singular vectors of the fitted values are the columns of B, up to the "
        "factor alpha / rank; A is Bᵀ times the least-squares change.",
    ),
    title="An adapter of low rank",
    traps=TRAPS,
)
