"""Task `private_round`: updates of a cohort, of which one client's may be huge.

The judge draws the updates again. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

CASES = 2


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has a ``seed`` for the updates, ``clients`` that are present and the ``cohort`` that was
    expected, ``length`` of an update, ``clip``, ``z``, and ``seeds`` for the noise.
    """
    return {"cases": [_case(rng, sign) for sign in rng.permutation([-1, 1])]}


def _case(rng: np.random.Generator, sign: int) -> dict[str, Any]:
    cohort = int(rng.integers(12, 25))
    return {
        "seed": int(rng.integers(2**31)),
        "cohort": cohort,
        "clients": cohort + int(sign) * int(rng.integers(3, 6)),
        "length": int(rng.integers(1_800, 2_200)),
        "clip": round(float(rng.uniform(0.3, 3.0)), 2),
        "z": round(float(rng.uniform(0.6, 1.6)), 2),
        "seeds": rng.integers(2**31, size=12).tolist(),
    }
