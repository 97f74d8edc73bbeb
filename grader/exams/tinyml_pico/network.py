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


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: ``seed``, ``widths``, ``apart``, ``windows`` and ``turn`` each.

    How the watch is worn, ``turn``, (3, 3), is secret, and so are the networks: none was trained
    before.
    """
    return {"cases": [_case(rng) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return {
        "seed": int(rng.integers(2**31)),
        "widths": [int(rng.integers(12, 17)), int(rng.integers(18, 25)), int(rng.integers(24, 33))],
        "apart": APART,
        "windows": WINDOWS,
        "turn": (turn * np.sign(np.linalg.det(turn))).round(6).tolist(),
    }
