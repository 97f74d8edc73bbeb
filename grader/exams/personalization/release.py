"""Task `release`: private counts of titles, where one person watches very much.

The counts to be met are those with each person's first rows; attacking is left to the checks.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.personalization.redraw import viewed


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people``, ``titles`` and ``heavy``, which draw the rows; ``bound``, rows
    that count of one person; ``epsilon``; ``seeds``, four for the answer; and ``counts``, those to
    be met.
    """
    cases = []
    # A large epsilon shows the thin tails of normal noise, a small one a bias that noise hides. A
    # bound of five shows noise that depends on who is there: only the heavy viewer has five rows.
    spans = ((0.4, 0.7), (1.0, 1.5), (2.5, 3.2))
    for span, bound in zip(spans, rng.permutation([3, 4, 5]).tolist(), strict=True):
        epsilon = rng.uniform(*span)
        case: dict[str, Any] = {
            "seed": int(rng.integers(2**31)),
            "people": int(rng.integers(110, 200)),
            "titles": int(rng.integers(5, 8)),
            "heavy": int(bound * rng.integers(6, 9)),
            "bound": bound,
            "epsilon": round(float(epsilon), 2),
            "seeds": [int(seed) for seed in rng.integers(2**31, size=4)],
        }
        case["counts"] = counted(viewed(case), case["titles"], bound)
        cases.append(case)
    return {"cases": cases}


def counted(rows: NDArray[np.int64], titles: int, bound: int) -> list[int]:
    """How often each title was watched in the first `bound` rows of each person."""
    used: Counter[int] = Counter()
    counts = [0] * titles
    for person, title in rows.tolist():
        used[person] += 1
        if used[person] <= bound:
            counts[title] += 1
    return counts
