"""The int8 network as plain data, and the reference that runs it with whole numbers only.

What the chip answers must equal what `run` says, bit for bit. A network is a dict:

- ``length``, ``channels``; ``scale`` and ``zero_point`` of the input:
  ``real = scale * (whole - zero_point)``;
- ``layers``: a list of dicts, each with a ``kind``.
  - ``conv``: ``weight`` (out, kernel, in) int8, ``bias`` (out,) int32, ``stride``, ``padding``
    (the input's zero point on both sides), and the requantisation: ``multiplier`` (out,) int32,
    0 or 2**30 to 2**31 - 1, ``shift`` (out,) int32, which together stand for
    ``multiplier * 2.0 ** (shift - 31)``; ``input_zero_point``, ``output_zero_point``, and the
    clamp ``low`` to ``high``, in which a ReLU is ``low = output_zero_point``.
    ``weight_scale`` (out,) and ``output_scale`` say what the whole numbers mean; `run` does not
    need them.
  - ``pool``: the mean over all steps, rounded half away from zero, in the input's scale.
  - ``dense``: as ``conv``, with ``weight`` (out, in) and neither stride nor padding.

How such a network is made of a float one is left to the learner.

Source: TensorFlow Lite 8-bit quantization specification,
https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec; Jacob et
al. (2018), Quantization and training of neural networks for efficient integer-arithmetic-only
inference.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .network import Network, copy, load, patches

Int8 = NDArray[np.int8]
Int64 = NDArray[np.int64]

_AT_ONCE = 32
"""Windows computed together: bounds the memory that a large network takes."""


def quantise_input(network: Network, signal: ArrayLike) -> Int8:
    """Real values, any shape, to int8: divided by the scale, rounded half away from zero."""
    steps = np.asarray(signal, np.float64) / network["scale"]
    whole = np.sign(steps) * np.floor(np.abs(steps) + 0.5) + network["zero_point"]
    return np.clip(whole, -128, 127).astype(np.int8)


def run(network: Network, signal: Int8) -> Int8:
    """The network's answers (n, classes) to int8 windows (n, steps, channels)."""
    windows = np.asarray(signal, np.int8)
    groups = [windows[start : start + _AT_ONCE] for start in range(0, len(windows), _AT_ONCE)]
    return np.concatenate([activations(network, group)[-1] for group in groups or [windows]])


def activations(network: Network, signal: Int8) -> list[Int8]:
    """The int8 input and what comes out of each layer, in the layers' order."""
    values = [np.asarray(signal, np.int8)]
    for layer in network["layers"]:
        values.append(pool(values[-1]) if layer["kind"] == "pool" else apply(layer, values[-1]))
    return values


def apply(layer: Mapping[str, Any], signal: Int8) -> Int8:
    """One convolution or dense layer with its requantisation: int8 in, int8 out."""
    scaled = requantise(accumulate(layer, signal), layer["multiplier"], layer["shift"])
    clamped = np.clip(scaled + layer["output_zero_point"], layer["low"], layer["high"])
    return clamped.astype(np.int8)


def pool(signal: Int8) -> Int8:
    """The mean over all steps, (n, steps, channels) to (n, channels), half away from zero."""
    steps = signal.shape[1]
    total = signal.astype(np.int64).sum(axis=1)
    return (np.sign(total) * ((np.abs(total) + steps // 2) // steps)).astype(np.int8)


def accumulate(layer: Mapping[str, Any], signal: Int8) -> Int64:
    """Bias plus sum of weight times (input minus its zero point), before requantisation.

    (n, steps', out) of a convolution, (n, out) of a dense layer.
    """
    weight = np.asarray(layer["weight"])
    # float64 holds whole numbers up to 2**53 exactly, and multiplies matrices much faster.
    centred = np.asarray(signal).astype(np.float64) - layer["input_zero_point"]
    if layer["kind"] == "conv":
        padded = np.pad(centred, ((0, 0), (layer["padding"],) * 2, (0, 0)))
        centred = patches(padded, weight.shape[1], layer["stride"])
    sums = centred @ weight.reshape(len(weight), -1).astype(np.float64).T
    return sums.astype(np.int64) + np.asarray(layer["bias"], np.int64)


def requantise(accumulator: ArrayLike, multiplier: ArrayLike, shift: ArrayLike) -> Int64:
    """Scale by ``multiplier * 2 ** (shift - 31)``, rounded twice as TFLite's reference does.

    First the upper half of the doubled 64-bit product, rounded to the nearest whole number (ties
    up), then a right shift by ``-shift``, rounded to the nearest (ties away from zero). A positive
    shift is applied to the left before all else. Whole numbers that broadcast; int64.

    Source: `MultiplyByQuantizedMultiplier` of TensorFlow Lite, built from gemmlowp's
    `SaturatingRoundingDoublingHighMul` and `RoundingDivideByPOT`.
    """
    wide, shift = np.asarray(accumulator, np.int64), np.asarray(shift, np.int64)
    product = (wide << np.maximum(shift, 0)) * np.asarray(multiplier, np.int64)
    # The nudge and C's division, which truncates, are one floor: a tie goes up for both signs.
    high = (product + (1 << 30)) >> 31
    right = np.maximum(-shift, 0)
    remainder = high & ((np.int64(1) << right) - 1)
    half = (((np.int64(1) << right) - 1) >> 1) + (high < 0)
    return (high >> right) + (remainder > half)


def accumulator_bound(layer: Mapping[str, Any]) -> Int64:
    """Per output, (out,): what no partial sum exceeds in size, in any order, on any input.

    For a kernel that starts at the bias with the zero point folded in (`folded_bias`) and adds
    weight times raw int8 value.
    """
    weight = np.asarray(layer["weight"], np.int64).reshape(len(layer["weight"]), -1)
    return np.abs(folded_bias(layer)) + 128 * np.abs(weight).sum(axis=1)


def folded_bias(layer: Mapping[str, Any]) -> Int64:
    """Bias less input zero point times sum of weights, (out,): raw int8 values may then be used."""
    weight = np.asarray(layer["weight"], np.int64).reshape(len(layer["weight"]), -1)
    return np.asarray(layer["bias"], np.int64) - int(layer["input_zero_point"]) * weight.sum(axis=1)


@cache
def _shipped() -> dict[str, Network]:
    with as_file(files(__package__) / "int8_networks.npz") as path:
        return load(path)


def int8_networks() -> tuple[str, ...]:
    """Names of the int8 networks that come with the package."""
    return tuple(_shipped())


def int8_network(name: str = "int8") -> Network:
    """A ready int8 network: "int8" is ``network.float_network(0)`` in whole numbers.

    "int7" to "int4" are the same with narrower weights, "seed1" to "seed7" other seeds, and "w4"
    to "w24" the widths of ``network.WIDE``. Raises ValueError for a name that is not among
    `int8_networks`.
    """
    if name not in _shipped():
        raise ValueError(f"no network {name!r} was stored; there are {', '.join(_shipped())}")
    return copy(_shipped()[name])
