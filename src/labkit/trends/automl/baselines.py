"""What people do first: random trials, a default model, folds that are shuffled.

Searches that learn from their trials are left to `optuna`; this module asks it for single trials,
so that it can be compared on surfaces whose optimum is known.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from labkit.trends.automl.world.surfaces import SETTINGS, Surface

Floats = NDArray[np.float64]


def random_search(surface: Surface, trials: int, seed: int) -> Floats:
    """Return the regret after each of `trials` uniform trials, shape (trials,)."""
    tried = np.random.default_rng(seed).uniform(size=(trials, SETTINGS))
    return _regrets(surface.score(tried))


def two_levels(surface: Surface, trials: int, seed: int) -> Floats:
    """Return the regret after each trial of a two-level grid in random order; 64 trials at most."""
    places = np.random.default_rng(seed).permutation(2**SETTINGS)[:trials]
    tried = 0.25 + 0.5 * (places[:, None] >> np.arange(SETTINGS) & 1)
    return _regrets(surface.score(tried))


def by_optuna(surface: Surface, trials: int, seed: int) -> Floats:
    """Return the regret after each trial of optuna's TPE sampler."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=8)
    study = optuna.create_study(direction="maximize", sampler=sampler)

    def objective(trial: optuna.Trial) -> float:
        settings = [trial.suggest_float(f"x{place}", 0, 1) for place in range(SETTINGS)]
        return float(surface.score(settings)[0])

    study.optimize(objective, n_trials=trials)
    return _regrets(np.array([trial.value for trial in study.trials], dtype=float))


def _regrets(scores: Floats) -> Floats:
    return 1 - np.maximum.accumulate(scores)


def shuffled_folds(
    fit: Callable[[Floats, NDArray[np.int64]], Callable[[Floats], Floats]],
    x: Floats,
    y: NDArray[np.int64],
    k: int = 5,
) -> Floats:
    """Return out-of-fold predictions (n,) by shuffled folds; `fit(x, y)` returns a predictor."""
    part = np.random.default_rng(0).permutation(len(y)) % k
    predicted = np.empty(len(y))
    for fold in range(k):
        predicted[part == fold] = fit(x[part != fold], y[part != fold])(x[part == fold])
    return predicted
