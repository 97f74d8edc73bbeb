"""Validation scores as functions of six settings, with a known best point.

Most of a real search space does not matter, and nobody says which part. Here two of six settings
change nothing (Bergstra and Bengio, Random search for hyper-parameter optimization, JMLR 2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SETTINGS, USELESS = 6, 2


@dataclass(frozen=True)
class Surface:
    """A score over the unit cube of six settings.

    Attributes:
        peak: the best settings, shape (6,); the score there is 1.
        width: how far a setting may be off, shape (6,); infinite where it changes nothing.
        decoy: settings of a lower peak, shape (6,).
        height: the score of the lower peak alone, below 1.
    """

    peak: Floats
    width: Floats
    decoy: Floats
    height: float

    def score(self, settings: ArrayLike) -> Floats:
        """Return the score of each row of `settings`, shape (n, 6), as (n,); at most 1."""
        x = np.atleast_2d(np.asarray(settings, float))
        near, far = (
            np.exp(-0.5 * (((x - middle) / self.width) ** 2).sum(axis=1))
            for middle in (self.peak, self.decoy)
        )
        return np.maximum(near, self.height * far)

    def regret(self, settings: ArrayLike) -> float:
        """Return how far the best row of `settings` stays below the best score."""
        return float(1 - self.score(settings).max())


def draw_surface(seed: int, edge: float = 0.15) -> Surface:
    """Draw a surface whose two peaks lie apart in the settings that count.

    The higher one stays `edge` away from the ends of each setting. The larger it is, the more a
    search gains that keeps to the middle, whatever the scores say.
    """
    rng = np.random.default_rng(seed)
    peak = rng.uniform(edge, 1 - edge, SETTINGS)
    width = rng.uniform(0.28, 0.42, SETTINGS)
    width[rng.permutation(SETTINGS)[:USELESS]] = np.inf
    away = np.where(peak > 0.5, -1.0, 1.0) * rng.uniform(0.45, 0.6, SETTINGS)
    return Surface(peak, width, np.clip(peak + away, 0.05, 0.95), float(rng.uniform(0.5, 0.6)))
