"""A camera that sees, doubts, and may send a picture up to a larger model.

The small model on the device gives a probability for each kind of object, and these are honest: of
all pictures of which it says 0.7, it is right in 70 %. The large model in the cloud is right with
one probability for all. Sending costs bytes, and pictures differ in size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

Floats = NDArray[np.float64]


class Pictures(NamedTuple):
    """What the device knows: `chances` (n, kinds), each row sums to 1, and `size` (n,) in bytes."""

    chances: Floats
    size: Floats


def draw_pictures(
    rng: np.random.Generator, n: int = 400, kinds: int = 6, clear: float = 3.0
) -> Pictures:
    """Draw n pictures; the larger `clear`, the surer the device is of them.

    Busy pictures are harder to tell and larger once compressed, but not always.
    """
    busy = rng.beta(1.2, 1.8, n)
    evidence = rng.normal(size=(n, kinds))
    evidence[np.arange(n), rng.integers(kinds, size=n)] += 2.0
    chances = softmax(clear * (1.0 - 0.8 * busy)[:, None] * evidence, axis=1)
    size = np.rint(2_000 * np.exp(0.8 * busy + rng.normal(0, 0.7, n)))
    return Pictures(chances, size)


def gain(pictures: Pictures, sent: NDArray[np.bool_], cloud: float) -> float:
    """Correct answers that sending brings, on average over what the pictures may show.

    Args:
        pictures: what the device knows.
        sent: (n,), which pictures go up.
        cloud: the probability that the large model is right.
    """
    return float((cloud - pictures.chances.max(axis=1))[sent].sum())
