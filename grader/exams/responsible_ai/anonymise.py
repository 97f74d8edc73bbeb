"""Task `anonymise`: the least coarse levels that hide every person in a varied crowd.

The reference tries all 720 combinations of levels. Judging is left to the checks.
"""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.responsible_ai.anonymise import crowds
from labkit.checks.responsible_ai.redraw import table
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.tables import Table, loss

KINDS = ((2, "the number of levels"), (2, "another k"), (3, "step by step"))
"""Of each case: how many secrets are asked for, and which mistake shows beside the usual ones. A
level over the *number* of levels leads elsewhere in few tables, single steps down too; where three
secrets are asked for, one person more or less in a group seldom matters."""

SAME = 1e-9
LIMITS = (0.03, 0.09)
"""Share of people that may be left out."""

TRIED = 8
"""Limits that are tried for each k and l of a table."""

Whole = NDArray[np.int64]
Levels = tuple[int, ...]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people``, ``secrets`` and ``tied``, which draw the table; ``k``, ``l`` and
    ``limit``; ``best``, the least loss; and ``traps``, the levels that known mistakes lead to. Each
    of them breaks the limit, or loses more.
    """
    fits = "every mistake apart from the best"
    return {"cases": [until(partial(_case, rng, *kind), bool, fits) for kind in KINDS]}


def _case(rng: np.random.Generator, l: int, shown: str) -> dict[str, Any]:  # noqa: E741
    """Draw a table and look for a k and a limit that show every mistake; {} if none does."""
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "people": int(rng.integers(500, 900)),
        "secrets": int(rng.integers(4, 7)),
        "tied": round(float(rng.uniform(0.9, 0.97)), 3),
    }
    drawn = table(case)
    lattice = Lattice(drawn)
    for k in rng.permutation(np.arange(3, 9)).tolist():
        for share in rng.uniform(*LIMITS, TRIED):
            found = _asked(drawn, lattice, k, l, int(share * case["people"]), shown)
            if found:
                return case | found
    return {}


class Lattice:
    """All combinations of levels of a table, with their losses and crowds."""

    def __init__(self, drawn: Table) -> None:
        self.nodes: list[Levels] = list(
            itertools.product(*(range(len(names)) for names in drawn.hierarchies))
        )
        self.losses = np.array([loss(drawn, levels) for levels in self.nodes])
        sizes = np.array([len(names) for names in drawn.hierarchies])
        self.over_length = (np.array(self.nodes) / sizes).sum(axis=1)
        self._crowds = [crowds(drawn, levels) for levels in self.nodes]
        self._left_out: dict[tuple[int, int], Whole] = {}

    def left_out(self, k: int, different: int) -> Whole:
        """How many people have to be left out, for each combination."""
        if (k, different) not in self._left_out:
            self._left_out[k, different] = np.array(
                [n[(n < k) | (secrets < different)].sum() for n, secrets in self._crowds]
            )
        return self._left_out[k, different]


def _asked(
    drawn: Table,
    lattice: Lattice,
    k: int,
    l: int,  # noqa: E741
    limit: int,
    shown: str,
) -> dict[str, Any]:
    """What is asked, with the best and the traps; {} where a mistake does not show."""
    losses, out = lattice.losses, lattice.left_out(k, l)

    def least(allowed: NDArray[np.bool_]) -> int:
        return int(np.where(allowed, losses, np.inf).argmin())

    chosen = least(out <= limit)
    best, limit = float(losses[chosen]), int(out[chosen])
    fits = out <= limit
    as_good = fits & (losses <= best + SAME)
    mistaken = {
        "k alone": least(lattice.left_out(k, 1) <= limit),
        "nobody suppressed": least(out == 0),
    }
    if shown != "step by step":
        mistaken["smaller k"] = least(lattice.left_out(k - 1, l) <= limit)
        mistaken["larger k"] = least(lattice.left_out(k + 1, l) <= limit)
    if limit == 0 or as_good[list(mistaken.values())].any():
        return {}
    traps = {name: lattice.nodes[place] for name, place in mistaken.items()}
    if shown == "the number of levels":
        lengths = np.where(fits, lattice.over_length, np.inf)
        if as_good[lengths <= lengths.min() + SAME].any():
            return {}
        traps["over the number"] = lattice.nodes[int(lengths.argmin())]
    place = {levels: number for number, levels in enumerate(lattice.nodes)}
    traps["column by column"] = _by_column(drawn, k)
    traps["widest first"] = _widest_first(drawn, fits, place)
    if shown == "step by step":
        traps["step by step"] = _top_down(drawn, fits, place)
    if any(as_good[place[levels]] for levels in traps.values()):
        return {}
    return {
        "k": k,
        "l": l,
        "limit": limit,
        "best": best,
        "traps": {name: list(levels) for name, levels in traps.items()},
    }


def _by_column(drawn: Table, k: int) -> Levels:
    """On each column the first level whose every value has k people."""
    return tuple(
        next(
            level
            for level, called in enumerate(names)
            if np.unique(called[values], return_counts=True)[1].min() >= k
        )
        for values, names in zip(drawn.columns.T, drawn.hierarchies, strict=True)
    )


def _top_down(drawn: Table, fits: NDArray[np.bool_], place: dict[Levels, int]) -> Levels:
    """From the last levels down, always where a level counts most, while the limit is kept."""
    steps = np.array([len(names) - 1 for names in drawn.hierarchies])
    levels = tuple(steps.tolist())
    while True:
        lower = [
            (1 / steps[j], j, (*levels[:j], levels[j] - 1, *levels[j + 1 :]))
            for j in range(len(steps))
            if levels[j]
        ]
        kept = [step for step in lower if fits[place[step[2]]]]
        if not kept:
            return levels
        levels = max(kept)[2]


def _widest_first(drawn: Table, fits: NDArray[np.bool_], place: dict[Levels, int]) -> Levels:
    """Always the column with most different values one level up (Sweeney's Datafly, 1997)."""
    levels = [0] * len(drawn.hierarchies)
    while not fits[place[tuple(levels)]]:
        different = [
            len(np.unique(names[level][values]))
            for values, names, level in zip(drawn.columns.T, drawn.hierarchies, levels, strict=True)
        ]
        levels[int(np.argmax(different))] += 1
    return tuple(levels)
