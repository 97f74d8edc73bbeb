"""Task `dispatch`: two kinds of storm a learner, and what a score for similar storms saves there.

A slow storm is still there when the truck arrives; a fast one has moved on. Weights found for the
one harm under the other. On four storms of each kind, 2,000 days: weights for slow storms saved 6.3
to 8.5 % under slow ones and lost 24 to 36 % under fast ones; those for fast storms saved 5.3 to
6.2 % under fast ones and 1.5 to 2.9 % under slow ones; their mean saved 4.9 to 6.4 % under slow
ones and at most 0.2 % under fast ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.rl_supply_chain.world.routing import (
    FEATURES,
    Floats,
    Score,
    draw_days,
    nearest_request,
    paired_saving,
    rollout,
)

DAYS = 1_200

ASKED = 0.7
"""Share of what `SLOW` or `FAST` saves that is asked. On the same days, searches of 2 CPU-seconds
saved 0.95 to 1.14 times as much (two searches on each of those eight storms), hill climbing with
half the days 0.79 times at worst."""

# Weights in the order of FEATURES, by `train_scorer` with 40 generations of 96 days, for storms in
# the middle of the two ranges below.
SLOW = (-1.42, -0.30, -0.42, 0.40, 0.34, 0.61, -0.26, 0.62, 0.52, 0.01, -0.03, -0.03)
FAST = (-1.76, -0.25, -0.07, -0.14, 0.18, 0.59, -0.28, 0.55, 0.44, -0.59, -0.07, -0.09)

RANGES = (
    (
        SLOW,
        {"peak": (2.5, 4.0), "width": (0.20, 0.28), "speed": (0.10, 0.20), "forecast": (1.5, 2.5)},
    ),
    (
        FAST,
        {"peak": (3.5, 6.0), "width": (0.15, 0.25), "speed": (0.50, 0.80), "forecast": (0.5, 1.0)},
    ),
)


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, a slow storm and a fast one.

    Each has ``storm``, the number of ``days`` and the ``seed`` that draws them, and ``asked``, the
    saving against nearest-request on these days that is right.
    """
    return {"cases": [_case(rng, weights, ranges) for weights, ranges in RANGES]}


def _case(
    rng: np.random.Generator,
    weights: tuple[float, ...],
    ranges: dict[str, tuple[float, float]],
) -> dict[str, Any]:
    storm = {name: round(rng.uniform(*span), 3) for name, span in ranges.items()}
    seed = int(rng.integers(2**62))
    days = draw_days(DAYS, seed, storm)
    known = np.array(weights, np.float32)
    finish = rollout(days, lambda features: features @ known)
    saving, _ = paired_saving(finish, rollout(days, nearest_request))
    return {"storm": storm, "days": DAYS, "seed": seed, "asked": ASKED * saving}


def train_scorer(
    seed: int,
    storm: dict[str, float],
    generations: int = 25,
    candidates: int = 32,
    days_a_generation: int = 48,
    use: tuple[str, ...] = FEATURES,
) -> Score:
    """Learn a linear score by the cross-entropy method, starting from nearest-request.

    Every candidate of a generation drives the same days, so that differences are not drowned in the
    weather. `use` names the features that may get a weight. Source: Rubinstein and Kroese (2004),
    The Cross-Entropy Method, Springer.
    """
    rng = np.random.default_rng(seed)
    mean = np.zeros(len(FEATURES))
    mean[0] = -1.0
    spread = 0.4 * np.array([name in use for name in FEATURES])
    for _ in range(generations):
        weights = (mean + spread * rng.normal(size=(candidates, len(FEATURES)))).astype(np.float32)
        hours = _mean_hours(weights, days_a_generation, int(rng.integers(2**32)), storm)
        best = weights[np.argsort(hours)[: candidates // 4]]
        # Moving only part of the way keeps one lucky generation from ending the search.
        mean = 0.5 * mean + 0.5 * best.mean(0)
        spread = 0.7 * spread + 0.3 * best.std(0)
    learned = mean.astype(np.float32)
    return lambda features: features @ learned


def _mean_hours(weights: Floats, count: int, seed: int, storm: dict[str, float]) -> Floats:
    """Mean finishing hour of every row of `weights` (candidates, 12) on the same days."""
    candidates = len(weights)
    days = draw_days(count, seed, storm)[np.repeat(np.arange(count), candidates)]
    of_row = np.tile(weights, (count, 1))[:, :, None]
    hours = rollout(days, lambda features: (features @ of_row)[..., 0])
    return hours.reshape(count, candidates).mean(0)
