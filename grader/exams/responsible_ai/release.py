"""Task `release`: private counts of visits, where people come often.

Nothing has to be computed beforehand; the judge attacks what is released.
"""

from __future__ import annotations

from typing import Any

import numpy as np

CASES = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people`` and ``heavy``, which draw the visits; ``most``, visits that count
    of one person; ``epsilon``; and ``seeds``, four for the answer.
    """
    cases = []
    for epsilon in (rng.uniform(0.4, 0.8), rng.uniform(0.9, 1.3), rng.uniform(1.4, 1.9)):
        most = int(rng.integers(4, 9))
        cases.append(
            {
                "seed": int(rng.integers(2**31)),
                "people": int(rng.integers(120, 260)),
                "heavy": int(most * rng.integers(4, 7)),
                "most": most,
                "epsilon": round(float(epsilon), 2),
                "seeds": [int(seed) for seed in rng.integers(2**31, size=4)],
            }
        )
    return {"cases": cases}
