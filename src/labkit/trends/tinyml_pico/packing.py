"""From a layer of an int8 network to the stream of words that ``layer_packed`` reads on the chip.

The assembler kernel multiplies two weights at once, and requantises with three small products
where TensorFlow Lite's rule takes one of 64 bits. Both are exact as long as sums stay within
their registers; `pack_layer` checks that for the layer at hand, or refuses. What the kernel does
with the stream is told in ``firmware/tinyml.h`` and ``firmware/layer_packed.S``; writing it down
as C is left to ``codegen``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

LARGEST_ACCUMULATOR = (1 << 21) - 1
"""Times a part of the multiplier (10 bits, the lowest 11 with a sign) it still fits 32 bits."""


class CannotPack(ValueError):
    """The layer has no exact fast form; the words say why. Use the plain kernels for it."""


class PackedLayer(TypedDict):
    """What ``packed_layer`` in tinyml.h needs, but for the steps and the stride."""

    stream: NDArray[np.int32]
    words: int
    pairs: int


def pack_layer(layer: Mapping[str, Any], *, seven_bit: bool = False) -> PackedLayer:
    """The stream of a ``conv`` or ``dense`` layer of an int8 network (see ``integer``).

    ``seven_bit``: for ``layer_packed7``, which sums two products before it splits them and so
    wants smaller weights; otherwise for ``layer_packed``. An odd number of rows gets one more that
    is all zero, and a window is filled up to a multiple of four taps with zero weights.

    Raises CannotPack if weights are too large for the kernel, an accumulator may reach 2**21, the
    layer clamps to less than a whole byte, or a factor is not below a half (shift > -1).
    """
    rows = len(layer["weight"])
    weight = np.asarray(layer["weight"], np.int64).reshape(rows, -1)
    bias = np.asarray(layer["bias"], np.int64) - layer["input_zero_point"] * weight.sum(1)
    _check_weights(weight, 4 if seven_bit else 2)
    _check_accumulators(weight, bias)
    constants = _requantiser(layer)
    odd = rows % 2
    words = np.pad(_packed_weights(weight), ((0, odd), (0, 0)))
    constants = np.pad(constants, ((0, odd), (0, 0)))
    bias = np.pad(bias, (0, odd))
    stream = []
    for row in range(0, rows, 2):
        pair = slice(row, row + 2)
        stream += [bias[pair], _unit_order(words[pair], seven_bit), constants[pair].ravel()]
    return {
        "stream": np.concatenate(stream).astype(np.int32),
        "words": words.shape[1],
        "pairs": len(bias) // 2,
    }


def _check_weights(weight: Int64, together: int) -> None:
    """The sum of ``together`` products must fit 16 bits with a sign, whatever the activations."""
    padded = np.pad(np.abs(weight), ((0, 0), (0, -weight.shape[1] % together)))
    largest = int(padded.reshape(len(weight), -1, together).sum(2).max())
    if largest * 128 > 32767:
        raise CannotPack(
            f"{together} neighbouring weights add up to {largest} in size; their products with "
            "activations of 8 bits fit 16 bits only up to 255."
        )


def _check_accumulators(weight: Int64, bias: Int64) -> None:
    bound = int((np.abs(bias) + 128 * np.abs(weight).sum(1)).max())
    if bound > LARGEST_ACCUMULATOR:
        raise CannotPack(
            f"An accumulator may reach {bound}; the packed kernel takes {LARGEST_ACCUMULATOR}."
        )


def _requantiser(layer: Mapping[str, Any]) -> Int64:
    """Constants (rows, 5): three parts of the multiplier, lowest first, offset, shift.

    With v = floor(acc * multiplier / 2**21), the kernel computes
    ((v >> 10) + bit 9 of v + offset - (1 if v < 0)) >> shift. The first two terms are TFLite's
    first rounding; offset holds the half of the second rounding and the zero point; the last term
    turns a tie of a negative value away from zero. It looks at v, not at the rounded value: for
    -512 <= v < 0, which round to 0, the result is the zero point either way, since shift >= 1.
    """
    multiplier = np.asarray(layer["multiplier"], np.int64)
    shift = -np.asarray(layer["shift"], np.int64)
    if (layer["low"], layer["high"]) != (-128, 127):
        raise CannotPack(
            f"The layer clamps to {layer['low']}..{layer['high']}; the packed kernel to -128..127."
        )
    if shift.min() < 1 or shift.max() > 23:
        raise CannotPack(
            f"Shifts of {-shift.max()} to {-shift.min()}; the packed kernel takes -23 to -1."
        )
    low = (multiplier + (1 << 10)) % (1 << 11) - (1 << 10)
    rest = (multiplier - low) >> 11
    offset = (layer["output_zero_point"] << shift) + (np.int64(1) << shift - 1)
    return np.stack([low, rest & 1023, rest >> 10, offset, shift], 1)


def _packed_weights(weight: Int64) -> Int64:
    """Words w[2i+1] + w[2i] * 65536 as signed 32 bit numbers, an even number of them a row."""
    padded = np.pad(weight, ((0, 0), (0, -weight.shape[1] % 4)))
    return _signed32(padded[:, 1::2] + (padded[:, 0::2] << 16))


def _unit_order(words: Int64, seven_bit: bool) -> Int64:
    """Two rows of words in the order in which a unit of the kernel's loop loads them."""
    if seven_bit:
        return words.reshape(2, -1, 2).transpose(1, 0, 2).ravel()
    return words.T.ravel()


def _signed32(value: Int64) -> Int64:
    return (value + (1 << 31)) % (1 << 32) - (1 << 31)
