"""Secret changes of the guideline, and what follows from them, for several tasks.

What is asked about them is each task's own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from labkit.trends.neuro_symbolic_diagnosis.guideline import CRITERIA, Guideline

from .logic import tds_distribution

Floats = NDArray[np.float64]


def moved_limits(lower: float, rng: np.random.Generator) -> dict[str, float]:
    """Limits half-way between two tenths, as the published ones are: four to ten tenths apart."""
    return {
        "suspicious": lower,
        "highly_suspicious": round(lower + int(rng.integers(4, 11)) / 10, 2),
    }


def band_chances(
    believed: Mapping[str, ArrayLike], weighs: Guideline, cuts: Guideline, early: int = 0
) -> Floats:
    """Chances of the bands (n, 3) by the weights of one guideline and the limits of another.

    Bands begin so many tenths too `early`.
    """
    tensors = {name: torch.as_tensor(np.asarray(believed[name])) for name in CRITERIA}
    weights = tuple(int(weighs.weights[name]) for name in CRITERIA)
    posterior = tds_distribution(**tensors, weights=weights).numpy()
    band = cuts.bands(np.arange(posterior.shape[1]) + early)
    return np.stack([posterior[:, band == place].sum(axis=1) for place in range(3)], axis=1)


def listed(table: Floats) -> list[list[float]]:
    """Nested lists, rounded far below a judge's tolerance."""
    # Adding zero turns -0.0 into 0.0, which is shorter.
    return [[round(float(value), 10) + 0.0 for value in row] for row in table]
