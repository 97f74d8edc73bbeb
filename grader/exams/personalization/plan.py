"""Task `plan`: a policy for whole sessions, from a log of random actions.

The optimum and the hand rules are exact; judging is left to the checks.
"""

from __future__ import annotations

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

Ranges = tuple[tuple[float, float], tuple[float, float]]
STEPS = 120_000
WEARY, FRESH = ((0.3, 0.38), (0.08, 0.16)), ((0.91, 0.97), (0.85, 0.91))
"""What fatigue leaves, after one item and after two. One audience tires at once and one hardly, so
that tired rows take .10 to .13 off what is watched of a genre there and .00 to .02 here (12 exams):
no constant from home makes up for both. Where it tires at once, one number for one item and for two
is off by .11 and more."""

APART = 0.925
"""Every hand rule, and the best policy that never baits, reaches at most this share where the
audience hardly tires; both audiences have to be right."""

MISSED = 0.02
"""Items that one other action promises more, at least, by what the log tells, where a policy looks
one step ahead to worths found at home, on whatever scale; where the audience hardly tires. It is
twice what is allowed."""

SHOWS = 1.1
"""So many times what is allowed, at least, is every estimate off, in one case of two, that counts
the wrong rows too."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``tired``, ``log`` and ``steps``, which draw the viewers and their log;
    ``best``, the value of the optimum; ``traps``, shares of it that hand rules reach; and
    ``miscounts``, estimates that count the wrong rows too.
    """
    return until(partial(_both, rng), _shows, "every miscount far from the truth", tries=50)


def _both(rng: np.random.Generator) -> dict[str, Any]:
    fresh = until(
        partial(_viewer, rng, FRESH, APART), _needs_a_plan, "rules apart from the optimum", 5_000
    )
    cases = [_learned(fresh), _learned(_viewer(rng, WEARY))]
    return {"cases": [cases[place] for place in rng.permutation(2)]}


def _learned(case: dict[str, Any]) -> dict[str, Any]:
    """A case with the optimum's value, and with what a log teaches who counts the wrong rows."""
    drawn = viewer(case)
    best_value = loyalty.value(drawn, best(drawn))
    return case | {"best": best_value, "miscounts": miscounts(steps(case))}


def _viewer(rng: np.random.Generator, tired: Ranges, most: float = np.inf) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "tired": [round(float(rng.uniform(low, high)), 3) for low, high in tired],
        "log": int(rng.integers(2**31)),
        "steps": STEPS,
    }
    return case | {"traps": hand_rules(viewer(case), most)}


def _needs_a_plan(case: dict[str, Any]) -> bool:
    """Whether neither a hand rule nor one step ahead will do."""
    return (
        max(case["traps"].values()) <= APART
        and _one_step_misses(viewer(case))
        and _one_step_misses(counted(steps(case)))
    )


def _one_step_misses(known: loyalty.Viewer) -> bool:
    return all(loyalty.missed(known, policy) >= MISSED for policy in one_step_ahead(known))


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
