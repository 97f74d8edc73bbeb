"""Writes an int8 network as C source for the firmware: constants, one buffer, one call a layer.

The text includes `tinyml.h`, where the firmware's kernels are documented, and computes what
`integer.run` computes, bit for bit. A network with an accumulator that could overflow on the chip,
whatever the input, is refused before there is any C. The layout of the packed kernels' weights is
left to `packing`, compiling to `build`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import packing
from .integer import accumulator_bound, folded_bias
from .network import Network, macs, steps_out
from .validate import NetworkError, validated

KERNELS = ("plain", "packed", "packed7")
"""The C kernel, the assembler kernel, and the assembler kernel for weights of 7 bits."""

MOST_ROWS, MOST_TAPS = 64, 8192
"""`TINYML_MAX_ROWS` of the C kernel, and what is safe in the 16 bits of its strides."""

LARGEST_ACCUMULATOR = 2**30 - 1
"""The C kernel rounds in 32 bits: half a divisor, up to 2**30, is added before it divides."""

SLACK_WORDS = 4
"""The packed kernels read ahead of a window by up to this many words."""


class _Buffer(NamedTuple):
    """What goes into a layer: `units` a step (bytes, or words of two values), padded."""

    steps: int
    units: int
    padding: int
    zero_point: int

    @property
    def size(self) -> int:
        return (self.steps + 2 * self.padding) * self.units


def generate(network: Network, kernel: str = "plain") -> dict[str, str]:
    """The files ``network.h`` and ``network.c`` of an int8 network.

    `kernel` is one of `KERNELS`. Raises `NetworkError` where the network breaks its specification,
    an accumulator could overflow on some input, or a layer is too large for the kernels,
    `packing.CannotPack` where the packed kernels would not be exact, and ValueError for an unknown
    kernel.
    """
    if kernel not in KERNELS:
        raise ValueError(f"unknown kernel {kernel!r}; there are {', '.join(KERNELS)}")
    network = validated(network)
    _assert_fits(network)
    source = _plain(network) if kernel == "plain" else _packed(network, kernel)
    return {"network.h": _header(network), "network.c": source}


def _assert_fits(network: Network) -> None:
    """Assert what the kernels ask of a layer: its size, and accumulators with a bit to spare."""
    for row, layer in enumerate(network["layers"]):
        if layer["kind"] == "pool":
            continue
        rows, taps = len(layer["weight"]), layer["weight"][0].size
        if rows > MOST_ROWS or taps > MOST_TAPS:
            raise NetworkError(
                f"layer {row} has {rows} outputs of {taps} weights; the kernels take at most "
                f"{MOST_ROWS} of {MOST_TAPS}"
            )
        reach = accumulator_bound(layer) << np.maximum(layer["shift"], 0).astype(np.int64)
        if reach.max() > LARGEST_ACCUMULATOR:
            raise NetworkError(
                f"layer {row}: the accumulator of output {int(np.argmax(reach))} can reach "
                f"{reach.max()}; the chip rounds without overflow up to {LARGEST_ACCUMULATOR}"
            )


def _header(network: Network) -> str:
    inputs = network["length"] * network["channels"]
    return (
        "/* Made by labkit.trends.tinyml_pico.codegen; changes are lost. */\n"
        "#pragma once\n#include <stdint.h>\n\n"
        f"#define NETWORK_INPUT_BYTES {inputs}\n"
        f"#define NETWORK_OUTPUT_BYTES {_classes(network)}\n"
        f"#define NETWORK_MACS {sum(macs(network))}\n\n"
        f"extern int8_t *const network_input; /* {network['length']} steps of "
        f"{network['channels']} channels */\n"
        "extern int8_t *const network_output;\n"
        "void network_run(void);\n"
    )


def _plain(network: Network) -> str:
    buffers = _buffers(network, units_of=lambda channels: channels)
    size, at = _places(buffers, align=4)
    first, last = buffers[0], len(buffers) - 1
    start = first.padding * first.units
    text = [_opening(), f"static int8_t arena[{size}] __attribute__((aligned(4)));\n"]
    calls = []
    for row, layer in enumerate(network["layers"]):
        source, after = buffers[row], buffers[row + 1]
        target = at[row + 1] + after.padding * after.units
        if layer["kind"] == "pool":
            calls.append(
                f"average_pool_plain(arena + {at[row]}, arena + {target}, "
                f"{source.steps}, {source.units});"
            )
            continue
        text.append(_plain_layer(row, layer, source, after.steps))
        calls += _fills(source, at[row])
        calls.append(f"layer_plain(&layer{row}, arena + {at[row]}, arena + {target});")
    text.append(_fill_function(buffers, "int8_t"))
    text.append(
        f"int8_t *const network_input = arena + {at[0] + start};\n"
        f"int8_t *const network_output = arena + {at[last]};\n\n"
    )
    return "".join([*text, _run(calls)])


def _plain_layer(row: int, layer: dict[str, Any], source: _Buffer, steps: int) -> str:
    rows = len(layer["weight"])
    taps = layer["weight"].size // rows
    stride = layer.get("stride", 1) * source.units
    return (
        _array("int8_t", f"weight{row}", layer["weight"])
        + _array("int32_t", f"bias{row}", folded_bias(layer))
        + _array("int32_t", f"multiplier{row}", layer["multiplier"])
        + _array("int8_t", f"shift{row}", layer["shift"])
        + f"static const tinyml_layer layer{row} = {{\n"
        f"    .weight = weight{row}, .bias = bias{row},\n"
        f"    .multiplier = multiplier{row}, .shift = shift{row},\n"
        f"    .taps = {taps}, .rows = {rows}, .steps = {steps}, .stride = {stride},\n"
        f"    .zero_point_out = {layer['output_zero_point']}, "
        f".low = {layer['low']}, .high = {layer['high']}}};\n\n"
    )


def _packed(network: Network, kernel: str) -> str:
    even = _with_even_channels(network)
    buffers = _buffers(even, units_of=lambda channels: (channels + 1) // 2)
    size, at = _places(buffers, align=1, slack=SLACK_WORDS)
    inputs, classes = network["length"] * network["channels"], _classes(network)
    first = buffers[0]
    text = [
        _opening(),
        f"static int32_t arena[{size}];\n"
        f"static int8_t input[{inputs}] __attribute__((aligned(4)));\n"
        f"static int8_t output[{classes}] __attribute__((aligned(4)));\n"
        "int8_t *const network_input = input;\n"
        "int8_t *const network_output = output;\n\n",
        _fill_function(buffers, "int32_t"),
    ]
    calls = [f"pack(input, arena + {at[0] + first.padding * first.units}, {inputs});"]
    for row, layer in enumerate(even["layers"]):
        source, after = buffers[row], buffers[row + 1]
        target = at[row + 1] + after.padding * after.units
        if layer["kind"] == "pool":
            calls.append(
                f"average_pool_packed(arena + {at[row]}, arena + {target}, "
                f"{source.steps}, {source.units});"
            )
            continue
        text.append(_packed_layer(row, layer, source, after.steps, kernel))
        calls += _fills(source, at[row], copies=_BOTH_HALVES)
        calls.append(f"layer_{kernel}(&layer{row}, arena + {at[row]}, arena + {target});")
    calls.append(f"unpack(arena + {at[-1]}, output, {classes});")
    return "".join([*text, _run(calls)])


def _packed_layer(row: int, layer: dict[str, Any], source: _Buffer, steps: int, kernel: str) -> str:
    packed = packing.pack_layer(layer, seven_bit=kernel == "packed7")
    stride = layer.get("stride", 1) * source.units
    return (
        _array("int32_t", f"stream{row}", packed["stream"])
        + f"static const packed_layer layer{row} = {{\n"
        f"    .stream = stream{row}, .words = {packed['words']}, .pairs = {packed['pairs']},\n"
        f"    .steps = {steps}, .stride = {stride}}};\n\n"
    )


def _with_even_channels(network: Network) -> Network:
    """Give weights of 0 to the spare value that fills the last word of an odd layer."""
    if network["channels"] % 2:
        raise packing.CannotPack(
            f"the packed kernels take an even number of channels, not {network['channels']}"
        )
    layers = []
    for layer in network["layers"]:
        if layer["kind"] != "pool":
            weight = layer["weight"]
            spare = [*[(0, 0)] * (weight.ndim - 1), (0, weight.shape[-1] % 2)]
            layer = {**layer, "weight": np.pad(weight, spare)}
        layers.append(layer)
    return {**network, "layers": layers}


def _buffers(network: Network, units_of: Callable[[int], int]) -> list[_Buffer]:
    """The input of each layer, and the last one's output."""
    steps, channels, zero = network["length"], network["channels"], network["zero_point"]
    buffers = []
    for layer in network["layers"]:
        buffers.append(_Buffer(steps, units_of(channels), layer.get("padding", 0), zero))
        steps = steps_out(layer, steps)
        if layer["kind"] != "pool":
            channels, zero = len(layer["weight"]), layer["output_zero_point"]
    return [*buffers, _Buffer(steps, units_of(channels), 0, zero)]


def _places(buffers: list[_Buffer], align: int, slack: int = 0) -> tuple[int, list[int]]:
    """Size of the arena and where each buffer begins: every second one shares a place."""
    room = [-(-(buffer.size + slack) // align) * align for buffer in buffers]
    here, there = max(room[0::2]), max(room[1::2])
    return here + there, [0 if row % 2 == 0 else here for row in range(len(buffers))]


_BOTH_HALVES = 1 + 2**16
"""A word whose two values are both v is v times this."""


def _fills(buffer: _Buffer, at: int, copies: int = 1) -> list[str]:
    """The calls that write the padding before and behind the values."""
    count = buffer.padding * buffer.units
    if not count:
        return []
    behind = at + count + buffer.steps * buffer.units
    value = buffer.zero_point * copies
    return [f"fill(arena + {start}, {count}, {value});" for start in (at, behind)]


def _fill_function(buffers: list[_Buffer], ctype: str) -> str:
    if not any(buffer.padding for buffer in buffers):
        return ""
    return (
        f"static void fill({ctype} *at, int count, {ctype} value) {{\n"
        "  while (count--) *at++ = value;\n}\n\n"
    )


def _opening() -> str:
    return (
        "/* Made by labkit.trends.tinyml_pico.codegen; changes are lost. */\n"
        '#include "tinyml.h"\n#include "network.h"\n\n'
    )


def _run(calls: list[str]) -> str:
    return "void network_run(void) {\n" + "".join(f"  {call}\n" for call in calls) + "}\n"


def _array(ctype: str, name: str, values: ArrayLike) -> str:
    flat = [str(value) for value in np.asarray(values).reshape(-1).tolist()]
    lines = [", ".join(flat[start : start + 16]) for start in range(0, len(flat), 16)]
    body = ",\n    ".join(lines)
    return (
        f"static const {ctype} {name}[{len(flat)}] __attribute__((aligned(4))) = {{\n"
        f"    {body}}};\n"
    )


def _classes(network: Network) -> int:
    return len(network["layers"][-1]["weight"])
