"""Task `plan`: a policy for whole sessions, from a log of random actions.

The optimum and the hand rules are exact; judging is left to the checks.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from exams.personalization.planning import (
    best,
    counted,
    hand_rules,
    miscounts,
    one_step_ahead,
)
from labkit.checks.personalization.plan import NEAR
from labkit.checks.personalization.redraw import steps, viewer
from labkit.exercise.drawing import until
from labkit.trends.personalization.world import loyalty

STEPS = 120_000
APART = 0.925
"""Every hand rule, and the best policy that never baits, reaches at most this share."""

MISSED = 0.02
"""Items that one other action promises more, at least, by what the log tells, where a policy looks
one step ahead to worths found at home, on whatever scale; in one case of two. It is twice what
is allowed."""

SHOWS = 1.1
"""So many times what is allowed, at least, is every estimate off, in one case of two, that counts
the wrong rows too."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``log`` and ``steps``, which draw the viewers and their log; ``best``, the
    value of the optimum; ``traps``, shares of it that hand rules reach; and ``miscounts``,
    estimates that count the wrong rows too.
    """
    return until(partial(_both, rng), _shows, "every miscount far from the truth", tries=50)


def _both(rng: np.random.Generator) -> dict[str, Any]:
    return {"cases": [_case(rng, fits) for fits in (_no_hand_rule, _needs_a_plan)]}


def _case(rng: np.random.Generator, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    case = until(partial(_viewer, rng), fits, "rules apart from the optimum", tries=5_000)
    drawn = viewer(case)
    best_value = loyalty.value(drawn, best(drawn))
    return case | {"best": best_value, "miscounts": miscounts(steps(case))}


def _viewer(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "log": int(rng.integers(2**31)),
        "steps": STEPS,
    }
    return case | {"traps": hand_rules(viewer(case), APART)}


def _no_hand_rule(case: dict[str, Any]) -> bool:
    return max(case["traps"].values()) <= APART


def _needs_a_plan(case: dict[str, Any]) -> bool:
    """Whether neither a hand rule nor one step ahead will do; one case of two is enough."""
    return _no_hand_rule(case) and all(
        loyalty.missed(known, policy) >= MISSED
        for known in (viewer(case), counted(steps(case)))
        for policy in one_step_ahead(known)
    )


def _shows(instance: dict[str, Any]) -> bool:
    """Whether every miscount is seen in one case, which is enough, since both have to be right."""
    seen = [
        {
            name
            for name, wrong in case["miscounts"].items()
            if np.abs(np.array(wrong) - getattr(viewer(case), name)).max() > SHOWS * NEAR[name]
        }
        for case in instance["cases"]
    ]
    return set.union(*seen) == set(instance["cases"][0]["miscounts"])
