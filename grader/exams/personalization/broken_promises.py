"""Task `broken_promises`: six vendors, of whom some give away more than they claim.

The vendors are built by the checks from their kinds; which kinds there are, and under which names,
is drawn here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.personalization.vendors import BROKEN, HONEST, VENDORS

CASES = 3

LARGE, SMALL = (0.8, 1.2), (0.15, 0.22)
"""Claims of the first case, and of the others. Where epsilon is small, chance alone moves a ratio
of shares as far as a broken promise does: beyond fixed cuts of titles, sums and differences, 1.2
times the claim accuses an honest vendor in 8 of 8 tables, and none in 3 of 3 with a large one."""

JUST_ENOUGH = ("fewer rows", "laplace")
"""Honest vendors with no more noise than their claim asks for, who are the first to be accused by
chance: both are there where the claim is small."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people``, ``titles`` and ``heavy``, which draw the rows; ``bound``,
    ``epsilon``; ``vendors``, pairs of name and kind; and ``broken``, the names to be found. Every
    kind of broken promise occurs in one case at least.
    """
    order = [str(kind) for kind in rng.permutation(BROKEN)]
    cases = []
    for first in range(0, 2 * CASES, 2):
        more = [str(kind) for kind in rng.permutation(BROKEN)[: int(rng.integers(2))]]
        kinds = sorted({*(order + order[:1])[first : first + 2], *more})
        honest = [str(kind) for kind in rng.permutation(HONEST)]
        if first:
            honest.sort(key=lambda kind: kind not in JUST_ENOUGH)
        every = [str(kind) for kind in rng.permutation([*kinds, *honest[: VENDORS - len(kinds)]])]
        names = [str(name) for name in rng.permutation(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))[:VENDORS]]
        cases.append(
            {
                "seed": int(rng.integers(2**31)),
                "people": int(rng.integers(110, 180)),
                "titles": int(rng.integers(5, 7)),
                "heavy": int(rng.integers(32, 44)),
                "bound": int(rng.integers(4, 6)),
                "epsilon": round(float(rng.uniform(*(SMALL if first else LARGE))), 2),
                "vendors": [[name, kind] for name, kind in zip(names, every, strict=True)],
                "broken": sorted(n for n, k in zip(names, every, strict=True) if k in BROKEN),
            }
        )
    return {"cases": cases}
