"""Task `network`: how the float networks that are to be quantised are trained, and on what.

The networks themselves are trained where they are needed, from the seed. Judging is left to the
checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

CASES, WINDOWS = 2, 256
APART = 8
"""How many times smaller in range half of the channels are."""

LARGE = (8.0, 16.0)
"""How many times larger, or smaller, input, convolutions and logits are than they were trained.

As they were trained, the largest values of input, convolutions and logits are 4 to 10. One case of
an instance begins large, the other small, so that no range suits both, nor two layers of one."""

STILL, SILENT = (10.0, 14.0), (100.0, 150.0)
"""How many times smaller the windows at rest are in the two cases.

Ranges of windows at rest alone need a margin of about these. What suits the smaller one gives the
other an error of 1.3 and more; what suits the larger one is ten times too wide there, and with a
margin of 8 none of 24 networks passes."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: ``seed``, ``widths``, ``apart``, ``sizes``, ``windows``,
    ``still``, ``start``, ``odd`` and ``turn`` each.

    How the watch is worn, ``turn``, (3, 3), is secret, and so are the networks: none was trained
    before. Where it moves is drawn for an instance: at every second window of a stretch, and in the
    two cases in opposite stretches, and at the others of two neighbours. So windows in a row, and
    every second, fourth or tenth one, show one of the two networks at rest alone.
    """
    start, odd = int(rng.integers(WINDOWS)), int(rng.integers(2))
    still = [round(rng.uniform(*span), 1) for span in (STILL, SILENT)]
    return {
        "cases": [
            _case(rng, large=number % 2 == 0)
            | {
                "still": still[row],
                "start": (start + number * WINDOWS // CASES) % WINDOWS,
                "odd": (odd + number) % 2,
            }
            for number, row in enumerate(rng.permutation(CASES))
        ]
    }


def _case(rng: np.random.Generator, *, large: bool) -> dict[str, Any]:
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return {
        "seed": int(rng.integers(2**31)),
        "widths": [int(rng.integers(12, 17)), int(rng.integers(18, 25)), int(rng.integers(24, 33))],
        "apart": APART,
        "sizes": _sizes(rng, 1 if large else -1),
        "windows": WINDOWS,
        "turn": (turn * np.sign(np.linalg.det(turn))).round(6).tolist(),
    }


def _sizes(rng: np.random.Generator, sign: int) -> list[float]:
    """Sizes of the input, the three convolutions and the logits: large next to small.

    The first is large for `sign` 1, small for -1.
    """
    size = rng.uniform(*LARGE, 5)
    return [float(value) for value in (size ** (sign * np.array([1, -1, 1, -1, 1]))).round(4)]
