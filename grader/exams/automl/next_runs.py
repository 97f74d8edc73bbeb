"""Task `next_runs`: searches whose curves cross, and what a random choice loses."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.automl.world.curves import RUNS, Search, draw_search

SEARCHES, REPEATS = 24, 60
EARLY_LOSES = 0.2
"""Choosing by the last loss must lose so much of what a random choice loses; 0.1 is allowed."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"searches": seeds, "budgets": CPU-seconds, "random": regret, "early": regret}``."""
    return until(
        partial(_instance, rng),
        lambda drawn: drawn["early"] > EARLY_LOSES * drawn["random"],
        "curves whose early ranks mislead",
    )


def _instance(rng: np.random.Generator) -> dict[str, Any]:
    seeds = [int(seed) for seed in rng.integers(2**31, size=SEARCHES)]
    budgets = [round(float(budget), 1) for budget in rng.uniform(26, 34, SEARCHES)]
    random, early = [], []
    for seed, budget in zip(seeds, budgets, strict=True):
        search = draw_search(seed)
        random.append(
            np.mean([regret(search, rng.permutation(RUNS), budget) for _ in range(REPEATS)])
        )
        early.append(regret(search, search.curves[:, -1].argsort(), budget))
    return {
        "searches": seeds,
        "budgets": budgets,
        "random": float(np.mean(random)),
        "early": float(np.mean(early)),
    }


def regret(search: Search, order: Any, budget: float) -> float:
    """Loss above the best run's, when runs are finished in this order as long as money lasts."""
    chosen = []
    for run in order:
        if search.cost[run] <= budget:
            chosen.append(run)
            budget -= search.cost[run]
    return float(search.final[chosen].min() - search.final.min())
