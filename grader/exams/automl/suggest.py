"""Task `suggest`: 26 surfaces, and what random search reaches on them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from labkit.checks.automl.suggest import EDGE, rank
from labkit.exercise.drawing import until
from labkit.trends.automl.world.surfaces import SETTINGS, draw_surface

SURFACES, TRIALS, REPEATS, QUANTILES = 26, 40, 150, 31
LEAST = 0.4
"""Share of random searches that are better than whoever keeps to the middle of the cube."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"surfaces": seeds, "trials": 40, "seed": …, "random": …}``.

    ``random`` are for each surface quantiles, the least first, of the regret that 150 searches of
    40 uniform draws leave.
    """
    return until(partial(_exam, rng), _middle_is_no_help, "surfaces that the middle does not solve")


def _exam(rng: np.random.Generator) -> dict[str, Any]:
    seeds = [int(seed) for seed in rng.integers(2**31, size=SURFACES)]
    quantiles = []
    for seed in seeds:
        tried = rng.uniform(size=(REPEATS * TRIALS, SETTINGS))
        best = draw_surface(seed, EDGE).score(tried).reshape(REPEATS, TRIALS).max(axis=1)
        quantiles.append(np.quantile(1 - best, np.linspace(0, 1, QUANTILES)).tolist())
    return {
        "surfaces": seeds,
        "trials": TRIALS,
        "seed": int(rng.integers(2**20)),
        "random": quantiles,
    }


def _middle_is_no_help(exam: dict[str, Any]) -> bool:
    """Whether designs that see no score and keep to the middle are no better than chance."""
    even = qmc.Sobol(SETTINGS, seed=1).random(64)[:TRIALS]
    uniform = np.random.default_rng(exam["seed"]).uniform(size=(TRIALS, SETTINGS))
    return all(
        _ranked(exam, margin + (1 - 2 * margin) * design) > LEAST
        for design in (even, uniform)
        for margin in (0.0, 0.1, 0.15, 0.2)
    )


def _ranked(exam: dict[str, Any], design: NDArray[np.float64]) -> float:
    regrets = [draw_surface(seed, EDGE).regret(design) for seed in exam["surfaces"]]
    return float(np.mean([rank(*one) for one in zip(regrets, exam["random"], strict=True)]))
