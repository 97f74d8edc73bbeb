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
    expected, ``length`` of an update, ``clip``, ``z``, and ``seeds`` for the noise. Some of the
    seeds end alike, in decimal and in binary digits.
    """
    return {"cases": [_case(rng, sign) for sign in rng.permutation([-1, 1])]}


def _case(rng: np.random.Generator, sign: int) -> dict[str, Any]:
    seeds = rng.integers(10**8, size=12)
    seeds[1], seeds[3] = seeds[0] + 10**8, seeds[2] + 2**26
    cohort = int(rng.integers(12, 25))
    return {
        "seed": int(rng.integers(2**31)),
        "cohort": cohort,
        "clients": cohort + int(sign) * int(rng.integers(3, 6)),
        "length": int(rng.integers(1_800, 2_200)),
        "clip": round(float(rng.uniform(0.3, 3.0)), 2),
        "z": round(float(rng.uniform(0.6, 1.6)), 2),
        "seeds": seeds.tolist(),
    }
