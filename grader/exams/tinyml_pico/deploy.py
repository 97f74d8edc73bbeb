"""Task `deploy`: the networks that images are built for, and their limits.

Expected answers are the integer reference's, which the judge runs. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

WINDOWS = 2
"""An answer takes the emulator a tenth of a second to a third, a boot about a second."""

WIDTHS = {"int8": [16, 24, 32], "int7": [16, 24, 32], "w8": [8, 12, 16], "w24": [24, 36, 48]}

Taken = tuple[int, int, int]

IMAGES: dict[str, dict[str, Taken]] = {
    "int8": {
        "plain -Os": (841_700, 9_472, 11_848),
        "plain -O2": (844_500, 10_752, 13_284),
        "packed -Os": (235_000, 16_128, 19_652),
        "packed -O2": (234_500, 16_896, 20_388),
    },
    "int7": {
        "plain -Os": (841_700, 9_472, 11_848),
        "plain -O2": (844_500, 10_752, 13_284),
        "packed -Os": (235_000, 16_128, 19_652),
        "packed -O2": (234_500, 16_896, 20_388),
        "packed7 -Os": (217_000, 16_128, 19_620),
        "packed7 -O2": (216_500, 16_896, 20_356),
    },
    "w8": {
        "plain -Os": (301_800, 5_632, 7_604),
        "plain -O2": (308_200, 6_912, 8_952),
        "packed -Os": (87_200, 7_936, 10_892),
        "packed -O2": (86_700, 8_704, 11_464),
    },
    "w24": {
        "plain -Os": (1_627_400, 15_616, 18_404),
        "plain -O2": (1_620_400, 16_896, 19_908),
        "packed -Os": (448_400, 28_672, 33_044),
        "packed -O2": (447_800, 29_440, 33_952),
    },
}
"""Cycles, flash and RAM of each image, read from the emulated chip (zig 0.16.0). Limits lie
half way between two images, so that small changes of compiler or run-time move no verdict."""

AMPLE = 1.1
"""Room over the largest image where a limit is to rule out none."""

RULED_OUT: dict[str, tuple[str, str, str]] = {
    "plain -Os": ("", "plain -O2", "plain -O2"),
    "packed -Os": ("plain -Os", "packed -O2", "packed -O2"),
    "packed7 -Os": ("packed -O2", "packed7 -O2", "packed7 -O2"),
}
"""For each image that a case may want: the ones that its time, its flash and its RAM rule out."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``cases``: ``network`` (a name), ``shape``, ``seed``, ``windows``, ``limits`` each.

    The first is short of memory, the others of time. Each is kept by one image of those that the
    kernels with -Os and -O2 give. Of the first two one has ample flash, so that RAM alone rules
    images out, and the other ample RAM.
    """
    small, fast = rng.permutation(["int8", "w8", "w24"])[:2]
    first, second = rng.permutation(["flash", "RAM"])
    chosen = (
        (str(small), "plain -Os", str(first)),
        (str(fast), "packed -Os", str(second)),
        ("int7", "packed7 -Os", ""),
    )
    return {
        "cases": [
            {
                "network": name,
                "shape": _shape(name),
                "seed": int(rng.integers(2**31)),
                "windows": WINDOWS,
                "limits": _limits(name, wanted, ample),
            }
            for name, wanted, ample in chosen
        ]
    }


def _shape(name: str) -> dict[str, Any]:
    """The shape of a network, `**` for `random_networks.random_network`."""
    return {
        "length": 64,
        "channels": 6,
        "widths": WIDTHS[name],
        "kernels": [7, 5, 3],
        "strides": [2, 2, 2],
        "classes": 7,
        "largest_weight": 63 if name == "int7" else 127,
        "clamped": False,
        "padded": True,
    }


def _limits(name: str, wanted: str, ample: str) -> dict[str, float]:
    """Limits that only the wanted image keeps; `ample`, "flash" or "RAM", rules out none."""
    images = IMAGES[name]
    figures = []
    for number, (kind, other) in enumerate(
        zip(("time", "flash", "RAM"), RULED_OUT[wanted], strict=True)
    ):
        own = images[wanted][number]
        if kind == ample:
            figures.append(AMPLE * max(taken[number] for taken in images.values()))
        else:
            figures.append((own + images[other][number]) / 2 if other else AMPLE * own)
    cycles, flash, ram = figures
    return {
        "milliseconds": round(cycles / 125_000, 3),
        "flash_bytes": int(flash),
        "ram_bytes": int(ram),
    }
