"""Task `anonymise`: the least coarse levels that hide every person in a varied crowd.

The reference tries all 720 combinations of levels. Judging is left to the checks.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from labkit.checks.responsible_ai.anonymise import crowds, suppressed
from labkit.checks.responsible_ai.redraw import table
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.tables import Table, loss

CASES = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people``, ``secrets`` and ``tied``, which draw the table; ``k``, ``l`` and
    ``limit``; ``best``, the least loss; ``larger k``, the least loss for k + 1; and ``traps``, the
    levels that known mistakes lead to.
    """
    fits = "every mistake apart from the best"
    return {"cases": [until(lambda: _case(rng), _apart, fits) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "people": int(rng.integers(500, 900)),
        "secrets": int(rng.integers(4, 7)),
        "tied": round(float(rng.uniform(0.9, 0.97)), 3),
        "k": int(rng.integers(3, 9)),
        "l": int(rng.integers(2, 4)),
    }
    drawn = table(case)
    nodes = list(itertools.product(*(range(len(names)) for names in drawn.hierarchies)))
    losses = np.array([loss(drawn, levels) for levels in nodes])
    every = [crowds(drawn, levels) for levels in nodes]

    def left_out(k: int, different: int) -> np.ndarray:
        return np.array([n[(n < k) | (secrets < different)].sum() for n, secrets in every])

    alone, both = left_out(case["k"], 1), left_out(case["k"], case["l"])

    def least(fits: np.ndarray) -> int:
        return int(np.where(fits, losses, np.inf).argmin())

    chosen = least(both <= rng.uniform(0.04, 0.08) * case["people"])
    case["best"], case["limit"] = float(losses[chosen]), int(both[chosen])
    larger = left_out(case["k"] + 1, case["l"]) <= case["limit"]
    case["larger k"] = float(losses[larger].min())
    found = {
        "k alone": least(alone <= case["limit"]),
        "nobody suppressed": least(both == 0),
    }
    case["traps"] = {name: list(nodes[place]) for name, place in found.items()}
    case["traps"]["column by column"] = _by_column(drawn, case["k"])
    case["traps"]["widest first"] = _widest_first(drawn, case)
    return case


def _by_column(drawn: Table, k: int) -> list[int]:
    """On each column the first level whose every value has k people."""
    return [
        next(
            level
            for level, called in enumerate(names)
            if np.unique(called[values], return_counts=True)[1].min() >= k
        )
        for values, names in zip(drawn.columns.T, drawn.hierarchies, strict=True)
    ]


def _widest_first(drawn: Table, case: dict[str, Any]) -> list[int]:
    """Always the column with most different values one level up (Sweeney's Datafly, 1997)."""
    levels = [0] * len(drawn.hierarchies)
    while suppressed(drawn, levels, case["k"], case["l"]) > case["limit"]:
        different = [
            len(np.unique(names[level][values]))
            for values, names, level in zip(drawn.columns.T, drawn.hierarchies, levels, strict=True)
        ]
        levels[int(np.argmax(different))] += 1
    return levels


def _apart(case: dict[str, Any]) -> bool:
    drawn = table(case)
    return (
        case["best"] + 1e-9 < case["larger k"]
        and case["limit"] > 0
        and all(
            suppressed(drawn, levels, case["k"], case["l"]) > case["limit"]
            or loss(drawn, levels) > case["best"] + 1e-9
            for levels in case["traps"].values()
        )
    )
