"""Task `suggest`: twenty surfaces, and what random search reaches on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.automl.suggest import EDGE
from labkit.trends.automl.world.surfaces import SETTINGS, draw_surface

SURFACES, TRIALS, REPEATS = 20, 40, 150


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"surfaces": seeds, "trials": 40, "seed": …, "random": regret}``.

    ``random`` is the mean regret of 40 uniform draws, over 150 repeats and all surfaces.
    """
    seeds = [int(seed) for seed in rng.integers(2**31, size=SURFACES)]
    regrets = []
    for seed in seeds:
        tried = rng.uniform(size=(REPEATS * TRIALS, SETTINGS))
        best = draw_surface(seed, EDGE).score(tried).reshape(REPEATS, TRIALS).max(axis=1)
        regrets.append(float((1 - best).mean()))
    return {
        "surfaces": seeds,
        "trials": TRIALS,
        "seed": int(rng.integers(2**20)),
        "random": float(np.mean(regrets)),
    }
