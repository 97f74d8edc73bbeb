"""Task `explain`: lesions under changed guidelines, some of which hide their flip.

In some lesions the first flip that offers itself takes away the only colour or the only structure,
which no lesion can be without; another flip holds. In some, nothing but the highest level of the
asymmetry or of the border turns the verdict. In others the most probable band is not that of the
most likely findings. Judging is left to the checks.
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
"""Lesions out of which those of a case are taken; about one in a hundred hides its flip."""

UNSETTLED, LESIONS = 4, 20

GUIDELINES: tuple[tuple[dict[str, list[int]], list[float], tuple[str, ...], tuple[str, ...]], ...]
GUIDELINES = (
    ({"colours": [8], "structures": [9]}, [1.55, 1.75, 1.95], ("colours", "structures"), ()),
    ({"colours": [9], "structures": [8]}, [1.55, 1.75, 1.95], ("structures",), ()),
    ({"colours": [4], "structures": [4, 5]}, [4.35, 4.55, 4.95, 5.15], (), ("asymmetry", "border")),
)
"""Weights in tenths and lower limits to choose from, of which kinds there are `TEMPTING` lesions,
and which levels alone turn `ALONE` of them. The first guideline catches who looks through the
findings in its order or takes the smallest step, the second who begins at its end or takes the
smallest step, the third who does not try every level. Limits are low and weights high, so that a
lesion near the limit has two or three changes that hold beside the one that leaves nothing: who
takes any by lot passes one draw in a hundred."""

TEMPTING, ALONE = 5, 1

MOST = {"asymmetry": 2, "border": 8, "colours": 6, "structures": 5}
"""Highest level or number of each criterion."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: twenty lesions each under two guidelines.

    Each has ``words``, ``seed``, ``lesions`` and ``rows``, which draw the beliefs, and ``limits``
    and ``weights`` (tenths), by which the guideline differs from the published one.
    """
    return {
        "cases": [
            until(
                partial(_case, *kind, rng),
                _is_full,
                "enough lesions that hide their flip",
            )
            for kind in GUIDELINES
        ]
    }


def _case(
    weights: dict[str, list[int]],
    limits: list[float],
    tempting: tuple[str, ...],
    alone: tuple[str, ...],
    rng: np.random.Generator,
) -> dict[str, Any]:
    drawn = {name: int(rng.choice(tenths)) for name, tenths in weights.items()}
    case: dict[str, Any] = {
        "words": "under a changed guideline",
        "limits": moved_limits(float(rng.choice(limits)), rng),
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
    hidden = [(flips.tempting(name), TEMPTING) for name in tempting]
    hidden += [(flips.only(name), ALONE) for name in alone]
    rest = LESIONS - UNSETTLED - sum(number for _, number in hidden)
    rows: list[int] = []
    for wanted, number in (*hidden, (flips.some & unsettled, UNSETTLED), (flips.some, rest)):
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
        self._whole = (self._counts["colours"] > 0) & (self._counts["structures"] > 0)
        self.some = self._whole & np.any([self._any(name) for name in MOST], axis=0)

    def tempting(self, kind: str) -> NDArray[np.bool_]:
        """Lesions with one of a kind that must not go, where a level turns no verdict."""
        other = "structures" if kind == "colours" else "colours"
        return np.asarray(
            (self._counts[kind] == 1)
            & self._turns(-self._weights[kind])
            & self._kind(other)
            & ~self._any("asymmetry")
            & ~self._any("border")
        )

    def only(self, level: str) -> NDArray[np.bool_]:
        """Lesions whose verdict nothing turns but the highest value of one level."""
        others = np.any([self._any(name) for name in MOST if name != level], axis=0)
        lower = self._level(level, MOST[level] - 1)
        return np.asarray(self._whole & self._any(level) & ~lower & ~others)

    def _any(self, name: str) -> NDArray[np.bool_]:
        kinds = ("colours", "structures")
        return self._kind(name) if name in kinds else self._level(name, MOST[name])

    def _turns(self, tenths: Any) -> NDArray[np.bool_]:
        return np.asarray(self._rules.bands(self._tenths + tenths) != self.band)

    def _level(self, name: str, highest: int) -> NDArray[np.bool_]:
        steps = [to - self._counts[name] for to in range(highest + 1)]
        return np.any([self._turns(self._weights[name] * step) for step in steps], axis=0)

    def _kind(self, name: str) -> NDArray[np.bool_]:
        count, weight = self._counts[name], self._weights[name]
        less = (count > 1) & self._turns(-weight)
        return np.asarray(less | ((count < MOST[name]) & self._turns(weight)))
