"""Task `largest_gap`: what is known for certain of the largest gap among many groups.

The reference are Newcombe's intervals of all pairs at once; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.stats import chi2

from exams.responsible_ai.intervals import largest
from labkit.checks.responsible_ai.varied import counts
from labkit.exercise.drawing import until

DRAWS = 200

KINDS = (
    (0.0, 35), (0.0, 160, "many"), (0.46, 200, "two"), (0.21, 320), (0.1, 75), (0.0, 50, "tiny"),
)  # fmt: skip
"""Of each case: the largest true gap, about; the fewest people of a group; what is special."""

MIDDLING = 0.15
"""A gap that a test finds in a part of the draws, and a bound that holds hardly ever, is below."""

WIDE = 0.4
"""Where two groups lie apart from all others, one pair by itself is right as often as it says."""

GATE = 0.15
"""A test and then half of what was seen is above the truth in so many draws; .1 is allowed."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: groups all alike, few small ones and many large ones.

    Then two lie apart, one above and one below the others; one group differs; one differs by
    little; and three of the alike groups are tiny. Which groups differ changes from draw to draw.

    Each has ``seed``, ``people``, ``chances`` and ``draws``, which draw the counts; ``truth``, the
    largest true gap; ``bound``, the mean of the reference's bounds; ``graded``, whether the
    answer's must come near it; and how often others claim too much: ``one pair`` judged by itself,
    and ``gate``, half the gap seen where a chi-square test is significant.
    """
    fits = "a reference that holds, where pairs by themselves do not"
    return {"cases": [until(partial(_case, rng, *kind), _holds, fits) for kind in KINDS]}


def _case(rng: np.random.Generator, gap: float, fewest: int, special: str = "") -> dict[str, Any]:
    groups = 20 if special == "many" else int(rng.integers(7, 10))
    people = (fewest * rng.uniform(1, 1.6, groups)).astype(int)
    chances = np.full(groups, rng.uniform(0.3, 0.45))
    if special == "tiny":
        people[rng.choice(groups, 3, replace=False)] = rng.integers(8, 13, 3)
        chances[:] = rng.uniform(0.13, 0.18)
    gap *= rng.uniform(0.9, 1.1)
    if special == "two":
        high, low = rng.choice(groups, 2, replace=False)
        chances[[high, low]] += gap / 2, -gap / 2
    else:
        chances[rng.integers(groups)] += gap
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "people": people.tolist(),
        "chances": chances.round(3).tolist(),
        "draws": DRAWS,
    }
    case["truth"] = float(np.ptp(case["chances"]))
    drawn = counts(case)
    bounds = largest(drawn, people)
    case["bound"] = float(bounds.mean())
    case["wrong"] = float(np.mean(bounds > case["truth"]))
    case["one pair"] = float(np.mean(largest(drawn, people, family=False) > case["truth"]))
    case["gate"] = float(np.mean(gated(drawn, people) > case["truth"]))
    case["graded"] = gap > MIDDLING
    return case


def gated(chosen: Any, people: Any) -> Any:
    """Half the largest gap seen where a chi-square test of all groups is significant, else 0."""
    rate, all_alike = chosen / people, chosen.sum(axis=1, keepdims=True) / people.sum()
    spread = (people * (rate - all_alike) ** 2 / (all_alike * (1 - all_alike))).sum(axis=1)
    return np.where(spread > chi2.ppf(0.95, len(people) - 1), np.ptp(rate, axis=1) / 2, 0.0)


def _holds(case: dict[str, Any]) -> bool:
    if case["truth"] and not case["graded"]:
        return bool(case["wrong"] <= 0.045 and case["gate"] >= GATE)
    seldom = 0.0 if case["truth"] > WIDE else 0.1 if case["truth"] else 0.25
    return bool(case["wrong"] <= 0.045 and case["one pair"] >= seldom)
