"""Task `kernel`: the networks that the learner's kernel has to run.

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


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``cases``, ``cycles`` (the limit) and ``given_cycles``.

    The first case is a random network of odd shape, the second the course's network with its
    channels in another order; only the second is timed.
    """
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
