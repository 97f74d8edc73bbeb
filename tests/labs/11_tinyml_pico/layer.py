"""Right and wrong answers to the task `layer`."""

from __future__ import annotations

import math

import numpy as np
import torch


def range_scale(low, high, *, extend=True, low_code=-128, whole=np.round, steps=255):
    if extend:
        low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / steps
    return scale, int(np.clip(whole(low_code - low / scale), -128, 127))


def int8_layer(
    weight,
    bias,
    input_range,
    output_range,
    relu,
    *,
    zero=None,
    point=None,
    folded=False,
    empty=1.0,
    wrap=False,
    bias_cut=None,
    largest=lambda flat: np.abs(flat).max(axis=1),
    step=127,
    bias_scale=lambda scale_in, scales, scale_out: scale_in * scales,
    factor=lambda scale_in, scales, scale_out: scale_in * scales / scale_out,
    bits=31,
    shift=0,
    low=None,
    cut=np.round,
):
    """The layer by loops over the outputs, with a mistake where one is asked for."""
    scale_in, zero_in = range_scale(*input_range, **(point or {}))
    scale_out, zero_out = range_scale(*output_range, **(point or {}))
    zero_in, zero_out = (zero_in, zero_out) if zero is None else (zero, zero)
    flat = np.asarray(weight, np.float64).reshape(len(weight), -1)
    top = np.broadcast_to(largest(flat), len(flat))
    scales = np.where(top > 0, top, empty) / step
    multiplier, exponent = [], []
    for real in np.broadcast_to(factor(scale_in, scales, scale_out), len(flat)):
        fraction, power = math.frexp(real)
        whole = round(fraction * 2**bits) << (31 - bits)
        if whole == 2**31:
            whole, power = whole // 2, power + 1
        multiplier.append(whole)
        exponent.append(power + shift)
    whole_weights = cut(flat / scales[:, None])
    kept = whole_weights.astype(int).astype(np.int8) if wrap else whole_weights.clip(-128, 127)
    biases = (bias_cut or cut)(np.asarray(bias) / bias_scale(scale_in, scales, scale_out))
    made = {
        "weight": kept.reshape(np.shape(weight)),
        "bias": biases - zero_in * whole_weights.sum(axis=1) if folded else biases,
        "multiplier": multiplier,
        "shift": exponent,
        "input_zero_point": zero_in,
        "output_zero_point": zero_out,
        "low": (zero_out if relu else -128) if low is None else low,
        "high": 127,
    }
    return made


def _power_of_two(flat):
    """Largest weights rounded up, so that the scale becomes a power of two."""
    largest = np.maximum(np.abs(flat).max(axis=1), 1e-30)
    return np.where(flat.any(axis=1), 127 * 2.0 ** np.ceil(np.log2(largest / 127)), 0)


def _with(**changes):
    return lambda *arguments: int8_layer(*arguments, **changes)


def _in_single_precision(weight, bias, input_range, output_range, relu):
    """Torch tensors, scales stored in single precision, as a .tflite file does."""
    made = int8_layer(weight, bias, input_range, output_range, relu)
    scales = torch.tensor(np.asarray(weight).reshape(len(weight), -1)).abs().amax(dim=1)
    scales = torch.where(scales > 0, scales / 127, torch.tensor(1e-6))
    scale_in, scale_out = (
        float(np.float32(range_scale(*r)[0])) for r in (input_range, output_range)
    )
    parts = [math.frexp(scale_in * float(s) / scale_out) for s in scales]
    shape = (-1, *[1] * (np.ndim(weight) - 1))
    return made | {
        "weight": torch.round(torch.tensor(weight) / scales.reshape(shape)).to(torch.int8),
        "bias": torch.round(torch.tensor(bias).double() / (scale_in * scales.double())).int(),
        "multiplier": torch.tensor([math.floor(f * 2**31 + 0.5) for f, _ in parts]),
        "shift": torch.tensor([e for _, e in parts]),
    }


def _decimal_loops(weight, bias, input_range, output_range, relu):
    """Plain Python numbers and lists, the multiplier found by doubling."""
    made = int8_layer(weight, bias, input_range, output_range, relu)
    scale_in, scale_out = range_scale(*input_range)[0], range_scale(*output_range)[0]
    multiplier, shift = [], []
    for row in np.asarray(weight).reshape(len(weight), -1).tolist():
        real = scale_in * (max(map(abs, row)) or 127.0) / 127 / scale_out
        power = 0
        while real < 0.5:
            real, power = 2 * real, power - 1
        while real >= 1:
            real, power = real / 2, power + 1
        multiplier.append(int(real * 2**31 + 0.5))
        shift.append(power)
    lists = {key: np.asarray(value).tolist() for key, value in made.items()}
    return {**lists, "multiplier": multiplier, "shift": shift, "note": "by hand"}


def _transposed(*arguments):
    made = int8_layer(*arguments)
    return made | {"weight": np.moveaxis(made["weight"], 0, -1)}


def _not_rounded(weight, bias, *rest):
    made = int8_layer(weight, bias, *rest)
    return made | {"bias": made["bias"] + 0.25}


RIGHT = {
    "torch, scales in single precision": _in_single_precision,
    "Python lists": _decimal_loops,
}


def _along(axis):
    """Scales along another axis than the first; multiplier and bias with their mean."""

    def answer(weight, bias, *rest):
        made = int8_layer(weight, bias, *rest)
        weight = np.asarray(weight)
        others = tuple(i for i in range(weight.ndim) if i != axis % weight.ndim)
        largest = np.abs(weight).max(axis=others, keepdims=True)
        return made | {"weight": np.round(weight / largest * 127)}

    return answer


WRONG = {
    "scales along the inputs": (_along(-1), "along another axis"),
    "256 steps": (_with(point={"steps": 256}), "there are 255 steps"),
    "254 steps": (_with(point={"steps": 254}), "there are 255 steps"),
    "one scale a tensor": (
        _with(largest=lambda flat: np.abs(flat).max()),
        "One scale for the whole tensor",
    ),
    "scales that are powers of two": (_with(largest=_power_of_two), "a part of the 255 steps"),
    "weights of seven bits": (_with(step=63), "a part of the 255 steps"),
    "range not extended to zero": (
        _with(point={"extend": False}),
        "A range has to hold 0",
    ),
    "zero point for bytes without a sign": (_with(point={"low_code": 0}), "The −128 is missing"),
    "zero point cut off": (_with(point={"whole": np.trunc}), "do not cut the fraction off"),
    "input's zero point folded in": (_with(folded=True), "do not fold it into the bias"),
    "bias cut off": (_with(bias_cut=np.trunc), "Round to the nearest"),
    "tiny scale for an empty row": (_with(empty=1e-12), "Output 0 has no weights"),
    "31 subtracted twice": (_with(shift=-31), "31 was subtracted twice"),
    "weights to 128, wrapped": (_with(step=128, wrap=True), "wraps around to −128"),
    "symmetric activations": (_with(zero=0), "zero point is 0"),
    "weights to 128": (_with(step=128), "The largest absolute weight becomes 127"),
    "cut off, not rounded": (_with(cut=np.trunc), ""),
    "bias in the output's scale": (
        _with(bias_scale=lambda scale_in, scales, scale_out: scale_out),
        "A bias is added to the accumulator",
    ),
    "bias in the weights' scale": (
        _with(bias_scale=lambda scale_in, scales, scale_out: scales),
        "A bias is added to the accumulator",
    ),
    "shift one too small": (_with(shift=-1), "The shift is off"),
    "multiplier of eight bits": (_with(bits=8), "too few bits"),
    "factor upside down": (
        _with(factor=lambda scale_in, scales, scale_out: scale_out / (scale_in * scales)),
        "",
    ),
    "output's scale forgotten": (
        _with(factor=lambda scale_in, scales, scale_out: scale_in * scales),
        "The real factor is",
    ),
    "ReLU forgotten": (_with(low=-128), "The clamp is"),
    "ReLU cuts at 0": (_with(low=0), "The clamp is"),
    "weights transposed": (_transposed, "it should stay"),
    "fractions left in": (_not_rounded, "whole numbers"),
    "a tuple": (lambda *a: tuple(int8_layer(*a).values()), "A dictionary was expected"),
    "no shift": (
        lambda *a: {k: v for k, v in int8_layer(*a).items() if k != "shift"},
        "no key 'shift'",
    ),
}

HARMLESS = {
    "constant: …t.reshape(len(weight), -1).astype(float) -> *": "NumPy takes any negative number",
    "constant: …largest > 0, largest, 1.0) / 127 -> *": "a row without weights has no own scale",
}
