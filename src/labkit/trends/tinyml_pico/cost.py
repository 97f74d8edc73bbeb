"""What a network will cost on the chip, before anything is compiled: cycles and flash.

The packed kernels take almost the same time whatever the values are, so their cycles follow from
the shapes. The constants are measured on the emulated chip; compiling and asking the chip itself is
left to `build` and `device`. Both functions are for networks of the course's kind: windows of 64
steps by 6 axes, three convolutions, a pool and a dense layer, of any width.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .network import Network, steps_out

UNIT = 21
"""Cycles for four products of two outputs: the kernel's innermost loop (`layer_packed.S`)."""

ROUND = 3
"""Cycles for each time that the loop of up to eight units starts again."""

PAIR = 60
"""Cycles to begin and requantise two outputs."""

POOLED = 17.6
"""Cycles for each word of two values that the pool adds up."""

REST = 4_140
"""Cycles for all else: packing the window, padding, the calls, unpacking the answer.

Fitted to 15 networks of 3 to 23, 2 to 35 and 8 to 47 channels, and shifted to the stored ones, from
4 to 24 channels wide: off by at most .2 %.
"""

CODE_BYTES = 4_400
"""Flash of the run-time with boot stage, USB and kernels: 4,250 to 4,670 for widths 4 to 24."""

FLASH_PAGE = 256


def cycles(network: Network) -> int:
    """Cycles for one window with the packed kernels. Float and int8 networks cost the same."""
    total: float = REST
    steps, pairs = network["length"], -(-network["channels"] // 2)
    for layer in network["layers"]:
        after = steps_out(layer, steps)
        if layer["kind"] == "pool":
            total += POOLED * steps * pairs
        else:
            units = _units(layer, pairs)
            pairs = -(-len(layer["weight"]) // 2)
            total += after * pairs * (PAIR + UNIT * units + ROUND * -(-units // 8))
        steps = after
    return round(total)


def flash_bytes(network: Network) -> int:
    """Bytes of the whole image with the packed kernels, in pages of 256."""
    total, pairs = CODE_BYTES, -(-network["channels"] // 2)
    for layer in network["layers"]:
        if layer["kind"] != "pool":
            units = _units(layer, pairs)
            pairs = -(-len(layer["weight"]) // 2)
            # A pair: two biases, two words a unit for each output, two requantisers of five words.
            total += 4 * pairs * (2 + 4 * units + 10)
    return -(-total // FLASH_PAGE) * FLASH_PAGE


def _units(layer: Mapping[str, Any], pairs: int) -> int:
    """Units of four weights for one output, when `pairs` words of two values make a step."""
    kernel = np.shape(layer["weight"])[1] if layer["kind"] == "conv" else 1
    return int(-(-kernel * pairs // 2))
