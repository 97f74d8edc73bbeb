"""Judge of the task `quantise`: what the outputs lose by the codes that were chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.generative_ai.redraw import layer
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

Floats = NDArray[np.float64]
MOST = 0.4
"""Of the nearest codes' error, worst of four layers. Over 10 draws GPTQ leaves 0.05 to 0.18,
Babai's nearest plane the same, single steps from the nearest codes 0.08 to 0.21, rounding by lot
2 to 5, an error carried on as it is 2.2 to 7.8. Random changes that are kept where they help are
single steps in another order: with 60 tries 0.18 to 0.47, on either side."""
TRAPS = {
    "nearest": "Each weight goes to its nearest code. Rounding errors of inputs that move together "
    "add up, or cancel: it is the outputs that count.",
    "towards zero": "Weights are cut towards zero, so all errors have one sign.",
    "carried on": "The rounding error is carried to the next weight as it is. How much of it "
    "belongs there depends on how the two inputs move together.",
}
QUICK = 20.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the outputs' error in each case with that of the nearest codes."""
    return each_case(
        instance, lambda case: _case(answer, case), "The outputs lose little in every case."
    )


def output_error(weights: Floats, inputs: Floats, scales: Floats, codes: Floats) -> float:
    """Sum of squared errors of all outputs over all inputs."""
    return float(((inputs @ (weights - codes * scales[:, None]).T) ** 2).sum())


def nearest(weights: Floats, scales: Floats, bits: int) -> Floats:
    """The code nearest to each weight."""
    return np.clip(np.rint(weights / scales[:, None]), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _case(answer: Any, case: Instance) -> Outcome:
    weights, inputs, scales = layer(case)
    bits = case["bits"]
    raw = call(answer, weights, inputs, scales, bits, seconds=QUICK)
    codes = as_array(raw, "codes", weights.shape)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    if (codes != np.rint(codes)).any() or codes.min() < low or codes.max() > high:
        raise UnusableError(
            f"With {bits} bits a code is a whole number from {low} to {high}; the codes go from "
            f"{codes.min():g} to {codes.max():g}.",
            "Return the codes, not the weights that they stand for.",
        )
    rounded = output_error(weights, inputs, scales, nearest(weights, scales, bits))
    share = output_error(weights, inputs, scales, codes) / rounded
    words = f"The outputs' squared error is {share:.2f} times that of the nearest codes"
    if share <= MOST:
        return passed(f"{words}.")
    return failed(
        f"{words}; {MOST:g} is allowed.",
        on=f"{bits} bits, {weights.shape[0]} × {weights.shape[1]} weights, {len(inputs)} inputs",
        next_step="Choose the codes of a row one after the other, each time so that the error so "
        "far is made good as well as can be.",
        misconception=trap(share, case["traps"], TRAPS, 1e-6),
    )


TASK = Task(
    "quantise",
    10,
    judge,
    (
        "With H = inputs.T @ inputs and d the errors of a row's weights, the row's output error is "
        "d @ H @ d. H is far from diagonal here.",
        "Start at the nearest codes. With all others fixed, the best code of weight j is the "
        "nearest to code + (d @ H[:, j]) / (H[j, j] · scale). Go over all weights some times.",
        "GPTQ goes once over the weights, largest H[j, j] first, and moves the weights to come "
        "so that they make good for the error just made.",
    ),
    title="Store a layer in three or four bits",
    traps=TRAPS,
)
