"""Task `quantise`: four layers whose inputs move together."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.quantise import nearest, output_errors, times
from labkit.checks.generative_ai.redraw import layer
from labkit.exercise.drawing import until

Floats = NDArray[np.float64]
BITS = (3, 3, 4, 4)


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, in a drawn order.

    Each has ``seed``, ``given``, ``bits`` and ``reach``, which draw the layer and its scales;
    ``reference``, the squared error of each output by error feedback; and ``traps``, how many
    times as large those of known mistakes are, in the geometric mean.
    """
    cases = [
        until(partial(_case, rng, bits), _shows, "a layer where error feedback pays")
        for bits in BITS
    ]
    return {"cases": [cases[place] for place in rng.permutation(len(cases))]}


def _case(rng: np.random.Generator, bits: int) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": seed(rng),
        "given": {
            "n": int(rng.integers(300, 420)),
            "inputs": int(rng.integers(120, 150)),
            "outputs": int(rng.integers(8, 16)),
            "decay": round(float(rng.uniform(0.55, 0.65)), 2),
        },
        "bits": bits,
        "reach": round(float(rng.uniform(0.85, 1.0)), 3),
    }
    weights, inputs, scales = layer(case)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    carried = np.zeros_like(weights)
    error = np.zeros(len(weights))
    for column in range(weights.shape[1]):
        wanted = weights[:, column] + error
        carried[:, column] = np.clip(np.rint(wanted / scales), low, high)
        error = wanted - carried[:, column] * scales
    found = {
        "nearest": nearest(weights, scales, bits),
        "towards zero": np.clip(np.trunc(weights / scales[:, None]), low, high),
        "carried on": carried,
    }
    least = output_errors(weights, inputs, scales, reference(weights, inputs, scales, bits))
    case["reference"] = least.tolist()
    case["traps"] = {
        key: times(output_errors(weights, inputs, scales, codes), least)
        for key, codes in found.items()
    }
    return case


def reference(weights: Floats, inputs: Floats, scales: Floats, bits: int) -> Floats:
    """Error feedback in the order of the inputs' size (Frantar and others, GPTQ, ICLR 2023)."""
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    together = inputs.T @ inputs
    order = np.argsort(-np.diag(together))
    together = together[np.ix_(order, order)]
    together += 1e-4 * np.trace(together) / len(together) * np.eye(len(together))
    spread = np.linalg.cholesky(np.linalg.inv(together)).T
    left = weights[:, order].copy()
    codes = np.zeros_like(left)
    for column in range(left.shape[1]):
        codes[:, column] = np.clip(np.rint(left[:, column] / scales), low, high)
        error = (left[:, column] - codes[:, column] * scales) / spread[column, column]
        left[:, column:] -= np.outer(error, spread[column, column:])
    back = np.empty_like(codes)
    back[:, order] = codes
    return back


def _shows(case: dict[str, Any]) -> bool:
    return bool(min(case["traps"].values()) > 2.0)
