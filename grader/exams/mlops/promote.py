"""Task `promote`: duels of an old and a new model."""

from __future__ import annotations

from typing import Any

import numpy as np

NUMBERS = {"equal": 160, "better": 60, "worse": 10, "harmful": 30}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``seed``, and ``kinds`` of the duels."""
    kinds = [kind for kind, count in NUMBERS.items() for _ in range(count)]
    return {
        "seed": int(rng.integers(2**31)),
        "kinds": [str(kind) for kind in rng.permutation(kinds)],
    }
