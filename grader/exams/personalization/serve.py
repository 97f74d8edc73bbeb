"""Task `serve`: a live service with titles that were never shown before.

What is stored is what the static rule of the old log earns, and what an oracle earns, on the same
visitors; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.personalization.redraw import service
from labkit.checks.personalization.serve import BATCHES, HISTORY, VISITORS
from labkit.exercise.drawing import until
from labkit.trends.personalization.world import live

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CASES = 2
AHEAD = 1.5
"""The oracle earns at least so many times what the static rule earns."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``keep`` and ``better``, which draw the service, its history and visitors;
    ``seeds`` for the answer, one a batch; ``static`` and ``oracle``, items watched per visit.
    """
    return {
        "cases": [
            until(partial(_case, rng), _worth_it, "new titles that are worth finding")
            for _ in range(CASES)
        ]
    }


def ridge(visitors: live.Visitors, shown: Whole, watched: Whole, known: live.Service) -> Floats:
    """The weights of each title, (titles, features), from what was watched of it, fatigue known."""
    found = []
    for title, genre in enumerate(known.genre):
        seen = shown == title
        x = visitors.features[seen] * known.keep ** visitors.recent[seen, genre][:, None]
        found.append(np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ watched[seen]))
    return np.array(found)


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "keep": round(float(rng.uniform(0.42, 0.55)), 3),
        "better": round(float(rng.uniform(0.2, 0.3)), 3),
        "seeds": [int(seed) for seed in rng.integers(2**31, size=BATCHES)],
    }
    known, own = service(case)
    likes = ridge(*live.draw_history(own, known, HISTORY), known)
    earned = []
    for _ in range(BATCHES):
        visitors = live.draw_visitors(own, known, VISITORS)
        chance = live.chances(known, visitors)
        worth = visitors.features @ likes.T * known.keep ** visitors.recent[:, known.genre]
        picked = worth.argmax(axis=1)
        live.watch(own, known, visitors, picked)
        earned.append((chance[np.arange(VISITORS), picked].mean(), chance.max(axis=1).mean()))
    case["static"], case["oracle"] = (float(mean) for mean in np.mean(earned, axis=0))
    return case


def _worth_it(case: dict[str, Any]) -> bool:
    return bool(case["oracle"] > AHEAD * case["static"])
