"""The verdict on a quantised layer: the integer reference's outputs are right, bit for bit.

What counts is what the reference answers with the learner's numbers. Where it differs, `faults`
says which number is off, and why.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import faults, redraw
from labkit.checks.tinyml_pico.quantised import LAYER_KEYS, in_form
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_mapping
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.tinyml_pico import integer

SECONDS = 20.0
"""Of CPU for one call; the reference needs below one."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Whole numbers for single layers: the integer reference's outputs are right, bit for bit."""

    def one(case: Instance) -> Outcome:
        layer = redraw.float_layer(case)
        ranges = tuple(case["input_range"]), tuple(case["output_range"])
        arguments = (layer["weight"], layer["bias"], *ranges, case["relu"])
        return _verdict(call(answer, *arguments, seconds=SECONDS), case)

    return each_case(instance, one, "Every output of every layer is right, bit for bit.")


def _verdict(raw: Any, case: Instance) -> Outcome:
    """Hold the int8 layer of one case against the outputs that are right."""
    shape = case["shape"]
    kind = "dense" if len(shape) == 2 else "conv"
    on = (
        f"a {'dense layer' if kind == 'dense' else 'convolution'} with weights "
        f"{tuple(shape)}, input {case['input_range']}, output {case['output_range']}, "
        f"{'with' if case['relu'] else 'without'} ReLU"
    )
    layer = _layer(raw, kind, case)
    values = redraw.layer_input(case)
    outputs = integer.apply(layer, values).reshape(len(values), -1)
    wrong = outputs != np.array(case["outputs"])
    if not wrong.any():
        return passed("")
    words, trap = faults.in_layer(layer, case)
    tensor, place = (int(i) for i in np.argwhere(wrong)[0])
    return failed(
        f"{wrong.sum():,} of {wrong.size:,} outputs are not what they should be. {words}",
        on=f"{on}; first wrong at output {place} of tensor {tensor}: {outputs[tensor, place]} "
        f"instead of {case['outputs'][tensor][place]}",
        next_step="Work one output out by hand, from the real numbers and from the whole ones; "
        "they agree within half a step of the output.",
        misconception=trap,
    )


def _layer(raw: Any, kind: str, case: Instance) -> dict[str, Any]:
    """The returned layer in the reference's form."""
    given = dict(as_mapping(raw, LAYER_KEYS, "the int8 layer"))
    layer: dict[str, Any] = {key: as_array(given[key], key) for key in LAYER_KEYS}
    shape = tuple(case["shape"])
    if layer["weight"].shape != shape:
        raise UnusableError(
            f"weight has the shape {layer['weight'].shape}; it should stay {shape}.",
            "Quantise the weights in place, without turning or flattening them.",
        )
    layer |= {"kind": kind}
    if kind == "conv":
        layer |= {"stride": case["stride"], "padding": case["padding"]}
    faults.refuse_strange_shifts(layer, case)
    steps = case["steps"] if kind == "conv" else 1
    zero, out = layer["input_zero_point"], shape[0]
    behind = {
        "kind": "dense",
        "weight": np.ones((1, out)),
        "bias": [0],
        "multiplier": [2**30],
        "shift": [-8],
        "input_zero_point": layer["output_zero_point"],
        "output_zero_point": 0,
        "low": -128,
        "high": 127,
    }
    rest = [{"kind": "pool"}, behind] if kind == "conv" else []
    alone = {
        "length": steps,
        "channels": shape[-1],
        "scale": 1.0,
        "zero_point": zero,
        "layers": [layer, *rest],
    }
    return dict(in_form(alone)["layers"][0])


TASK = Task(
    "layer",
    15,
    judge,
    (
        "Write a function for (low, high) → (scale, zero point) first. With low = 0 the zero "
        "point is −128, with high = 0 it is 127.",
        "numpy.frexp(real) gives a fraction in [0.5, 1) and an exponent: the multiplier is the "
        "fraction times 2**31, rounded, and the exponent is the shift.",
        "If the fraction rounds up to 2**31, halve the multiplier and raise the shift by one.",
        "With three axes, weight.reshape(len(weight), -1) makes one row an output.",
    ),
    title="A layer in whole numbers",
)
