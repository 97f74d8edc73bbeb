"""Task `kernel`: the networks that the learner's kernel has to run.

Expected answers are the integer reference's, which the judge runs. Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.exercise.drawing import until
from labkit.trends.tinyml_pico import integer

WINDOWS = 4
"""Every fourth holds the extremes alone. So both of the neighbours that are -128 meet -128, and two
products in 16 bits run over. An answer takes the emulator a tenth of a second to a third."""

KERNEL_CYCLES, GIVEN_CYCLES = 760_000, 844_000
"""The limit for full marks, and what the given kernel takes for the course's network at -O2.

Thousands of cycles, with zig 0.16.0. Two rows with one load of x, in assembler or kept from being
unrolled: 625 to 635. Four rows at a time: 699 at -Os, 735 at -O1 and -O2; from the last tap to the
first 715; three rows 705, five 712. One row, unrolled by two at -O2 687, by four 704 to 709, by
clang's pragma 724: among the ways to share loads, so it counts, and the task's text says so. Then
comes the gap. Four rows from one pointer 780 at -O2, one row unrolled by two 788 at -Os. Two
products by one multiplication: 840; the given kernel at -Os: 842."""


SPREAD = "answers that are not clamped away"

COURSE = {
    "length": 64,
    "channels": 6,
    "widths": [16, 24, 32],
    "kernels": [7, 5, 3],
    "strides": [2, 2, 2],
    "classes": 7,
    "padded": True,
}
"""The shape of the course's network, `**` for `random_networks.random_network`."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``cases``, ``cycles`` (the limit) and ``given_cycles``.

    The first case is a random network of odd shape, the second one of the course's shape; only
    the second is timed. Its layers clamp to less than a byte and have weights of -128, so that no
    assembler of the package runs it: what is timed is the learner's own `dot_rows`.
    """
    return {
        "cases": [until(partial(way, rng), _spread_out, SPREAD) for way in (_odd, _timed)],
        "cycles": KERNEL_CYCLES,
        "given_cycles": GIVEN_CYCLES,
    }


def _timed(rng: np.random.Generator) -> dict[str, Any]:
    return {"shape": COURSE, "coarse": True, "seed": int(rng.integers(2**31)), "windows": WINDOWS}


def _odd(rng: np.random.Generator) -> dict[str, Any]:
    """A random network of odd rows and taps."""
    return {
        "shape": {
            "length": int(rng.integers(9, 14)),
            "channels": int(rng.choice([3, 5])),
            "widths": [int(rng.choice([5, 7, 9])), int(rng.choice([3, 6, 11]))],
            "kernels": [3, int(rng.choice([1, 3]))],
            "strides": [int(rng.choice([1, 2])), 1],
            "classes": int(rng.choice([3, 5, 7])),
        },
        "seed": int(rng.integers(2**31)),
        "windows": WINDOWS,
    }


def _spread_out(case: dict[str, Any]) -> bool:
    network = redraw.chip_network(case)
    answers = integer.run(network, redraw.chip_windows(case, network))
    last = network["layers"][-1]
    between = (answers > last["low"]) & (answers < last["high"])
    return bool(between.mean() > 0.6 and len(np.unique(answers)) > answers.size // 2)
