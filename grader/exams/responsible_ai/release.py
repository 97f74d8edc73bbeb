"""Task `release`: private counts of visits, where people come often.

Nothing has to be computed beforehand; the judge attacks what is released.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people`` and ``heavy``, which draw the visits; ``most``, visits that count
    of one person; ``epsilon``; and ``seeds``, four for the answer. In the last one nobody comes as
    often as counts, and without the most frequent visitor the most visits are fewer still: noise
    made for the most visits *seen* gives that person away.
    """
    cases = []
    for low, high, seldom in ((0.4, 0.6, 0), (0.9, 1.3, 0), (1.4, 1.9, 0), (0.9, 1.3, 1)):
        epsilon = rng.uniform(low, high)
        most = int(rng.integers(8, 11) if seldom else rng.integers(4, 9))
        cases.append(
            {
                "seed": int(rng.integers(2**31)),
                "people": int(rng.integers(120, 260)),
                "heavy": 7 if seldom else int(most * rng.integers(4, 7)),
                "most": most,
                "epsilon": round(float(epsilon), 2),
                "seeds": [int(seed) for seed in rng.integers(2**31, size=4)],
            }
        )
    return {"cases": cases}
