"""Task `next_runs`: searches whose curves cross, and what a random choice and mistakes lose."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.automl.world.curves import FULL, RUNS, Search, draw_search

SEARCHES, REPEATS = 24, 60
MISLEADS = 0.2
"""Every known mistake must lose so much of what a random choice loses; 0.1 is allowed."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"searches": seeds, "steep": flags, "budgets": CPU-seconds, …}``.

    ``random`` is the mean regret of a random choice, ``traps`` those of known mistakes.
    """
    return until(
        partial(_instance, rng),
        lambda drawn: min(drawn["traps"].values()) > MISLEADS * drawn["random"],
        "curves whose early ranks and whose slopes mislead",
    )


def _instance(rng: np.random.Generator) -> dict[str, Any]:
    seeds = [int(seed) for seed in rng.integers(2**31, size=SEARCHES)]
    steep = [bool(flag) for flag in rng.permutation(SEARCHES) % 2]
    budgets = [round(float(budget), 1) for budget in rng.uniform(26, 34, SEARCHES)]
    lost: dict[str, list[float]] = {"random": [], "early": [], "endless": []}
    for seed, kind, budget in zip(seeds, steep, budgets, strict=True):
        search = draw_search(seed, steep=kind)
        tries = [regret(search, rng.permutation(RUNS), budget) for _ in range(REPEATS)]
        lost["random"].append(float(np.mean(tries)))
        lost["early"].append(regret(search, search.curves[:, -1].argsort(), budget))
        lost["endless"].append(regret(search, _endless(search).argsort(), budget))
    means = {name: float(np.mean(values)) for name, values in lost.items()}
    return {
        "searches": seeds,
        "steep": steep,
        "budgets": budgets,
        "random": means.pop("random"),
        "traps": means,
    }


def _endless(search: Search) -> Any:
    """Losses after all trees by a straight line on logarithmic axes."""
    slope, level = np.polyfit(np.log(search.trees), np.log(search.curves).T, 1)
    return level + slope * np.log(FULL)


def regret(search: Search, order: Any, budget: float) -> float:
    """Loss above the best run's, when runs are finished in this order as long as money lasts."""
    chosen = []
    for run in order:
        if search.cost[run] <= budget:
            chosen.append(run)
            budget -= search.cost[run]
    return float(search.final[chosen].min() - search.final.min())
