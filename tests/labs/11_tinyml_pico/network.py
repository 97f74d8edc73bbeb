"""Right and wrong answers to the task `network`."""

from __future__ import annotations

import numpy as np

from labkit.trends.tinyml_pico import integer, network

from .layer import int8_layer, range_scale


def _fold(layer, *, offset=True, root=np.sqrt):
    gain = layer["gamma"] / root(layer["variance"] + layer["epsilon"])
    bias = layer["beta"] - (layer["mean"] * gain if offset else 0)
    return layer["weight"] * gain[:, None, None], bias


def int8_network(
    floating,
    windows,
    *,
    fold=_fold,
    ranges=lambda values: (values.min(), values.max()),
    logits=lambda values: (values.min(), values.max()),
    quantise=int8_layer,
    relu=True,
    keep=True,
):
    *inner, last = network.activations(floating, windows)
    seen = [ranges(values) for values in inner] + [logits(last)]
    scale, zero = range_scale(*seen[0])
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
    return lambda *arguments: int8_network(*arguments, **changes)


def _by_error(floating, windows):
    """Ranges that make the rounding error smallest, searched between half and all of the extremes;
    the batch norm measured with single impulses instead of by its formula."""

    def best(values):
        low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
        sample = np.asarray(values).reshape(-1)[::7]

        def error(share):
            scale, zero = range_scale(share * low, share * high)
            codes = np.clip(np.round(sample / scale) + zero, -128, 127)
            return np.mean((scale * (codes - zero) - sample) ** 2)

        share = min(np.linspace(0.6, 1, 9), key=error)
        return share * low, share * high

    return int8_network(floating, windows, ranges=best)


def _unfolded(layer):
    return layer["weight"], layer["beta"]


def _first_window(floating, windows):
    return int8_network(floating, np.zeros_like(windows[:1]) + 0.01 * windows[:1])


def _stored(floating, windows):
    return integer.int8_network("int8")


def _pool_rescaled(floating, windows):
    made = int8_network(floating, windows)
    made["layers"][-1]["input_zero_point"] += 3
    return made


def _no_padding(floating, windows):
    made = int8_network(floating, windows)
    for layer in made["layers"]:
        if layer["kind"] == "conv":
            layer["padding"] = 0
    return made


RIGHT = {
    "extremes": int8_network,
    "smallest error": _by_error,
}
WRONG = {
    "batch norm left out": (_network_with(fold=_unfolded), "Batch norm is not folded", 0.5),
    "mean left out of the bias": (
        _network_with(fold=lambda layer: _fold(layer, offset=False)),
        "Batch norm is not folded",
        0.5,
    ),
    "one scale for the whole network": (
        _network_with(
            quantise=lambda *a: int8_layer(*a, largest=lambda flat: np.abs(flat).max() * 16)
        ),
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
    "layers alone": (lambda *a: int8_network(*a)["layers"], "A dictionary was expected"),
}
