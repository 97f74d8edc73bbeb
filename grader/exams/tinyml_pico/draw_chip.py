"""Tasks `kernel` and `deploy`: the networks that images are built for, and their limits.

Expected answers are the integer reference's, which the judge runs. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.trends.tinyml_pico import integer

WINDOWS = 2
"""An answer takes the emulator a tenth of a second to a third, a boot about a second."""

KERNEL_CYCLES, GIVEN_CYCLES = 700_000, 844_000
"""The limit for full marks, and what the given kernel takes for the course's network at -O2."""

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

RULED_OUT: dict[str, tuple[str, str, str]] = {
    "plain -Os": ("", "plain -O2", "plain -O2"),
    "packed -Os": ("plain -Os", "packed -O2", "packed -O2"),
    "packed7 -Os": ("packed -O2", "packed7 -O2", "packed7 -O2"),
}
"""For each image that a case may want: the ones that its time, its flash and its RAM rule out."""


def draw_kernel(seed: int) -> dict[str, Any]:
    """Return ``cases``, ``cycles`` (the limit) and ``given_cycles``.

    The first case is a random network of odd shape, the second the course's network with its
    channels in another order; only the second is timed.
    """
    rng = np.random.default_rng(seed)
    timed = {"network": "int8", "seed": int(rng.integers(2**31)), "windows": WINDOWS}
    return {
        "cases": [_odd(rng), timed],
        "cycles": KERNEL_CYCLES,
        "given_cycles": GIVEN_CYCLES,
    }


def _odd(rng: np.random.Generator) -> dict[str, Any]:
    """A random network of odd rows and taps whose answers are not clamped away."""
    while True:
        case = {
            "shape": {
                "length": int(rng.integers(9, 14)),
                "channels": int(rng.choice([3, 5])),
                "widths": [int(rng.choice([5, 7, 9])), int(rng.choice([3, 6, 11]))],
                "kernels": [3, int(rng.choice([1, 3]))],
                "strides": [int(rng.choice([1, 2])), 1],
                "classes": int(rng.choice([3, 5, 7])),
            },
            "seed": int(rng.integers(2**31)),
            "windows": 4,  # every fourth holds the extremes alone
        }
        network = redraw.chip_network(case)
        answers = integer.run(network, redraw.chip_windows(case, network))
        last = network["layers"][-1]
        between = (answers > last["low"]) & (answers < last["high"])
        if between.mean() > 0.6 and len(np.unique(answers)) > answers.size // 2:
            return case


def draw_deploy(seed: int) -> dict[str, Any]:
    """Return ``cases``, each with ``network``, ``seed``, ``windows`` and ``limits``.

    The first is short of memory, the others of time. Each is kept by one image of those that the
    kernels with -Os and -O2 give.
    """
    rng = np.random.default_rng(seed)
    small, fast = rng.permutation(["int8", "w8", "w24"])[:2]
    chosen = ((str(small), "plain -Os"), (str(fast), "packed -Os"), ("int7", "packed7 -Os"))
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
    for number, other in enumerate(RULED_OUT[wanted]):
        own = images[wanted][number]
        figures.append((own + images[other][number]) / 2 if other else 1.1 * own)
    cycles, flash, ram = figures
    return {
        "milliseconds": round(cycles / 125_000, 3),
        "flash_bytes": int(flash),
        "ram_bytes": int(ram),
    }
