"""Tasks `kernel` and `deploy`: the networks that images are built for, and their limits.

Expected answers are the integer reference's, which the judge runs. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

WINDOWS = 2
"""An answer takes the emulator a tenth of a second to a third, a boot about a second."""

KERNEL_CYCLES, GIVEN_CYCLES = 700_000, 844_000
"""The limit for full marks, and what the given kernel takes for the course's network at -O2."""

Taken = tuple[int, int, int]

IMAGES: dict[str, dict[str, Taken]] = {
    "int8": {
        "plain -Os": (998_000, 9_472, 11_836),
        "plain -O2": (844_000, 10_752, 13_088),
        "packed -Os": (234_900, 16_128, 19_688),
        "packed -O2": (234_100, 16_896, 20_412),
    },
    "int7": {
        "plain -Os": (998_000, 9_472, 11_836),
        "plain -O2": (844_000, 10_752, 13_088),
        "packed -Os": (234_900, 16_128, 19_688),
        "packed -O2": (234_100, 16_896, 20_412),
        "packed7 -Os": (216_900, 16_128, 19_656),
        "packed7 -O2": (216_100, 16_896, 20_380),
    },
    "w8": {
        "plain -Os": (354_600, 5_632, 7_592),
        "plain -O2": (312_900, 6_656, 8_756),
        "packed -Os": (87_100, 7_936, 10_928),
        "packed -O2": (86_400, 8_704, 11_488),
    },
    "w24": {
        "plain -Os": (1_936_500, 15_616, 18_392),
        "plain -O2": (1_602_400, 16_896, 19_712),
        "packed -Os": (448_200, 28_672, 33_080),
        "packed -O2": (447_300, 29_440, 33_972),
    },
}
"""Cycles, flash and RAM of each image, read from the emulated chip (zig 0.16.0). Limits lie half way
between two images, so that small changes of compiler or run-time move no verdict."""

WANTED: dict[str, tuple[str, str, str]] = {
    "plain -Os": ("", "plain -O2", "plain -O2"),
    "plain -O2": ("plain -Os", "packed -Os", "packed -Os"),
    "packed -Os": ("plain -O2", "packed -O2", "packed -O2"),
    "packed7 -Os": ("packed -O2", "packed7 -O2", "packed7 -O2"),
}
"""For each image that a case may want: the ones that its time, its flash and its RAM shall rule
out. The first case is never pressed for time."""


def draw_kernel(seed: int) -> dict[str, Any]:
    """Return ``cases``, ``cycles`` (the limit) and ``given_cycles``.

    The first case is a random network of odd shape, the second the course's network with its
    channels in another order; only the second is timed.
    """
    rng = np.random.default_rng(seed)
    odd = {
        "shape": {
            "length": int(rng.integers(9, 14)),
            "channels": int(rng.choice([3, 5])),
            "widths": [int(rng.choice([5, 7, 9])), int(rng.choice([3, 6, 11]))],
            "kernels": [3, int(rng.choice([1, 3]))],
            "strides": [int(rng.choice([1, 2])), 1],
            "classes": int(rng.choice([1, 2, 5])),
        },
        "seed": int(rng.integers(2**31)),
        "windows": 4,  # every fourth holds the extremes alone
    }
    timed = {"network": "int8", "seed": int(rng.integers(2**31)), "windows": WINDOWS}
    return {"cases": [odd, timed], "cycles": KERNEL_CYCLES, "given_cycles": GIVEN_CYCLES}


def draw_deploy(seed: int) -> dict[str, Any]:
    """Return ``cases``, each with ``network``, ``seed``, ``windows`` and ``limits``.

    One case is short of memory, one lies between, one is short of time. Each is kept by one image
    of those that the kernels and -Os and -O2 give.
    """
    rng = np.random.default_rng(seed)
    fast = [("int8", "packed -Os"), ("w24", "packed -Os"), ("int7", "packed7 -Os")]
    chosen = [
        (str(rng.choice(["int8", "w8", "int7"])), "plain -Os"),
        (str(rng.choice(["int8", "w8"])), "plain -O2"),
        fast[int(rng.integers(len(fast)))],
    ]
    return {
        "cases": [
            {
                "network": name,
                "seed": int(rng.integers(2**31)),
                "windows": WINDOWS,
                "limits": _limits(name, wanted),
            }
            for name, wanted in chosen
        ]
    }


def _limits(name: str, wanted: str) -> dict[str, float]:
    images = IMAGES[name]
    figures = []
    for number, other in enumerate(WANTED[wanted]):
        own = images[wanted][number]
        figures.append((own + images[other][number]) / 2 if other else 1.1 * own)
    cycles, flash, ram = figures
    return {
        "milliseconds": round(cycles / 125_000, 3),
        "flash_bytes": int(flash),
        "ram_bytes": int(ram),
    }
