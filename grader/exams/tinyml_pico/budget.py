"""Task `budget`: a customer's own movements, and what the chip may spend on telling them apart.

Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.tinyml_pico import cost, network, training

WIDTHS = (8, 12, 16)
"""A network of this size fits; the limits leave 4 % of room."""

ROOM = 1.04


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``seed``, of the movements and the people, and the limits ``cycles`` and
    ``flash_bytes``.
    """
    fits = training.prune(network.float_network(0), WIDTHS)
    return {
        "seed": int(rng.integers(2**31)),
        "cycles": int(ROOM * cost.cycles(fits)),
        "flash_bytes": int(ROOM * cost.flash_bytes(fits)),
    }
