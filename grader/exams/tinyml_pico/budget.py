"""Task `budget`: which people are left out, and what the chip may spend.

The accuracies that are asked for come from networks of the size that just fits, trained beforehand
as the lab's solution does. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.tinyml_pico import cost, network, training

WIDTHS = (8, 12, 16)
"""A network of this size fits; the limits leave 4 % of room."""

ROOM = 1.04

ACCURACY = {(9, 10): (0.856, 0.015), (5, 6): (0.907, 0.021)}
"""Mean and standard deviation of the int8 accuracy on the people left out, over twelve seeds and as
many orders of the axes. On people 7 and 8 the deviation is .038, too wide for a verdict."""

BELOW, FAR_BELOW = 4.5, 7.0
"""Standard deviations below the mean that still earn full and half marks: luck must not decide. Of
40 networks trained in two other ways the worst lay 3.7 below."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``people``, ``axes``, ``signs``, the limits ``cycles`` and ``flash_bytes``, and the
    accuracies for full marks, ``accuracy``, and for half of them, ``half``.
    """
    people = list(ACCURACY)[int(rng.integers(len(ACCURACY)))]
    mean, deviation = ACCURACY[people]
    fits = training.prune(network.float_network(0), WIDTHS)
    return {
        "people": list(people),
        "axes": rng.permutation(6).tolist(),
        "signs": rng.choice([-1, 1], 6).tolist(),
        "cycles": int(ROOM * cost.cycles(fits)),
        "flash_bytes": int(ROOM * cost.flash_bytes(fits)),
        "accuracy": round(mean - BELOW * deviation, 3),
        "half": round(mean - FAR_BELOW * deviation, 3),
    }
