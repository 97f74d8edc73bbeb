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

CROWD = 4_000
"""Visitors over whom the mean chance of a title is taken."""

AHEAD = 1.5
"""The oracle earns at least so many times what the static rule earns."""

BLIND = 0.6
"""Share of the way, at most, that the best rule goes that knows the mean chance of each title but
looks at no visitor. Rules that learn these means earn less than it (80 services)."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``keep``, ``better`` and ``taste``, which draw the service, its history and
    visitors; ``seeds`` for the answer, one a batch; ``static``, ``oracle`` and ``blind``, items
    watched per visit.
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
        "better": round(float(rng.uniform(0.22, 0.3)), 3),
        "taste": round(float(rng.uniform(0.19, 0.22)), 3),
        "seeds": [int(seed) for seed in rng.integers(2**31, size=BATCHES)],
    }
    known, own = service(case)
    likes = ridge(*live.draw_history(own, known, HISTORY), known)
    liked = _mean_chances(rng, known)
    rows, earned = np.arange(VISITORS), []
    for _ in range(BATCHES):
        visitors = live.draw_visitors(own, known, VISITORS)
        chance = live.chances(known, visitors)
        fresh = known.keep ** visitors.recent[:, known.genre]
        picked = (visitors.features @ likes.T * fresh).argmax(axis=1)
        live.watch(own, known, visitors, picked)
        popular = (liked * fresh).argmax(axis=1)
        earned.append((chance[rows, picked], chance.max(axis=1), chance[rows, popular]))
    means = np.mean(earned, axis=(0, 2))
    return {**case, **dict(zip(("static", "oracle", "blind"), means.tolist(), strict=True))}


def _mean_chances(rng: np.random.Generator, known: live.Service) -> Floats:
    """The chance of each title, (titles,), with nobody tired, averaged over many visitors."""
    nobody_tired = known._replace(keep=1.0)
    return live.chances(nobody_tired, live.draw_visitors(rng, known, CROWD)).mean(axis=0)


def _worth_it(case: dict[str, Any]) -> bool:
    blind = (case["blind"] - case["static"]) / (case["oracle"] - case["static"])
    return bool(case["oracle"] > AHEAD * case["static"] and blind < BLIND)
