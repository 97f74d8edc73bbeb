"""Task `plan`: a policy for whole sessions, from a log of random actions.

The optimum and the hand rules are exact; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exams.personalization.planning import best, hand_rules, miscounts, one_step_ahead
from labkit.checks.personalization.plan import NEAR
from labkit.checks.personalization.redraw import steps, viewer
from labkit.exercise.drawing import until
from labkit.trends.personalization.world import loyalty

CASES = 2
STEPS = 120_000
APART = 0.925
"""Every hand rule, and the best policy that never baits, reaches at most this share."""

MISSED = 0.04
"""Items that one other action promises more, at least, where a policy looks one step ahead to
worths found at home, on whatever scale; four times what is allowed. That holds for one viewer in
five."""

SHOWS = 1.1
"""So many times what is allowed, at least, is every estimate off that counts the wrong rows too."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``log`` and ``steps``, which draw the viewers and their log; ``best``, the
    value of the optimum; ``traps``, shares of it that hand rules reach; and ``miscounts``,
    estimates that count the wrong rows too.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "every miscount far from the truth", tries=50)
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case = until(
        lambda: _viewer(rng),
        lambda drawn: max(drawn["traps"].values()) <= APART and _needs_a_plan(viewer(drawn)),
        "every hand rule apart from the optimum",
        tries=2_000,
    )
    return case | {"miscounts": miscounts(steps(case))}


def _viewer(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "log": int(rng.integers(2**31)),
        "steps": STEPS,
    }
    drawn = viewer(case)
    case["best"] = loyalty.value(drawn, best(drawn))
    case["traps"] = hand_rules(drawn, APART)
    return case


def _needs_a_plan(drawn: loyalty.Viewer) -> bool:
    return all(loyalty.missed(drawn, policy) >= MISSED for policy in one_step_ahead(drawn))


def _shows(case: dict[str, Any]) -> bool:
    truth = viewer(case)
    return all(
        np.abs(np.array(wrong) - getattr(truth, name)).max() > SHOWS * NEAR[name]
        for name, wrong in case["miscounts"].items()
    )
