"""Task `contaminated`: benchmarks of which nothing, little and much was seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.redraw import benchmarks
from labkit.trends.generative_ai.world.exposure import Benchmark

WORLDS = 100


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"groups": [...]}``, in a drawn order: nothing, little and much was seen.

    Each has ``seed``, ``members`` and ``given``, which draw the benchmarks; ``level``, the false
    share that is allowed; and ``power``, the share of seen items that the reference finds.
    """
    shares = [0.0, round(float(rng.uniform(0.07, 0.12)), 3), round(float(rng.uniform(0.3, 0.5)), 3)]
    groups = [_group(rng, share) for share in shares]
    return {"groups": [groups[place] for place in rng.permutation(3)]}


def _group(rng: np.random.Generator, share: float) -> dict[str, Any]:
    group: dict[str, Any] = {
        "seed": seed(rng),
        "members": WORLDS,
        "given": {
            "items": int(rng.integers(150, 250)),
            "fresh": int(rng.integers(1200, 1800)),
            "share": share,
            "gain": round(float(rng.uniform(0.7, 0.8)), 3),
            "slope": round(float(rng.uniform(0.35, 0.5)), 3),
            "shift": round(float(rng.uniform(-0.5, 0.8)), 3),
            "difficulty": round(float(rng.uniform(0.9, 1.1)), 3),
            "noise": round(float(rng.uniform(0.18, 0.22)), 3),
        },
        "level": round(float(rng.uniform(0.06, 0.16)), 3),
    }
    found = []
    for drawn in benchmarks(group):
        named = reference(drawn, group["level"])
        found.append(drawn.seen[named].sum() / max(drawn.seen.sum(), 1))
    return group | {"power": float(np.mean(found))}


def reference(drawn: Benchmark, level: float) -> NDArray[np.int64]:
    """What is left of the scores, tested against fresh items; Benjamini and Hochberg (1995)."""
    line = np.polyfit(drawn.fresh[:, 1], drawn.fresh[:, 0], 1)
    over = drawn.target - np.polyval(line, drawn.reference)
    usual = np.sort(drawn.fresh[:, 0] - np.polyval(line, drawn.fresh[:, 1]))
    p = (1 + len(usual) - np.searchsorted(usual, over)) / (1 + len(usual))
    order = np.argsort(p)
    passing = np.flatnonzero(p[order] <= level * np.arange(1, len(p) + 1) / len(p))
    return order[: passing[-1] + 1] if len(passing) else order[:0]
