"""Random layers against the integer reference: on this computer, on the chip, on a real board.

`draw` makes one layer with an input, for one of the kernels; shapes are odd, factors extreme, and
inputs hit both ends of the range. `HostKernels` runs it in the kernels compiled for this computer;
`sources` writes many of them as one image that runs them all in one inference, so that a boot
proves dozens. What the right bytes are is left to ``integer``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .integer import Int8, apply, folded_bias
from .packing import LARGEST_ACCUMULATOR, PackedLayer, pack_layer

KERNELS = ("plain", "packed", "packed7")
INPUT_BYTES = 4
_SLACK = 8  # values behind an input: the packed kernels read up to two words further


class Case(NamedTuple):
    """A convolution without padding, its input (steps, channels), and the right output."""

    kernel: str
    layer: dict[str, Any]
    signal: Int8
    expected: Int8


def draw(rng: np.random.Generator, kernel: str) -> Case:
    """A random case for `kernel`, one of `KERNELS`."""
    packed = kernel != "plain"
    channels = int(rng.integers(1, 9)) * (2 if packed else 1)
    length, rows = int(rng.integers(1, 8)), int(rng.integers(1, 13))
    stride, steps = int(rng.integers(1, 4)), int(rng.integers(1, 5))
    largest = 63 if kernel == "packed7" else 127
    weight = rng.integers(-largest, largest + 1, (rows, length, channels), dtype=np.int8)
    signal = rng.integers(-128, 128, ((steps - 1) * stride + length, channels), dtype=np.int8)
    extreme = rng.integers(4)
    if extreme == 0:  # the largest sums there are
        weight = (np.sign(weight) * largest).astype(np.int8)
        signal = rng.choice(np.array([-128, 127], np.int8), signal.shape)
    elif extreme == 1:  # ties: small numbers and factors that are powers of two
        weight, signal = weight // 32, signal // 32
    layer = {"kind": "conv", "weight": weight, "stride": stride, "padding": 0}
    layer |= _numbers(rng, weight, packed, tie=extreme == 1)
    return Case(kernel, layer, signal, apply(layer, signal[None])[0])


def _numbers(rng: np.random.Generator, weight: Int8, packed: bool, tie: bool) -> dict[str, Any]:
    """Bias, zero points, factors and clamp; the packed kernels clamp to whole bytes only."""
    rows = len(weight)
    flat = weight.astype(np.int64).reshape(rows, -1)
    reach = np.abs(flat).sum(1) * 128 + 1
    zero_point = int(rng.integers(-128, 128))
    room = np.minimum(reach, LARGEST_ACCUMULATOR - reach)  # for the bias with its zero point
    bias = rng.integers(-room, room + 1) + zero_point * flat.sum(1)
    multiplier = rng.integers(1 << 30, 1 << 31, rows)
    if tie:
        multiplier[:] = 1 << 30
    # From "saturates almost always" to "always the zero point".
    largest = np.clip(10 - np.log2(reach).astype(int), -22, -1)
    shift = np.clip(largest - rng.integers(0, 8, rows), -23, -1)
    low, high = (-128, 127) if packed else sorted(rng.choice(np.arange(-128, 128), 2).tolist())
    return {
        "bias": bias.astype(np.int32),
        "multiplier": multiplier.astype(np.int32),
        "shift": shift.astype(np.int32),
        "input_zero_point": zero_point,
        "output_zero_point": int(rng.integers(-128, 128)),
        "low": low,
        "high": high,
    }


# ---- on this computer -----------------------------------------------------------------------


class _PlainLayer(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("weight", "bias", "multiplier", "shift")),
        *((name, ctypes.c_int16) for name in ("taps", "rows", "steps", "stride")),
        *((name, ctypes.c_int8) for name in ("zero_point_out", "low", "high")),
    )


class _PackedLayer(ctypes.Structure):
    _fields_ = (
        ("stream", ctypes.c_void_p),
        *((name, ctypes.c_int16) for name in ("words", "pairs", "steps", "stride")),
    )


class HostKernels:
    """The kernels in a library that `build.host_library` made."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))

    def dot_rows(self, x: ArrayLike, weight: ArrayLike, bias: ArrayLike) -> NDArray[np.int32]:
        """The inner kernel by itself: int8 `x` (taps,) and `weight` (rows, taps), int32 `bias`
        (rows,); returns the sums (rows,).
        """
        values, rows = np.asarray(x, np.int8), np.asarray(weight, np.int8)
        start = np.asarray(bias, np.int32)
        sums = np.empty(len(rows), np.int32)
        self._call(
            "dot_rows", values, np.ascontiguousarray(rows), values.size, len(rows), start, sums
        )
        return sums

    def run(self, case: Case) -> Int8:
        """What the case's kernel computes, in the shape of `case.expected`."""
        if case.kernel == "plain":
            return self._plain(case)
        return self._packed(case)

    def _plain(self, case: Case) -> Int8:
        layer, (steps, rows) = case.layer, case.expected.shape
        arrays = [
            np.ascontiguousarray(layer["weight"]),
            folded_bias(layer).astype(np.int32),
            layer["multiplier"],
            layer["shift"].astype(np.int8),
        ]
        plain = _PlainLayer(
            *(array.ctypes.data for array in arrays),
            arrays[0].size // rows,
            rows,
            steps,
            layer["stride"] * case.signal.shape[1],
            layer["output_zero_point"],
            layer["low"],
            layer["high"],
        )
        output = np.empty((steps, rows), np.int8)
        self._call("layer_plain", ctypes.byref(plain), case.signal, output)
        return output

    def _packed(self, case: Case) -> Int8:
        packed = pack_layer(case.layer, seven_bit=case.kernel == "packed7")
        steps, rows = case.expected.shape
        stride = case.layer["stride"] * case.signal.shape[1] // 2
        shape = (packed["words"], packed["pairs"], steps, stride)
        values = np.append(case.signal.ravel(), np.zeros(_SLACK, np.int8))
        words = np.empty(len(values) // 2, np.int32)
        self._call("pack", values, words, len(values))
        result = np.empty(steps * packed["pairs"], np.int32)
        layer = _PackedLayer(packed["stream"].ctypes.data, *shape)
        self._call(f"layer_{case.kernel}", ctypes.byref(layer), words, result)
        output = np.empty((steps, 2 * packed["pairs"]), np.int8)
        self._call("unpack", result, output, output.size)
        return output[:, :rows]

    def _call(self, name: str, *arguments: Any) -> None:
        pointers = [
            ctypes.c_void_p(value.ctypes.data) if isinstance(value, np.ndarray) else value
            for value in arguments
        ]
        getattr(self._library, name)(*pointers)


# ---- on the chip ----------------------------------------------------------------------------


def sources(cases: Sequence[Case]) -> dict[str, str]:
    """``network.h`` and ``network.c`` of an image whose answer is every case's output in turn.

    Its input is `INPUT_BYTES` bytes that mean nothing. For `build.firmware`.
    """
    size = sum(case.expected.size for case in cases)
    largest = max(case.signal.size for case in cases) // 2 + _SLACK
    longest = max(len(case.expected) * (len(case.layer["weight"]) + 1) for case in cases)
    text = [
        '#include "tinyml.h"\n#include "network.h"\n\n',
        f"static int8_t input[{INPUT_BYTES}], output[{size}];\n",
        "int8_t *const network_input = input, *const network_output = output;\n",
        f"static int32_t words[{largest}], result[{longest}];\n",
        f"static int8_t unpacked[{2 * longest}];\n\n",
        # An odd number of rows is packed with one more, which is dropped here.
        "static int8_t *keep(int8_t *to, int steps, int rows) {\n"
        "  int even = rows + rows % 2;\n  unpack(result, unpacked, steps * even);\n"
        "  for (int i = 0; i < steps * even; i++) if (i % even < rows) *to++ = unpacked[i];\n"
        "  return to;\n}\n\n",
    ]
    calls = []
    for number, case in enumerate(cases):
        write = _plain_case if case.kernel == "plain" else _packed_case
        constants, call = write(number, case)
        text.append(constants)
        calls.append(call)
    body = "".join(f"  {call}\n" for call in calls)
    text.append(f"void network_run(void) {{\n  int8_t *to = output;\n{body}}}\n")
    header = (
        "#pragma once\n#include <stdint.h>\n"
        f"#define NETWORK_INPUT_BYTES {INPUT_BYTES}\n#define NETWORK_OUTPUT_BYTES {size}\n"
        "extern int8_t *const network_input, *const network_output;\nvoid network_run(void);\n"
    )
    return {"network.h": header, "network.c": "".join(text)}


def wrong_cases(cases: Sequence[Case], output: NDArray[np.int8]) -> list[int]:
    """Numbers of the cases whose bytes differ in the image's answer."""
    ends = np.cumsum([case.expected.size for case in cases])
    parts = np.split(np.asarray(output), ends[:-1])
    return [
        number
        for number, (case, part) in enumerate(zip(cases, parts, strict=True))
        if not np.array_equal(part, case.expected.ravel())
    ]


def _plain_case(number: int, case: Case) -> tuple[str, str]:
    layer, (steps, rows) = case.layer, case.expected.shape
    numbers = (
        layer["weight"].size // rows,
        rows,
        steps,
        layer["stride"] * case.signal.shape[1],
        layer["output_zero_point"],
        layer["low"],
        layer["high"],
    )
    constants = (
        _array("int8_t", f"x{number}", case.signal)
        + _array("int8_t", f"weight{number}", layer["weight"])
        + _array("int32_t", f"bias{number}", folded_bias(layer))
        + _array("int32_t", f"multiplier{number}", layer["multiplier"])
        + _array("int8_t", f"shift{number}", layer["shift"])
        + f"static const tinyml_layer layer{number} = {{weight{number}, bias{number}, "
        f"multiplier{number}, shift{number}, {', '.join(map(str, numbers))}}};\n\n"
    )
    return constants, f"layer_plain(&layer{number}, x{number}, to); to += {steps * rows};"


def _packed_case(number: int, case: Case) -> tuple[str, str]:
    packed: PackedLayer = pack_layer(case.layer, seven_bit=case.kernel == "packed7")
    steps, rows = case.expected.shape
    stride = case.layer["stride"] * case.signal.shape[1] // 2
    shape = (packed["words"], packed["pairs"], steps, stride)
    constants = (
        _array("int8_t", f"x{number}", case.signal)
        + _array("int32_t", f"stream{number}", packed["stream"])
        + f"static const packed_layer layer{number} = {{stream{number}, "
        f"{', '.join(map(str, shape))}}};\n\n"
    )
    call = (
        f"pack(x{number}, words, {case.signal.size}); "
        f"layer_{case.kernel}(&layer{number}, words, result); to = keep(to, {steps}, {rows});"
    )
    return constants, call


def _array(ctype: str, name: str, values: NDArray[Any]) -> str:
    flat = np.asarray(values).reshape(-1).tolist()
    return f"static const {ctype} {name}[] = {{{', '.join(map(str, flat))}}};\n"
