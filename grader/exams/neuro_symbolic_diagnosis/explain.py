"""Task `explain`: lesions under changed guidelines, some of which hide their flip.

In some lesions the first flip that offers itself takes away the only colour or the only structure,
which no lesion can be without; another flip holds. In others the most probable band is not that of
the most likely findings. Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.drawing import until
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.perception import most_likely

from .guidelines import band_chances, moved_limits

LOOKED_AT = 1_500
"""Lesions out of which those of a case are taken; of these about one in a hundred is tempting."""

UNSETTLED, LESIONS = 4, 20

GUIDELINES: tuple[tuple[dict[str, list[int]], tuple[str, ...]], ...] = (
    ({"colours": [5], "structures": [7, 8]}, ("colours", "structures")),
    ({"colours": [6, 7], "structures": [4, 5]}, ("structures",)),
)
"""Weights in tenths to choose from, and of which kinds there are `TEMPTING` lesions: the first
guideline catches who looks through the findings in its order or takes the smallest step, the second
who begins at its end or takes the smallest step."""

TEMPTING = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: twenty lesions each under two guidelines.

    Each has ``words``, ``seed``, ``lesions`` and ``rows``, which draw the beliefs, and ``limits``
    and ``weights`` (tenths), by which the guideline differs from the published one.
    """
    return {
        "cases": [
            until(
                partial(_case, weights, tempting, rng),
                _is_full,
                "enough lesions that hide their flip",
            )
            for weights, tempting in GUIDELINES
        ]
    }


def _case(
    weights: dict[str, list[int]], tempting: tuple[str, ...], rng: np.random.Generator
) -> dict[str, Any]:
    drawn = {name: int(rng.choice(tenths)) for name, tenths in weights.items()}
    case: dict[str, Any] = {
        "words": "under a changed guideline",
        "limits": moved_limits(float(rng.choice([2.75, 2.95, 3.15])), rng),
        "weights": {"asymmetry": int(rng.choice([9, 11, 15, 17])), **drawn},
        "seed": int(rng.integers(2**31)),
        "lesions": LOOKED_AT,
        "rows": list(range(LOOKED_AT)),
    }
    rule_book = guideline.read(redraw.changed_guideline(case))
    believed = redraw.stated_beliefs(case)
    likely = most_likely(believed)
    flips = Flips(likely, rule_book)
    probable = band_chances(believed, rule_book, rule_book).argmax(axis=1)
    unsettled = probable != flips.band
    rows: list[int] = []
    for wanted, number in (
        *((flips.tempting(name), TEMPTING) for name in tempting),
        (flips.some & unsettled, UNSETTLED),
        (flips.some, LESIONS - UNSETTLED - TEMPTING * len(tempting)),
    ):
        fresh = [int(row) for row in np.flatnonzero(wanted) if row not in rows]
        rows += fresh[:number]
    return {**case, "rows": sorted(rows)}


def _is_full(case: dict[str, Any]) -> bool:
    return len(case["rows"]) == LESIONS


class Flips:
    """Which single changes turn the verdict of each of n lesions, by the counts of its findings."""

    def __init__(self, likely: dict[str, Any], rule_book: guideline.Guideline) -> None:
        """Take findings in the form of `Lesions.concepts`."""
        self._weights, self._rules = rule_book.weights, rule_book
        self._tenths = rule_book.tenths(likely)
        self.band = rule_book.bands(self._tenths)
        self._counts = {
            name: part.sum(axis=1) if part.ndim == 2 else part for name, part in likely.items()
        }
        whole = (self._counts["colours"] > 0) & (self._counts["structures"] > 0)
        self.some = whole & (
            self._level("asymmetry", 2)
            | self._level("border", 8)
            | self._kind("colours", 6)
            | self._kind("structures", 5)
        )

    def tempting(self, kind: str) -> NDArray[np.bool_]:
        """Lesions with one of a kind that must not go, where a level turns no verdict."""
        most = {"colours": 6, "structures": 5}
        other = "structures" if kind == "colours" else "colours"
        return np.asarray(
            (self._counts[kind] == 1)
            & self._turns(-self._weights[kind])
            & self._kind(other, most[other])
            & ~self._level("asymmetry", 2)
            & ~self._level("border", 8)
        )

    def _turns(self, tenths: Any) -> NDArray[np.bool_]:
        return np.asarray(self._rules.bands(self._tenths + tenths) != self.band)

    def _level(self, name: str, highest: int) -> NDArray[np.bool_]:
        steps = [to - self._counts[name] for to in range(highest + 1)]
        return np.any([self._turns(self._weights[name] * step) for step in steps], axis=0)

    def _kind(self, name: str, most: int) -> NDArray[np.bool_]:
        count, weight = self._counts[name], self._weights[name]
        less = (count > 1) & self._turns(-weight)
        return np.asarray(less | ((count < most) & self._turns(weight)))
