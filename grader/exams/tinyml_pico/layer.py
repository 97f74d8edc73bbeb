"""Task `layer`: float layers to be quantised, and what the right int8 layers answer.

The outputs are what counts. A layer is used only if they do not depend on whether scales are kept
in single or double precision, and on how ties are rounded, but do change where a bias or a zero
point is cut off instead of rounded, or a convolution's multiplier keeps 15 bits. Judging is left to
the checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.tinyml_pico import redraw
from labkit.exercise.drawing import until
from labkit.trends.tinyml_pico import integer
from labkit.trends.tinyml_pico.network import patches

from . import quantiser

SHAPES = ((6, 3, 4), (5, 14), (4, 5, 2), (7, 10))
"""(out, kernel, in) of convolutions and (out, in) of dense layers."""

STEPS = 24
"""Of a convolution's input: so many outputs that small errors show in some."""

TRIES = 2_000
"""A layer fits one time in fifteen to eighty, and takes two milliseconds to try."""

KEYS = ("weight", "bias", "multiplier", "shift", "input_zero_point", "output_zero_point", "low")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four layers.

    Each has what `redraw.float_layer` and `redraw.layer_input` need, ``input_range``,
    ``output_range``, ``relu``, the reference's numbers under ``right`` and the int8 ``outputs``.
    In the first case both ranges lie above zero, in the second a row has no weights; the third has
    a ReLU whose output's range goes below zero, and in the fourth the input lies below zero.
    """
    return {"cases": [_case(rng, number, shape) for number, shape in enumerate(SHAPES)]}


def _case(rng: np.random.Generator, number: int, shape: tuple[int, ...]) -> dict[str, Any]:
    case = until(
        lambda: _made(rng, number, shape), _tells, "outputs that tell right from wrong", TRIES
    )
    right, outputs = _answered(case)
    case["right"] = {key: np.asarray(right[key]).tolist() for key in KEYS}
    case["outputs"] = outputs.reshape(len(outputs), -1).tolist()
    return case


def _made(rng: np.random.Generator, number: int, shape: tuple[int, ...]) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "shape": list(shape),
        "steps": STEPS,
        "stride": int(rng.integers(1, 3)),
        "padding": int(rng.integers(0, 3)),
        "silent": number == 1,
        "relu": len(shape) == 3,
        "input_range": _range(rng, {0: 1, 3: -1}.get(number, 0)),
    }
    case["output_range"] = _output_range(case, redraw.float_layer(case), redraw.layer_input(case))
    if number == 0:
        case["output_range"][0] = round(case["output_range"][1] * rng.uniform(0.1, 0.3), 4)
    return case


def _answered(case: dict[str, Any]) -> tuple[dict[str, Any], NDArray[np.int8]]:
    right = quantised(case, redraw.float_layer(case))
    return right, integer.apply(right, redraw.layer_input(case))


def _tells(case: dict[str, Any]) -> bool:
    layer, values = redraw.float_layer(case), redraw.layer_input(case)
    right, outputs = _answered(case)
    return (
        _lively(outputs, right)
        and _sure(case, layer, values, outputs)
        and _cutting_shows(case, layer, values, outputs)
    )


def _range(rng: np.random.Generator, side: int) -> list[float]:
    """A range around zero; on one side of it alone where that is given, 1 above or -1 below."""
    if side:
        ends = side * rng.uniform(0.8, 6, 2) * [1, 2]
        return [round(float(value), 4) for value in np.sort(ends)]
    return [round(float(-rng.uniform(0.5, 4)), 4), round(float(rng.uniform(0.5, 6)), 4)]


def _output_range(
    case: Mapping[str, Any], layer: dict[str, Any], values: NDArray[np.int8]
) -> list[float]:
    """The middle of what the float layer gives, before a ReLU."""
    scale, zero_point = quantiser.activation_scale(*case["input_range"])
    real = scale * (values.astype(np.float64) - zero_point)
    if layer["kind"] == "conv":
        real = np.pad(real, ((0, 0), (case["padding"],) * 2, (0, 0)))
        real = patches(real, case["shape"][1], case["stride"])
    out = real @ layer["weight"].reshape(len(layer["weight"]), -1).T + layer["bias"]
    low, high = np.percentile(out, [8, 92])
    return [round(float(low), 4), round(float(high), 4)]


def quantised(case: Mapping[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """The reference's int8 layer."""
    return quantiser.quantise_layer(
        layer,
        quantiser.activation_scale(*case["input_range"]),
        quantiser.activation_scale(*case["output_range"]),
        relu=case["relu"],
    )


def _lively(outputs: NDArray[np.int8], right: Mapping[str, Any]) -> bool:
    """Whether many outputs lie between the clamps, so that a slip shows, and some at the lower."""
    between = np.mean((outputs > right["low"]) & (outputs < right["high"]))
    return bool(between > 0.35 and np.mean(outputs == right["low"]) > 0.05)


def _sure(
    case: Mapping[str, Any],
    layer: dict[str, Any],
    values: NDArray[np.int8],
    outputs: NDArray[np.int8],
) -> bool:
    """Whether other careful ways to compute the numbers give the same outputs."""
    return all(
        np.array_equal(integer.apply(way(case, layer), values), outputs)
        for way in (_in_double, _ties_to_even, _multiplier_cut_off)
    )


def _cutting_shows(
    case: Mapping[str, Any],
    layer: dict[str, Any],
    values: NDArray[np.int8],
    outputs: NDArray[np.int8],
) -> bool:
    """Whether each number that is cut off instead of rounded changes some output.

    A multiplier of 15 bits changes one output in a hundred or two, of which only convolutions have
    enough.
    """
    right = quantised(case, layer)
    largest = np.abs(layer["weight"].reshape(len(layer["weight"]), -1)).max(axis=1)
    scales = np.where(largest > 0, largest, 1.0) / 127
    scale_in, _ = quantiser.activation_scale(*case["input_range"])
    careless = [{"bias": np.trunc(layer["bias"] / (scale_in * scales)).astype(np.int32)}]
    for key in ("input", "output"):
        low, high = case[f"{key}_range"]
        if low < 0 < high:
            point = int(-128 - low * 255 / (high - low))
            low_clamp = {"low": point} if key == "output" and case["relu"] else {}
            careless.append({f"{key}_zero_point": point, **low_clamp})
    if layer["kind"] == "conv":
        whole = np.asarray(right["multiplier"], np.int64)
        careless += [{"multiplier": part >> 16 << 16} for part in (whole, whole + 2**15)]
    return not any(np.array_equal(integer.apply(right | way, values), outputs) for way in careless)


def _in_double(case: Mapping[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """All scales in double precision."""
    weight = layer["weight"].astype(np.float64)
    (low_in, high_in), (low_out, high_out) = (
        (min(low, 0.0), max(high, 0.0)) for low, high in (case["input_range"], case["output_range"])
    )
    scale_in, scale_out = (high_in - low_in) / 255, (high_out - low_out) / 255
    scales = np.abs(weight.reshape(len(weight), -1)).max(axis=1) / 127
    scales = np.where(scales > 0, scales, 1.0)
    made = quantised(case, layer)
    parts = [quantiser.quantise_multiplier(scale_in * scale / scale_out) for scale in scales]
    return made | {
        "weight": np.round(weight / scales.reshape(-1, *[1] * (weight.ndim - 1))).astype(np.int8),
        "bias": np.round(layer["bias"] / (scale_in * scales)).astype(np.int32),
        "multiplier": np.array([multiplier for multiplier, _ in parts]),
        "shift": np.array([shift for _, shift in parts]),
    }


def _multiplier_cut_off(case: Mapping[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """The multiplier's last bit cut off instead of rounded."""
    made = quantised(case, layer)
    scale_in, _ = quantiser.activation_scale(*case["input_range"])
    factor = scale_in * made["weight_scale"].astype(np.float64) / made["output_scale"]
    fraction, shift = np.frexp(factor)
    return made | {"multiplier": np.floor(fraction * 2.0**31), "shift": shift}


def _ties_to_even(case: Mapping[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """Zero points rounded by Python's rule, which takes ties to the even number."""
    made = quantised(case, layer)
    for key, (low, high) in (
        ("input_zero_point", case["input_range"]),
        ("output_zero_point", case["output_range"]),
    ):
        low, high = min(low, 0.0), max(high, 0.0)
        made[key] = int(np.clip(round(-128 - low * 255 / (high - low)), -128, 127))
    return made | {"low": made["output_zero_point"] if case["relu"] else -128}
