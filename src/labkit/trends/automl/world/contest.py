"""Sixty models with their scores by fold and their answer times: the winner's curse in numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MODELS, FOLDS, CALLS = 60, 5, 200


@dataclass(frozen=True)
class Contest:
    """One search, as it is reported, and what is true.

    Attributes:
        scores: AUC of each model on each fold, shape (60, 5).
        latencies: milliseconds of 200 calls of each model, shape (60, 200).
        true: the AUC of each model on all customers there are, shape (60,).
    """

    scores: Floats
    latencies: Floats
    true: Floats


def draw_contest(seed: int, spread: float, noise: float) -> Contest:
    """Draw a search.

    Args:
        seed: of the draw.
        spread: standard deviation of the true AUC among models.
        noise: standard deviation of a fold's AUC around the true one.
    """
    rng = np.random.default_rng(seed)
    true = rng.normal(rng.uniform(0.70, 0.80), spread, MODELS)
    scores = true[:, None] + rng.normal(0, noise, (MODELS, FOLDS))
    # Every model has the same mean latency; some answer evenly, others have a tail. Better ones
    # have more of it, so a limit on the mean takes a model that is too slow.
    tail = 0.1 + 0.9 / (1 + np.exp(-(true - true.mean()) / spread))
    raw = rng.lognormal(0, tail[:, None], (MODELS, CALLS))
    latencies = 20.0 * raw / raw.mean(axis=1, keepdims=True)
    return Contest(scores, latencies * rng.uniform(0.8, 1.2, (MODELS, 1)), true)
