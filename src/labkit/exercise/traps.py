"""Known traps: which misconception an answer's numbers fit.

An instance carries the numbers that each known mistake leads to, by key; the words for a key stand
with the task. An answer that equals such numbers is told their name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def trap(
    value: ArrayLike, numbers: Mapping[str, Any], words: Mapping[str, str], tolerance: float
) -> str:
    """Name the trap whose numbers the answer has; "" where there is none.

    Args:
        value: the answer's number or array.
        numbers: what each trap leads to, by key; arrays of another shape than `value` fit not.
        words: what is said of a trap, by key.
        tolerance: how far a number may be off, as a share of one plus its size.
    """
    found = np.asarray(value, dtype=float)
    for key, led_to in numbers.items():
        expected = np.asarray(led_to, dtype=float)
        if found.shape != expected.shape:
            continue
        if (np.abs(expected - found) <= tolerance * (1 + np.abs(expected))).all():
            return words[key]
    return ""
