"""Two explorations: where to compare runs that are not finished, and how luck grows with trials."""

from __future__ import annotations

import numpy as np

from labkit.pictures.explorer import Explorer, choice, decimal, whole
from labkit.pictures.plot import Plot
from labkit.trends.automl.plots import crossing, curse
from labkit.trends.automl.world.curves import FULL, draw_runs, losses

TREES = np.unique(np.geomspace(5, FULL, 60).round())
TRIED = (1, 2, 5, 10, 20, 60, 200)
REPEATS = 400


def explore_stop() -> Explorer:
    """A slider for the number of trees at which runs are compared, another one for the search."""
    return Explorer(
        _stopped,
        {
            "stop": whole("compared after (trees)", 10, 5, FULL),
            "seed": whole("search", 1, 1, 20),
        },
    )


def _stopped(stop: int, seed: int) -> Plot:
    return crossing(TREES, losses(*draw_runs(np.random.default_rng(seed)), TREES), stop)


def explore_curse() -> Explorer:
    """Sliders for how many models are tried, how noisy a score is, and how much models differ."""
    return Explorer(
        _curse,
        {
            "models": choice("models tried", 60, list(TRIED)),
            "noise": decimal("noise of a score (AUC)", 0.008, 0.001, 0.03, 0.001),
            "spread": decimal("true differences (AUC)", 0.006, 0.0, 0.02, 0.001),
        },
    )


def _curse(models: int, noise: float, spread: float) -> Plot:
    return curse(TRIED, *winners(noise, spread), models)


def winners(noise: float, spread: float) -> tuple[list[float], list[float]]:
    """Return the winner's mean score and mean true AUC for each number of models in `TRIED`."""
    draws = np.random.default_rng(0)
    true = 0.75 + spread * draws.standard_normal((REPEATS, max(TRIED)))
    scores = true + noise * draws.standard_normal(true.shape)
    promised, real = [], []
    for tried in TRIED:
        best = scores[:, :tried].argmax(axis=1)
        rows = np.arange(REPEATS)
        promised.append(float(scores[rows, best].mean()))
        real.append(float(true[rows, best].mean()))
    return promised, real
