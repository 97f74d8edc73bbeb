"""Which number of an int8 layer or network is off, and which misconception explains it.

The verdicts stand in `quantised`; here their words are found.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import UnusableError
from labkit.exercise.task import Instance
from labkit.trends.tinyml_pico import integer, network

LEAST_SHIFT, MOST_SHIFT = -31, 30
"""What the reference takes."""

Fault = tuple[str, str]
"""What is off, and the misconception, "" if none is known."""

PER_CHANNEL = "One scale for the whole tensor: small channels lose their digits. Each output \
channel has a scale of its own, its largest absolute weight divided by 127."
OTHER_AXIS = "The scales run along another axis: each output, a row of the first axis, has one of \
its own, whatever its inputs are."
STEPS = (
    "From −128 to 127 there are 255 steps, one less than there are numbers: the scale of a range \
is (high − low) / 255."
)
HOLDS_ZERO = "A range has to hold 0, so that padding and ReLU are exact: extend it to 0 where it \
does not."
INT8 = "The −128 is missing: int8 runs from −128 to 127, so the low end of a range becomes −128."
ROUNDED = "Round to the nearest whole number; do not cut the fraction off."
BY_127 = "The largest absolute weight becomes 127, so divide it by 127. With less, 128 comes out, \
which int8 does not hold: it wraps around to −128."
FEW_BITS = "The weights use a part of the 255 steps only: the scale of an output is its largest \
absolute weight divided by 127, not by less, and not rounded up to a power of two."
NO_BIAS = "The bias of the dense layer is missing."
NOT_FOLDED = "The reference subtracts the input's zero point itself; do not fold it into the bias. \
(The chip's kernels fold it in, but only when C is written for them.)"
NO_ROOT = "Batch norm divides by the square root of variance + epsilon; the root is missing."
UNFOLDED = "Batch norm is not folded in as it is used: weight · gamma / sqrt(variance + epsilon), \
and beta − mean · gamma / sqrt(variance + epsilon) as the bias."
POOL_KEEPS = "The pool keeps the scale of what goes into it. Means have a narrower range than what \
they are means of, but they are counted in the same steps."


def refuse_strange_shifts(layer: dict[str, Any], case: Instance) -> None:
    """Raise UnusableError where shifts are out of range for a reason that is known."""
    right = {key: np.array(value) for key, value in case["right"].items()}
    used, shift = _used(right), np.asarray(layer["shift"])
    if not shift.shape == np.shape(layer["bias"]) == right["shift"].shape:
        return
    if np.all((shift - right["shift"])[used] == -31):
        raise UnusableError(
            f"The shifts run from {shift[used].min():g} to {shift[used].max():g}: 31 was "
            "subtracted twice.",
            "multiplier · 2 ** (shift − 31) has to be the real factor; the multiplier is the "
            "fraction · 2 ** 31.",
        )
    for row in np.flatnonzero(~used):
        fits = LEAST_SHIFT <= shift[row] <= MOST_SHIFT and layer["bias"][row] == 0
        if not fits:
            raise UnusableError(
                f"Output {row} has no weights. Its bias is {layer['bias'][row]:g} and its shift "
                f"{shift[row]:g}; 0 and {LEAST_SHIFT} to {MOST_SHIFT} are allowed.",
                "Give a row without any weight an ordinary scale, 1 / 127.",
            )


def in_layer(layer: dict[str, Any], case: Instance) -> Fault:
    """Say which of a layer's numbers is off; its outputs are known to be wrong."""
    right = {key: np.array(value) for key, value in case["right"].items()}
    return (
        _zero_point_off(layer, right, case)
        or _clamp_off(layer, right, case)
        or _weights_off(layer, right)
        or _bias_off(layer, right, case)
        or _factor_off(layer, right)
    )


def _zero_point_off(layer: dict[str, Any], right: dict[str, Any], case: Instance) -> Fault | None:
    for key in ("input_zero_point", "output_zero_point"):
        off = layer[key] - int(right[key])
        if off:
            name = key.partition("_")[0]
            low, high = case[f"{name}_range"]
            trap = HOLDS_ZERO if low > 0 or high < 0 else ""
            if layer[key] == min(int(right[key]) + 128, 127):
                trap = INT8
            elif abs(off) == 1 and _counts_256(layer, right):
                trap = STEPS
            elif abs(off) == 1:
                trap = ROUNDED
            return f"The {name}'s zero point is {layer[key]}; {right[key]} is right.", trap
    return None


def _clamp_off(layer: dict[str, Any], right: dict[str, Any], case: Instance) -> Fault | None:
    if layer["low"] == right["low"] and layer["high"] == 127:
        return None
    return (
        f"The clamp is {layer['low']} to {layer['high']}; {right['low']} to 127 is right.",
        "In whole numbers a ReLU cuts at the output's zero point, which stands for the real 0."
        if case["relu"]
        else "",
    )


def _weights_off(layer: dict[str, Any], right: dict[str, Any]) -> Fault | None:
    weight = layer["weight"].astype(int)
    off = np.abs(weight - right["weight"]).max()
    if off <= 1:
        return None
    if np.any((weight == -128) & (right["weight"] == 127)):
        return f"Weights are off by up to {off}.", BY_127
    largest = np.abs(weight).reshape(len(right["bias"]), -1).max(axis=1)
    words = f"Weights are off by up to {off}."
    if np.median(largest) < 120:
        for axis in range(1, weight.ndim):
            along = np.moveaxis(np.abs(weight), axis, 0)
            if along.reshape(len(along), -1).max(axis=1).min() >= 126:
                return words, OTHER_AXIS
    used = largest[_used(right)]
    if used.max() < 120 or used.min() >= 63:
        return words, FEW_BITS
    shared = largest.max() >= 126 and np.median(largest) < 120
    return words, PER_CHANNEL if shared else ""


def _used(right: dict[str, Any]) -> np.ndarray:
    """Which outputs have weights at all."""
    return np.abs(right["weight"]).reshape(len(right["bias"]), -1).max(axis=1) > 0


def _bias_off(layer: dict[str, Any], right: dict[str, Any], case: Instance) -> Fault | None:
    given, used = layer["bias"].astype(float), _used(right)
    off = np.where(used, np.abs(given - right["bias"]), 0)
    if off.max() <= 1:
        return None
    first = int(off.argmax())
    words = f"Bias {first} is {layer['bias'][first]}; {right['bias'][first]} is right."
    sums = right["weight"].reshape(len(given), -1).sum(axis=1)
    folded = right["bias"] - int(right["input_zero_point"]) * sums
    if np.all(np.abs(given - folded)[used] <= 1 + np.abs(sums[used]) / 100):
        return words, NOT_FOLDED
    if _counts_256(layer, right):
        return words, STEPS
    if 1.006 < _bias_ratio(layer, right) < 1.01:
        return words, BY_127
    low, high = case["input_range"]
    finer = (max(high, 0) - min(low, 0)) / (high - low)  # without the range's extension
    if finer > 1 and abs(given[first] / right["bias"][first] / finer - 1) < 0.02:
        return words, HOLDS_ZERO
    return (
        words,
        "A bias is added to the accumulator, so its step is the input's scale times the weights' "
        "scale, and it is a 32-bit number.",
    )


def _bias_ratio(layer: dict[str, Any], right: dict[str, Any]) -> float:
    """How many times larger all biases are than they should be; 0 where it is not the same."""
    used = _used(right)
    given, expected = (numbers["bias"].astype(float)[used] for numbers in (layer, right))
    ratio = float(given @ expected / max(expected @ expected, 1.0))
    return ratio if np.all(np.abs(given - ratio * expected) <= 2) else 0.0


def _counts_256(layer: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether the input's scale is that of 256 or 254 steps instead of 255."""
    return bool(0.0025 < abs(_bias_ratio(layer, right) - 1) < 0.0055)


def _factor_off(layer: dict[str, Any], right: dict[str, Any]) -> Fault:
    real, expected = (
        numbers["multiplier"].astype(float) * 2.0 ** (numbers["shift"].astype(float) - 31)
        for numbers in (layer, right)
    )
    ratio = np.where(_used(right), real / expected, 1.0)
    first = int(np.abs(np.log2(np.maximum(ratio, 1e-9))).argmax())
    if abs(ratio[first] - 1) > 1e-6:
        same = np.ptp(ratio[_used(right)]) < 1e-5
        return (
            f"Multiplier and shift of output {first} stand for {real[first]:.6g}; "
            f"{expected[first]:.6g} is right.",
            BY_127 if same and 0.99 < ratio[first] < 1 else _multiplier_trap(float(ratio[first])),
        )
    return "Single weights or biases are not the nearest whole numbers.", ROUNDED


def _multiplier_trap(ratio: float) -> str:
    doublings = np.log2(ratio) if ratio > 0 else 0.5
    if abs(ratio - 1) < 0.01:
        return "The multiplier has too few bits: it lies between 2**30 and 2**31 − 1."
    if abs(doublings - round(doublings)) < 1e-3:
        return "The shift is off: multiplier · 2 ** (shift − 31) has to be the real factor."
    return "The real factor is input scale · weight scale / output scale."


# ---- whole networks ---------------------------------------------------------------------------

SCALES_MEET = 0.05
"""Relative. Right networks stay within .001; the pool's own range is .37 to .62 off (24 networks,
six ways to quantise)."""

CUT_OFF = 0.04
"""Share of a layer's values at the upper clamp that says its range is too narrow."""

FEW_STEPS = 100
"""Of 255 between a layer's smallest and largest value: its range is too wide."""


def input_scale_off(made: network.Network, floating: network.Network) -> bool:
    """Whether the dense layer's bias counts in another input scale than its input comes in."""
    return abs(input_scale_ratio(made, floating) - 1) > SCALES_MEET


def input_scale_ratio(made: network.Network, floating: network.Network) -> float:
    """The dense layer's input scale as its bias says, over what comes out of the convolutions.

    Each convolution's factor is input scale · weight scale / output scale; weight scales follow
    from the weights, so the output's scale is known from the input's on.
    """
    scale = float(made["scale"])
    for layer, own in zip(floating["layers"], made["layers"], strict=True):
        if layer["kind"] == "pool":
            continue
        weight = layer["weight"]
        if layer["kind"] == "conv":
            weight = weight * _gain(layer)[:, None, None]
        real, whole = (np.reshape(w, (len(w), -1)).astype(float) for w in (weight, own["weight"]))
        steps = (real * whole).sum(axis=1) / np.maximum((whole**2).sum(axis=1), 1)
        if layer["kind"] == "dense":
            by_bias = own["bias"].astype(float) * steps
            return float(layer["bias"] @ layer["bias"] / (by_bias @ layer["bias"]) / scale)
        factor = own["multiplier"].astype(float) * 2.0 ** (own["shift"].astype(float) - 31)
        scale *= float(np.median(steps / factor))
    return 1.0


def _gain(layer: dict[str, Any]) -> np.ndarray:
    return layer["gamma"].astype(float) / np.sqrt(layer["variance"] + layer["epsilon"])


def in_network(made: network.Network, floating: network.Network, signal: np.ndarray) -> str:
    """Name what is plainly missing in the int8 network; `signal` (n, steps, channels): windows."""
    for layer, own in zip(floating["layers"], made["layers"], strict=True):
        if layer["kind"] == "conv":
            trap = _convolution_trap(layer, own)
            if trap:
                return trap
    if not made["layers"][-1]["bias"].any():
        return NO_BIAS
    if input_scale_off(made, floating):
        return POOL_KEEPS
    return _range_trap(made, signal)


def _convolution_trap(layer: dict[str, Any], own: dict[str, Any]) -> str:
    if own["low"] != own["output_zero_point"]:
        return "The ReLU behind a convolution is missing: low has to be the output's zero point."
    for key in ("stride", "padding"):
        if own[key] != layer[key]:
            return f"The {key} is that of the float layer, {layer[key]}; here it is {own[key]}."
    largest = np.abs(own["weight"].astype(int)).reshape(len(own["weight"]), -1).max(axis=1)
    if largest.max() < 120 or (largest.min() >= 63 and np.median(largest) < 120):
        return FEW_BITS
    if np.median(largest) < 120:
        return PER_CHANNEL
    return _fold_trap(layer, own)


def _fold_trap(layer: dict[str, Any], own: dict[str, Any]) -> str:
    """Which other way to treat the batch norm the weights or the biases follow, if any."""
    raw, whole = (
        np.reshape(w, (len(w), -1)).astype(float) for w in (layer["weight"], own["weight"])
    )
    factor = own["multiplier"].astype(float) * 2.0 ** (own["shift"].astype(float) - 31)
    gain, variance = _gain(layer), layer["variance"].astype(float) + layer["epsilon"]
    given = factor * (whole * raw).sum(axis=1) / np.maximum((raw**2).sum(axis=1), 1e-12)
    ways = {
        "": gain,
        NO_ROOT: layer["gamma"] / variance,
        UNFOLDED: np.ones(len(gain)),
        f"{UNFOLDED} ": layer["gamma"].astype(float),
        f"{UNFOLDED}  ": 1 / np.sqrt(variance),
    }
    found = _nearest(given, ways)
    if found:
        return found.strip()
    shift = layer["beta"] - layer["mean"] * gain
    biases = {
        "": shift,
        UNFOLDED: layer["beta"].astype(float),
        f"{UNFOLDED} ": layer["beta"] + layer["mean"] * gain,
        f"{UNFOLDED}  ": layer["beta"] - layer["mean"].astype(float),
        f"{UNFOLDED}   ": -layer["mean"] * gain,
    }
    if not own["bias"].any() and np.abs(shift).max() > 0:
        return UNFOLDED
    return _nearest(factor * own["bias"], biases).strip()


def _nearest(given: np.ndarray, ways: dict[str, np.ndarray]) -> str:
    """Which of the numbers `given` is a multiple of; "" for the first, and in doubt."""
    off = {}
    for words, way in ways.items():
        times = float(given @ way) / max(float(way @ way), 1e-12)
        off[words] = float(np.linalg.norm(given - times * way)) if times > 0 else np.inf
    best = min(off, key=off.__getitem__)
    return best if off[best] < 0.3 * off[""] else ""


def _range_trap(made: network.Network, signal: np.ndarray) -> str:
    codes = integer.activations(made, integer.quantise_input(made, signal[::8]))
    *inner, _ = codes
    for number, values in enumerate(inner):
        what = "the input" if number == 0 else f"what leaves layer {number - 1}"
        pooled = number > 0 and made["layers"][number - 1]["kind"] == "pool"
        share = float(np.mean(values == 127))
        if share > CUT_OFF:
            return f"Ranges are cut too narrowly: {share:.0%} of {what} lies at the upper end."
        steps = int(values.max()) - int(values.min())
        if steps < FEW_STEPS and not pooled:
            return f"Ranges are too wide: {what} uses {steps} of 255 steps."
    return ""
