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
    small, large = ((0.3, 0.5), (0.65, 0.85)), ((1.9, 3.0), (1.2, 1.6))
    signs = rng.permutation([-1, 1])
    return {
        "cases": [_case(rng, int(s), *ends) for s, ends in zip(signs, (small, large), strict=True)]
    }


def _case(
    rng: np.random.Generator, sign: int, clip: tuple[float, float], z: tuple[float, float]
) -> dict[str, Any]:
    """A case; clip and z lie on one side of 1 and apart, so that a forgotten one shows."""
    seeds = rng.integers(10**8, size=12)
    seeds[1], seeds[3] = seeds[0] + 10**8, seeds[2] + 2**26
    cohort = int(rng.integers(12, 25))
    return {
        "seed": int(rng.integers(2**31)),
        "cohort": cohort,
        "clients": cohort + sign * int(rng.integers(3, 6)),
        "length": int(rng.integers(1_800, 2_200)),
        "clip": round(float(rng.uniform(*clip)), 2),
        "z": round(float(rng.uniform(*z)), 2),
        "seeds": seeds.tolist(),
    }
