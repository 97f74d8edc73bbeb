"""Task `pick`: three hundred searches, of which each has its lucky winner."""

from __future__ import annotations

from typing import Any

import numpy as np

SEARCHES = 300


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"searches": seeds, "spread": …, "noise": …, "share": …}``.

    ``spread`` and ``noise`` are standard deviations of true scores and of folds; ``share`` of the
    models keep the limit on the latency.
    """
    return {
        "searches": [int(seed) for seed in rng.integers(2**31, size=SEARCHES)],
        "spread": round(float(rng.uniform(0.013, 0.015)), 5),
        "noise": round(float(rng.uniform(0.017, 0.019)), 5),
        "share": round(float(rng.uniform(0.45, 0.6)), 3),
    }
