"""Task `budget`: a customer's own movements, and what the chip may spend on telling them apart.

Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.tinyml_pico import cost, network, training

WIDTHS = (8, 12, 16)
"""A network of this size fits."""

TIGHT = (1.02, 1.06)
"""From and to how many times the cost of that network the tight limit is."""

LOOSE = {"cycles": (1.66, 1.76), "flash_bytes": (1.33, 1.4)}
"""The same of the other limit. A network of widths 12, 16, 24 takes 1.65 times the cycles and 1.32
times the flash, so it keeps to the loose limit, whichever that is, and breaks the tight one: who
looks at one limit alone is found out on half of the exams."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``seed``, of the movements and the people, and the limits ``cycles`` and
    ``flash_bytes``, of which one leaves room to spare.
    """
    seed, loose = int(rng.integers(2**31)), str(rng.choice(list(LOOSE)))
    room = dict.fromkeys(LOOSE, TIGHT) | {loose: LOOSE[loose]}
    fits = training.prune(network.float_network(0), WIDTHS)
    return {
        "seed": seed,
        "cycles": int(rng.uniform(*room["cycles"]) * cost.cycles(fits)),
        "flash_bytes": int(rng.uniform(*room["flash_bytes"]) * cost.flash_bytes(fits)),
    }
