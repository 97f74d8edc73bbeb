"""Right and wrong answers to the tasks about networks: `layer`, `network` and `budget`."""

from __future__ import annotations

import math

import numpy as np
import torch

from labkit.trends.tinyml_pico import cost, integer, network, training

# --- 2 layer ------------------------------------------------------------------------------------


def _range_scale(low, high, *, extend=True, low_code=-128, whole=np.round):
    if extend:
        low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 255
    return scale, int(np.clip(whole(low_code - low / scale), -128, 127))


def _layer(
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
    scale_in, zero_in = _range_scale(*input_range, **(point or {}))
    scale_out, zero_out = _range_scale(*output_range, **(point or {}))
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


def _with(**changes):
    return lambda *arguments: _layer(*arguments, **changes)


def _in_single_precision(weight, bias, input_range, output_range, relu):
    """Torch tensors, scales stored in single precision, as a .tflite file does."""
    made = _layer(weight, bias, input_range, output_range, relu)
    scales = torch.tensor(np.asarray(weight).reshape(len(weight), -1)).abs().amax(dim=1)
    scales = torch.where(scales > 0, scales / 127, torch.tensor(1e-6))
    scale_in, scale_out = (
        float(np.float32(_range_scale(*r)[0])) for r in (input_range, output_range)
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
    made = _layer(weight, bias, input_range, output_range, relu)
    scale_in, scale_out = _range_scale(*input_range)[0], _range_scale(*output_range)[0]
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
    made = _layer(*arguments)
    return made | {"weight": np.moveaxis(made["weight"], 0, -1)}


def _not_rounded(weight, bias, *rest):
    made = _layer(weight, bias, *rest)
    return made | {"bias": made["bias"] + 0.25}


LAYER_RIGHT = {
    "torch, scales in single precision": _in_single_precision,
    "Python lists": _decimal_loops,
}
LAYER_WRONG = {
    "one scale a tensor": (
        _with(largest=lambda flat: np.abs(flat).max()),
        "One scale for the whole tensor",
    ),
    "range not extended to zero": (
        _with(point={"extend": False}),
        "A range has to hold 0",
        0.75,
    ),
    "zero point for bytes without a sign": (_with(point={"low_code": 0}), "The −128 is missing"),
    "zero point cut off": (_with(point={"whole": np.trunc}), "do not cut the fraction off"),
    "input's zero point folded in": (_with(folded=True), "do not fold it into the bias"),
    "bias cut off": (_with(bias_cut=np.trunc), "Round to the nearest", 0.0),
    "tiny scale for an empty row": (_with(empty=1e-12), "Output 0 has no weights", 0.75),
    "31 subtracted twice": (_with(shift=-31), "31 was subtracted twice", 0.0),
    "weights to 128, wrapped": (_with(step=128, wrap=True), "wraps around to −128", 0.0),
    "symmetric activations": (_with(zero=0), "zero point is 0"),
    "weights to 128": (_with(step=128), "The largest absolute weight becomes 127", 0.0),
    "cut off, not rounded": (_with(cut=np.trunc), "", 0.0),
    "bias in the output's scale": (
        _with(bias_scale=lambda scale_in, scales, scale_out: scale_out),
        "A bias is added to the accumulator",
    ),
    "bias in the weights' scale": (
        _with(bias_scale=lambda scale_in, scales, scale_out: scales),
        "A bias is added to the accumulator",
    ),
    "shift one too small": (_with(shift=-1), "The shift is off"),
    "multiplier of eight bits": (_with(bits=8), "too few bits", 0.5),
    "factor upside down": (
        _with(factor=lambda scale_in, scales, scale_out: scale_out / (scale_in * scales)),
        "",
        0.0,
    ),
    "output's scale forgotten": (
        _with(factor=lambda scale_in, scales, scale_out: scale_in * scales),
        "The real factor is",
    ),
    "ReLU forgotten": (_with(low=-128), "The clamp is", 0.75),  # only one case has one that shows
    "ReLU cuts at 0": (_with(low=0), "The clamp is"),
    "weights transposed": (_transposed, "it should stay"),
    "fractions left in": (_not_rounded, "whole numbers"),
    "a tuple": (lambda *a: tuple(_layer(*a).values()), "A dictionary was expected"),
    "no shift": (
        lambda *a: {k: v for k, v in _layer(*a).items() if k != "shift"},
        "no key 'shift'",
    ),
}

# --- 3 network ----------------------------------------------------------------------------------


def _fold(layer, *, offset=True, root=np.sqrt):
    gain = layer["gamma"] / root(layer["variance"] + layer["epsilon"])
    bias = layer["beta"] - (layer["mean"] * gain if offset else 0)
    return layer["weight"] * gain[:, None, None], bias


def _network(
    floating,
    windows,
    *,
    fold=_fold,
    ranges=lambda values: (values.min(), values.max()),
    logits=lambda values: (values.min(), values.max()),
    quantise=_layer,
    relu=True,
    keep=True,
):
    *inner, last = network.activations(floating, windows)
    seen = [ranges(values) for values in inner] + [logits(last)]
    scale, zero = _range_scale(*seen[0])
    layers = []
    current = seen[0]
    for layer, after in zip(floating["layers"], seen[1:], strict=True):
        if layer["kind"] == "pool":
            layers.append({"kind": "pool"})
            current = current if keep else after
            continue
        weight, bias = fold(layer) if layer["kind"] == "conv" else (layer["weight"], layer["bias"])
        made = quantise(weight, bias, current, after, relu and layer["kind"] == "conv")
        layers.append({**layer, **made} if layer["kind"] == "conv" else {"kind": "dense", **made})
        current = after
    return {"length": 64, "channels": 6, "scale": scale, "zero_point": zero, "layers": layers}


def _network_with(**changes):
    return lambda *arguments: _network(*arguments, **changes)


def _by_error(floating, windows):
    """Ranges that make the rounding error smallest, searched between half and all of the extremes;
    the batch norm measured with single impulses instead of by its formula."""

    def best(values):
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
        sample = np.asarray(values).reshape(-1)[::7]

        def error(share):
            scale, zero = _range_scale(share * low, share * high)
            codes = np.clip(np.round(sample / scale) + zero, -128, 127)
            return np.mean((scale * (codes - zero) - sample) ** 2)

        share = min(np.linspace(0.6, 1, 9), key=error)
        return share * low, share * high

    return _network(floating, windows, ranges=best)


def _unfolded(layer):
    return layer["weight"], layer["beta"]


def _first_window(floating, windows):
    return _network(floating, np.zeros_like(windows[:1]) + 0.01 * windows[:1])


def _stored(floating, windows):
    return integer.int8_network("int8")


def _pool_rescaled(floating, windows):
    made = _network(floating, windows)
    made["layers"][-1]["input_zero_point"] += 3
    return made


def _no_padding(floating, windows):
    made = _network(floating, windows)
    for layer in made["layers"]:
        if layer["kind"] == "conv":
            layer["padding"] = 0
    return made


NETWORK_RIGHT = {
    "extremes": _network,
    "smallest error": _by_error,
}
NETWORK_WRONG = {
    "batch norm left out": (_network_with(fold=_unfolded), "Batch norm is not folded", 0.5),
    "mean left out of the bias": (
        _network_with(fold=lambda layer: _fold(layer, offset=False)),
        "Batch norm is not folded",
        0.5,
    ),
    "one scale for the whole network": (
        _network_with(quantise=lambda *a: _layer(*a, largest=lambda flat: np.abs(flat).max() * 16)),
        "One scale for the whole tensor",
        0.5,
    ),
    "symmetric ranges, no ReLU": (
        _network_with(relu=False, ranges=lambda values: (-values.max(), values.max())),
        "The ReLU behind a convolution is missing",
        0.5,
    ),
    "ranges of silence": (_first_window, "agrees with the float one", 0.5),
    "ranges too narrow": (
        _network_with(ranges=lambda values: tuple(np.percentile(values, [40, 60]))),
        "Ranges are cut too narrowly",
        0.5,
    ),
    "the pool's own range": (_network_with(keep=False), "The pool keeps the scale", 0.5),
    "no square root": (
        _network_with(fold=lambda layer: _fold(layer, root=lambda variance: variance)),
        "the root is missing",
        0.5,
    ),
    "no padding": (_no_padding, "The padding is that of the float layer", 0.5),
    "a stored network": (_stored, "agrees with the float one"),
    "zero points that do not meet": (_pool_rescaled, "has input_zero_point"),
    "the float network itself": (lambda floating, windows: floating, "no key"),
    "layers alone": (lambda *a: _network(*a)["layers"], "A dictionary was expected"),
}

# --- 4 budget -----------------------------------------------------------------------------------


def _fits(widths, limits):
    shape = training.prune(network.float_network("w24"), widths)
    return (
        cost.cycles(shape) <= limits["cycles"] and cost.flash_bytes(shape) <= limits["flash_bytes"]
    )


def _distilled(signal, exercise, limits):
    """Two teachers of twice the width, few epochs, then the pupil."""
    teachers = [
        training.train(signal, exercise, widths=(16, 24, 24), seed=seed, epochs=20)
        for seed in (1, 2)
    ]
    teacher = training.ensemble(teachers, signal)
    widths = max((w for w in _SHAPES if _fits(w, limits)), key=sum)
    pupil = training.train(signal, exercise, widths=widths, seed=5, teacher=teacher)
    return _network(pupil, signal[::4])


_SHAPES = [(a, b, c) for a in (4, 6, 8) for b in (8, 10, 12) for c in (8, 12, 16)]


def _pruned(signal, exercise, limits):
    """A larger network, then its strongest channels alone, trained again."""
    large = training.train(signal, exercise, widths=(12, 16, 20), seed=3, epochs=20)
    widths = max((w for w in _SHAPES if _fits(w, limits)), key=sum)
    small = training.train(signal, exercise, seed=3, epochs=30, start=training.prune(large, widths))
    return _network(small, signal[::4])


def _trained(widths, **changes):
    def fit(signal, exercise, limits):
        made = training.train(signal, exercise, widths=widths, **{"epochs": 1, **changes})
        return _network(made, signal[::8])

    return fit


def _zeroed(signal, exercise, limits):
    """A large network whose small weights were set to zero."""
    made = _trained((16, 24, 32))(signal, exercise, limits)
    for layer in made["layers"]:
        if "weight" in layer:
            layer["weight"] = np.where(np.abs(layer["weight"]) < 80, 0, layer["weight"])
    return made


def _cut_down(signal, exercise, limits):
    large = training.train(signal, exercise, widths=(16, 24, 32), epochs=3)
    return _network(training.prune(large, (4, 6, 8)), signal[::8])


def _shuffled_labels(signal, exercise, limits):
    order = np.random.default_rng(0).permutation(len(exercise))
    return _trained((8, 12, 16), epochs=2)(signal, exercise[order], limits)


def _float_answer(signal, exercise, limits):
    return training.train(signal, exercise, widths=(4, 4, 4), epochs=1)


BUDGET_RIGHT = {"distilled from two teachers": _distilled, "pruned and trained again": _pruned}
BUDGET_WRONG = {
    "the whole network": (_trained((16, 24, 32)), "the budget is"),
    "zeros for small weights": (_zeroed, "Whole channels have to go"),
    "cheap cycles, too much flash": (_trained((4, 6, 64)), "bytes of flash; the budget is"),
    "pruned, not trained again": (_cut_down, "Dominated"),
    "one epoch": (_trained((4, 8, 8)), "Dominated"),
    "three channels": (_trained((2, 2, 2), epochs=6), "Dominated"),
    "shuffled labels": (_shuffled_labels, "Dominated"),
    "in floating point": (_float_answer, "no key"),
}

RIGHT = {"layer": LAYER_RIGHT, "network": NETWORK_RIGHT, "budget": BUDGET_RIGHT}
WRONG = {"layer": LAYER_WRONG, "network": NETWORK_WRONG, "budget": BUDGET_WRONG}
