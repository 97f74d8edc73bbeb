"""Task `hides_discrimination`: eight banks, of which some use the group when nobody looks."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.explainable_ai.world.boxes import draw_parts

CASES, ROWS = 3, 1_000
NAMES = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jade",
    "knoll", "laurel", "maple", "north", "ochre", "pearl",
)  # fmt: skip


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what draws its applicants (``seed``, ``n``, ``columns``, ``group``), of each bank
    ``names``, ``kinds``, ``parts`` and ``sizes``, and ``hidden``, the names that are asked for.
    """
    hidden = rng.permutation([int(rng.integers(0, 2)), int(rng.integers(1, 3)), 3])
    return {"cases": [_case(rng, int(count)) for count in hidden]}


def _case(rng: np.random.Generator, count: int) -> dict[str, Any]:
    columns = int(rng.integers(10, 15))
    place = int(rng.integers(columns))
    kinds = ["hidden"] * count + ["proxy", "open", "posed", "two-faced"]
    kinds += rng.choice(["honest", "proxy", "open", "posed", "two-faced"], 8 - len(kinds)).tolist()
    kinds = rng.permutation(kinds).tolist()
    names = rng.permutation(NAMES)[: len(kinds)].tolist()
    parts = []
    for _ in kinds:
        drawn = draw_parts(int(rng.integers(2**31)), np.ones(columns), waves=2, steps=1, speed=0.25)
        for part in drawn:
            part[3][place] = 0.0
            part[3] = [0.6 * weight for weight in part[3]]
        parts.append(drawn)
    return {
        "seed": int(rng.integers(2**31)),
        "n": ROWS,
        "columns": columns,
        "group": place,
        "names": names,
        "kinds": kinds,
        "parts": parts,
        "sizes": [
            round(float(size), 3)
            for size in rng.choice([-1, 1], len(kinds)) * rng.uniform(1.0, 1.8, len(kinds))
        ],
        "hidden": [name for name, kind in zip(names, kinds, strict=True) if kind == "hidden"],
    }
