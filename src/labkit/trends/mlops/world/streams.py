"""Windows of features that a service sees, quiet or drifting from some window on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEATURES = 6


def draw_rows(rng: np.random.Generator, windows: int, rows: int) -> Floats:
    """Features of quiet windows, (windows, rows, 6): each of mean 0 and standard deviation 1.

    Two are normal, two skewed (gamma of shape 4), two heavy in the tails (t with 8 degrees).
    """
    shape = (windows, rows, 2)
    normal = rng.standard_normal(shape)
    skewed = (rng.gamma(4, 1, shape) - 4) / 2
    heavy = rng.standard_t(8, shape) / np.sqrt(8 / 6)
    return np.concatenate([normal, skewed, heavy], axis=2)


def draw_stream(
    rng: np.random.Generator, windows: int, rows: int, feature: int, shift: float, start: int
) -> Floats:
    """Features of a stream, (windows, rows, 6), of which one is shifted from a window on.

    Args:
        rng: moves on.
        windows: how many.
        rows: applicants in a window.
        feature: which one drifts, 0 to 5.
        shift: by how many standard deviations.
        start: the first window that has drifted.
    """
    stream = draw_rows(rng, windows, rows)
    stream[start:, :, feature] += shift
    return stream
