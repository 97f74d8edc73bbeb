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

STILL = (16.0, 24.0)
"""How many times smaller the windows at rest are, in the one case that has them.

Ranges of every 64th window, times a margin, over 24 networks: where nobody rests, a margin of 4
still passes on 15, one of 8 on none. With windows at rest sixteen times smaller, 1.5 to 4 pass on
none, 8 on one. So no margin suits both cases."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: ``seed``, ``widths``, ``apart``, ``sizes``, ``windows``,
    ``still`` and ``turn`` each.

    How the watch is worn, ``turn``, (3, 3), is secret, and so are the networks: none was trained
    before. In which case the watch rests now and then, is drawn.
    """
    still = [round(rng.uniform(*STILL), 1), 1.0]
    return {
        "cases": [
            _case(rng, large=number % 2 == 0) | {"still": still[row]}
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
