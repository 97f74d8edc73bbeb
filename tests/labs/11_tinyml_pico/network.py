"""Right and wrong answers to the task `network`."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
from unittest import mock

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.trends.tinyml_pico import integer, network

from .layer import int8_layer, range_scale


@contextlib.contextmanager
def sharing():
    """While this lasts, the float network of a case is trained once."""
    with mock.patch.object(redraw, "float_network", _trained_once):
        yield


def _trained_once(case):
    return network.copy(_trained(json.dumps(case)))


@functools.lru_cache(maxsize=4)
def _trained(case):
    return _float_network(json.loads(case))


_float_network = redraw.float_network


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
    """The stored network whose first weights are most alike."""
    wanted = np.sort(np.abs(floating["layers"][0]["weight"]), axis=None)

    def distance(seed):
        stored = np.sort(np.abs(network.float_network(seed)["layers"][0]["weight"]), axis=None)
        places = np.linspace(0, len(stored) - 1, len(wanted)).astype(int)
        return np.abs(stored[places] - wanted).sum()

    seed = min(network.FLOAT_SEEDS, key=distance)
    return integer.int8_network(f"seed{seed}" if seed else "int8")


def _without_dense_bias(floating, windows):
    made = int8_network(floating, windows)
    made["layers"][-1]["bias"] = np.zeros_like(made["layers"][-1]["bias"])
    return made


def _usual_ranges(floating, windows, *, given=((-4, 4), *[(0, 6)] * 4, (-8, 12))):
    """Ranges that suit many networks, whatever the windows show; None takes the extremes."""
    ranges = iter(given)

    def usual(values):
        return next(ranges) or (values.min(), values.max())

    return int8_network(floating, windows, ranges=usual, logits=usual)


def _usual_relu(floating, windows):
    return _usual_ranges(floating, windows, given=(None, *[(0, 6)] * 4, None))


def _usual_input(floating, windows):
    return _usual_ranges(floating, windows, given=((-3, 3), *[None] * 5))


def _one_range_for_all(floating, windows):
    """The widest range of all layers, for every one."""
    values = network.activations(floating, windows)
    widest = min(v.min() for v in values), max(v.max() for v in values)
    return int8_network(floating, windows, ranges=lambda _: widest, logits=lambda _: widest)


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


def _equalised(floating, windows):
    """Cross-layer equalisation: channels get ranges that suit both sides, then all as usual."""
    layers = [dict(layer) for layer in floating["layers"]]
    for layer in layers:
        if layer["kind"] == "conv":
            weight, bias = _fold(layer)
            for key in ("gamma", "beta", "mean", "variance", "epsilon"):
                del layer[key]
            layer |= {"weight": weight, "bias": bias}
    weighty = [layer for layer in layers if "weight" in layer]
    for _ in range(4):
        for layer, after in itertools.pairwise(weighty):
            own = np.abs(layer["weight"]).reshape(len(layer["weight"]), -1).max(axis=1)
            next_one = np.abs(after["weight"]).reshape(-1, len(own)).max(axis=0)
            size = np.sqrt(next_one / own)
            layer["weight"] = layer["weight"] * size.reshape(-1, 1, 1)
            layer["bias"] = layer["bias"] * size
            after["weight"] = after["weight"] / size
    alike = floating | {"layers": layers}
    return int8_network(alike, windows, fold=lambda layer: (layer["weight"], layer["bias"]))


def _of_some(some, margin):
    """Ranges of some of the windows, times a margin."""

    def wider(values):
        return margin * values.min(), margin * values.max()

    return lambda floating, windows: int8_network(
        floating, windows[some], ranges=wider, logits=wider
    )


def _percentiles(floating, windows):
    cut = lambda values: tuple(np.percentile(values, [0.1, 99.9]))  # noqa: E731
    made = int8_network(floating, windows, ranges=cut)
    return {**made, "layers": tuple(made["layers"])}


RIGHT = {
    "channels equalised first": _equalised,
    "percentiles": _percentiles,
    "extremes": int8_network,
    "smallest error": _by_error,
}
WRONG = {
    "batch norm left out": (_network_with(fold=_unfolded), "Batch norm is not folded"),
    "mean left out of the bias": (
        _network_with(fold=lambda layer: _fold(layer, offset=False)),
        "Batch norm is not folded",
    ),
    "one scale for a whole tensor": (
        _network_with(quantise=lambda *a: int8_layer(*a, largest=lambda flat: np.abs(flat).max())),
        "One scale for the whole tensor",
    ),
    "neither weight nor bias folded": (
        _network_with(fold=lambda layer: (layer["weight"], 0 * layer["beta"])),
        "Batch norm is not folded",
    ),
    "gamma left out": (
        _network_with(fold=lambda layer: _fold({**layer, "gamma": 1 + 0 * layer["gamma"]})),
        "Batch norm is not folded",
    ),
    "bias not folded": (
        _network_with(fold=lambda layer: (_fold(layer)[0], layer["beta"])),
        "Batch norm is not folded",
    ),
    "symmetric ranges, no ReLU": (
        _network_with(relu=False, ranges=lambda values: (-values.max(), values.max())),
        "The ReLU behind a convolution is missing",
    ),
    "ranges of silence": (_first_window, "agrees with the float one"),
    "twelve windows behind the first two": (_of_some(slice(2, 14), 1.4), ""),
    "eight windows, with a wide margin": (_of_some(slice(8), 20.0), ""),
    "every sixteenth window": (_of_some(slice(0, None, 16), 2.0), ""),
    "every second window": (_of_some(slice(0, None, 2), 1.0), ""),
    "ranges too narrow": (
        _network_with(ranges=lambda values: tuple(np.percentile(values, [5, 95]))),
        "Ranges are cut too narrowly",
    ),
    "the pool's own range": (_network_with(keep=False), "The pool keeps the scale"),
    "no square root": (
        _network_with(fold=lambda layer: _fold(layer, root=lambda variance: variance)),
        "the root is missing",
    ),
    "no padding": (_no_padding, "The padding is that of the float layer"),
    "ranges that suit many networks": (_usual_ranges, "Ranges are"),
    "a ReLU up to 6": (_usual_relu, "Ranges are"),
    "three deviations of input": (_usual_input, ""),
    "one range for all layers": (_one_range_for_all, "Ranges are too wide"),
    "weights of five bits": (
        _network_with(quantise=lambda *a: int8_layer(*a, step=15)),
        "a part of the 255 steps",
    ),
    "bias of the dense layer left out": (_without_dense_bias, "bias of the dense layer"),
    "beta left out": (
        _network_with(fold=lambda layer: _fold({**layer, "beta": 0 * layer["beta"]})),
        "Batch norm is not folded",
    ),
    "a stored network": (_stored, ""),
    "zero points that do not meet": (_pool_rescaled, "has input_zero_point"),
    "the float network itself": (lambda floating, windows: floating, "no key"),
    "layers alone": (lambda *a: int8_network(*a)["layers"], "A dictionary was expected"),
}

HARMLESS = {
    "operator: ….sqrt(layer['variance'] + layer['epsilon']) -> ….sqrt(layer['variance'] - "
    "layer['epsilon'])": "epsilon is small beside every variance",
    "constant: ….percentile(values, [0.1, 99.9])) for values in inner] -> *": "a range may cut off "
    "a little more",
    "constant: …(layer), current, seen, True) -> …(layer), current, seen, False)": "what a ReLU "
    "lets through begins at 0, and so does its range: its zero point is the lowest step already",
}
