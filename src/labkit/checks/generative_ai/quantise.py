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
MOST = 1.6
"""Times error feedback's squared errors, worst of four layers. Over 10 draws GPTQ and Babai's
nearest plane reach 1.00 to 1.02, single steps 1.04 to 1.20, sweeps from the nearest codes 1.18
to 1.48; the best of 40 roundings by lot, row by row, 1.81 to 2.24, nearest codes 3.1 to 4.7, an
error carried on as it is 6.2 to 10."""

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
    """Compare the outputs' error in each case with that of error feedback."""
    return each_case(
        instance, lambda case: _case(answer, case), "The outputs lose little in every case."
    )


def output_errors(weights: Floats, inputs: Floats, scales: Floats, codes: Floats) -> Floats:
    """Sum of squared errors of each output over all inputs, shape (outputs,)."""
    return ((inputs @ (weights - codes * scales[:, None]).T) ** 2).sum(axis=0)


def times(errors: Floats, reference: Floats) -> float:
    """How many times as large errors are, as the geometric mean of the outputs."""
    return float(np.exp(np.log(np.maximum(errors, 1e-300) / reference).mean()))


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
    share = times(output_errors(weights, inputs, scales, codes), np.array(case["reference"]))
    words = f"The outputs' squared errors are {share:.2f} times those of error feedback"
    if share <= MOST:
        return passed(f"{words}.")
    return failed(
        f"{words}; {MOST:g} is allowed, and the nearest codes give {case['traps']['nearest']:.2f}.",
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
        "With all other codes fixed, the best code of weight j is the nearest to "
        "code + (d @ H[:, j]) / (H[j, j] · scale). Or look for the change by one that helps most.",
        "GPTQ goes once over the weights, largest H[j, j] first. With U the upper Cholesky factor "
        "of the inverse of H, and e = (weight − code · scale) / U[j, j], it takes e · U[j, k] off "
        "each weight k to come.",
    ),
    title="Store a layer in three or four bits",
    traps=TRAPS,
)
