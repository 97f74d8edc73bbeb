"""Refuses an int8 network that could not run, in words for the person who made it.

`validated` turns whatever was built, by hand or by a learner's code, into the exact form that
`integer` describes, or says which layer and which value is wrong. Whether the numbers are good
ones is not asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .integer import accumulator_bound
from .network import Network, macs, steps_out

MOST_LAYERS, MOST_STEPS, MOST_CHANNELS = 16, 1024, 512
MOST_WEIGHTS, MOST_MACS = 200_000, 1_000_000
"""Far above what a Pico holds; below what would keep the reference busy for long."""


class NetworkError(ValueError):
    """An int8 network that breaks its specification; the message says where and how."""


def validated(network: Any) -> Network:
    """A copy of `network` with every array of the type that `integer` specifies.

    Lists are taken for arrays, and whole numbers of any type for ints. Raises NetworkError where a
    key is missing, a shape does not fit the layer before, a number is out of its range, or an
    accumulator could leave int32 on some input.
    """
    top = _mapping(network, "the network")
    length = _whole(top, "length", 1, MOST_STEPS, "the network")
    channels = _whole(top, "channels", 1, MOST_CHANNELS, "the network")
    zero_point = _whole(top, "zero_point", -128, 127, "the network")
    layers = top.get("layers")
    if not isinstance(layers, list | tuple) or not 1 <= len(layers) <= MOST_LAYERS:
        raise NetworkError(f"the network's layers must be a list of 1 to {MOST_LAYERS} dicts")
    steps, wide, zero, checked = length, channels, zero_point, []
    for row, layer in enumerate(layers):
        layer = _layer(layer, f"layer {row}", steps, wide, zero)
        checked.append(layer)
        if layer["kind"] != "pool":
            wide, zero = len(layer["weight"]), layer["output_zero_point"]
        steps = steps_out(layer, steps)
    if checked[-1]["kind"] != "dense":
        raise NetworkError(f"the last layer must be of kind 'dense', not {checked[-1]['kind']!r}")
    made = {
        "length": length,
        "channels": channels,
        "scale": _positive(top, "scale", "the network"),
        "zero_point": zero_point,
        "layers": checked,
    }
    if sum(macs(made)) > MOST_MACS:
        raise NetworkError(f"the network multiplies {sum(macs(made))} times; at most {MOST_MACS}")
    return made


def _layer(layer: Any, where: str, steps: int, wide: int, zero: int) -> dict[str, Any]:
    given = _mapping(layer, where)
    kind = given.get("kind")
    if not isinstance(kind, str):
        raise NetworkError(f"{where} needs a 'kind': 'conv', 'pool' or 'dense'")
    if kind == "pool":
        return {"kind": "pool"}
    if kind not in ("conv", "dense"):
        raise NetworkError(f"{where} has the kind {kind!r}; use 'conv', 'pool' or 'dense'")
    weight = _weight(given, kind, where, wide)
    if kind == "dense" and steps != 1:
        raise NetworkError(f"{where} is dense but gets {steps} steps; put a pool before it")
    made = {"kind": kind, "weight": weight} | _numbers(given, where, len(weight))
    if made["input_zero_point"] != zero:
        raise NetworkError(
            f"{where} has input_zero_point {made['input_zero_point']}, but what it gets has the "
            f"zero point {zero}"
        )
    if kind == "conv":
        made |= _window(given, where, steps, weight.shape[1])
    _bounded(made, where)
    return made


def _weight(given: Mapping[str, Any], kind: str, where: str, wide: int) -> NDArray[np.int8]:
    weight = _integers(given, "weight", -128, 127, where).astype(np.int8)
    expected = "(out, kernel, in)" if kind == "conv" else "(out, in)"
    if weight.ndim != (3 if kind == "conv" else 2) or not weight.size:
        raise NetworkError(f"{where}: weight has the shape {weight.shape}, expected {expected}")
    if weight.shape[-1] != wide:
        raise NetworkError(
            f"{where}: weight has the shape {weight.shape}, {expected}, but {wide} channels come in"
        )
    if len(weight) > MOST_CHANNELS:
        raise NetworkError(f"{where} has {len(weight)} outputs; at most {MOST_CHANNELS}")
    return weight


def _numbers(given: Mapping[str, Any], where: str, out: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    limits = {
        "bias": (-(2**31), 2**31 - 1),
        "multiplier": (0, 2**31 - 1),
        "shift": (-31, 30),
    }
    for key, (low, high) in limits.items():
        made[key] = _integers(given, key, low, high, where).astype(np.int32)
        if made[key].shape != (out,):
            raise NetworkError(f"{where}: {key} has the shape {made[key].shape}, expected ({out},)")
    small = (made["multiplier"] != 0) & (made["multiplier"] < 2**30)
    if small.any():
        channel = int(np.argmax(small))
        raise NetworkError(
            f"{where}: multiplier {made['multiplier'][channel]} of output {channel} has lost its "
            f"top bits; use 2**30 to 2**31 - 1 and a smaller shift"
        )
    for key in ("input_zero_point", "output_zero_point", "low", "high"):
        made[key] = _whole(given, key, -128, 127, where)
    if made["low"] > made["high"]:
        raise NetworkError(f"{where}: low {made['low']} is above high {made['high']}")
    if "weight_scale" in given:
        made["weight_scale"] = _reals(given, "weight_scale", where, out)
    if "output_scale" in given:
        made["output_scale"] = _positive(given, "output_scale", where)
    return made


def _window(given: Mapping[str, Any], where: str, steps: int, kernel: int) -> dict[str, Any]:
    made = {
        "stride": _whole(given, "stride", 1, MOST_STEPS, where),
        "padding": _whole(given, "padding", 0, kernel, where),
    }
    if steps + 2 * made["padding"] < kernel:
        raise NetworkError(f"{where}: a kernel of {kernel} does not fit into {steps} steps")
    return made


def _bounded(layer: dict[str, Any], where: str) -> None:
    largest = accumulator_bound(layer) << np.maximum(layer["shift"], 0).astype(np.int64)
    if (largest >= 2**31).any():
        output = int(np.argmax(largest))
        raise NetworkError(
            f"{where}: the accumulator of output {output} can reach {largest[output]}, more than "
            f"int32 holds; its bias is {layer['bias'][output]}"
        )


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NetworkError(f"{where} must be a dict, not {type(value).__name__}")
    return value


def _get(given: Mapping[str, Any], key: str, where: str) -> Any:
    if key not in given:
        raise NetworkError(f"{where} has no {key!r}")
    return given[key]


def _integers(
    given: Mapping[str, Any], key: str, low: int, high: int, where: str
) -> NDArray[np.int64]:
    value = _get(given, key, where)
    try:
        numbers = np.asarray(value)
    except ValueError as error:
        raise NetworkError(f"{where}: {key} must be an array of whole numbers") from error
    if numbers.dtype.kind not in "iuf":
        raise NetworkError(f"{where}: {key} must be an array of whole numbers")
    if numbers.size > MOST_WEIGHTS:
        raise NetworkError(f"{where}: {key} has {numbers.size} values; at most {MOST_WEIGHTS}")
    # Every whole number allowed here fits a float64, so nothing is lost by looking at that.
    real = numbers.astype(np.float64)
    if not (np.isfinite(real) & (real == np.floor(real))).all():
        raise NetworkError(f"{where}: {key} must hold whole numbers; round before you store them")
    if real.size and not (low <= real.min() and real.max() <= high):
        raise NetworkError(
            f"{where}: {key} runs from {real.min():.0f} to {real.max():.0f}, "
            f"allowed is {low} to {high}"
        )
    return real.astype(np.int64)


def _whole(given: Mapping[str, Any], key: str, low: int, high: int, where: str) -> int:
    number = _integers(given, key, low, high, where)
    if number.size != 1:
        raise NetworkError(f"{where}: {key} must be one number, not {number.size}")
    return int(number.reshape(-1)[0])


def _reals(given: Mapping[str, Any], key: str, where: str, out: int) -> NDArray[np.float32]:
    value = _get(given, key, where)
    try:
        numbers = np.asarray(value, np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise NetworkError(f"{where}: {key} must be an array of numbers") from error
    if numbers.size == 1:
        numbers = np.repeat(numbers, out)
    if numbers.shape != (out,) or not (np.isfinite(numbers) & (numbers > 0)).all():
        raise NetworkError(f"{where}: {key} must be {out} positive numbers")
    return numbers.astype(np.float32)


def _positive(given: Mapping[str, Any], key: str, where: str) -> float:
    return float(_reals(given, key, where, 1)[0])
