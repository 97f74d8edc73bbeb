"""Task `plan`: a policy for whole sessions, from a log of random actions.

The optimum and the hand rules are exact; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exams.personalization.planning import best, hand_rules
from labkit.checks.personalization.redraw import viewer
from labkit.exercise.drawing import until
from labkit.trends.personalization.world import loyalty

CASES = 2
STEPS = 40_000
APART = 0.925
"""Every hand rule, and the best policy that never baits, reaches at most this share."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``log`` and ``steps``, which draw the viewers and their log; ``best``, the
    value of the optimum; and ``traps``, shares of it that hand rules reach.
    """
    return {
        "cases": [
            until(partial(_case, rng), _apart, "every hand rule apart from the optimum")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "log": int(rng.integers(2**31)),
        "steps": STEPS,
    }
    drawn = viewer(case)
    case["best"] = loyalty.value(drawn, best(drawn))
    case["traps"] = hand_rules(drawn)
    return case


def _apart(case: dict[str, Any]) -> bool:
    return max(case["traps"].values()) <= APART
