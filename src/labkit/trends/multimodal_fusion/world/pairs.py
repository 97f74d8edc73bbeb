"""Photos and titles from two frozen encoders that were never trained together.

Both encoders see what a product is; each also sees something of its own (light and angle, or style
and length), which is larger. The spaces have as many dimensions, and nothing else in common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Encoders:
    """Two linear encoders of normal factors.

    Attributes:
        of_both: where the shared factors go, one array (shared, d) for photos and one for titles.
        of_own: where each encoder's own factors go, two arrays (own, d).
        noise: standard deviation of the rest, in each dimension.
        centre: means of the two spaces, two arrays (d,).
    """

    of_both: tuple[Floats, Floats]
    of_own: tuple[Floats, Floats]
    noise: float
    centre: tuple[Floats, Floats]

    def draw(self, n: int, seed: int) -> tuple[Floats, Floats]:
        """Encode n products: photos and titles, shape (n, d) each, in the same order."""
        draws = np.random.default_rng(seed)
        shared = draws.normal(size=(n, len(self.of_both[0])))
        photos, titles = (
            middle + shared @ both + draws.normal(size=(n, len(own))) @ own
            + draws.normal(0, self.noise, (n, both.shape[1]))
            for both, own, middle in zip(self.of_both, self.of_own, self.centre, strict=True)
        )  # fmt: skip
        return photos, titles


def draw_encoders(seed: int, shared: int, dimensions: int, own: float, noise: float) -> Encoders:
    """Draw two encoders.

    Args:
        seed: of their directions and centres.
        shared: how many factors both see.
        dimensions: of both spaces.
        own: size of an encoder's own three factors; the shared ones have size 1.
        noise: of each dimension.
    """
    draws = np.random.default_rng(seed)

    def directions(count: int, size: float) -> Floats:
        return size * draws.normal(size=(count, dimensions)) / np.sqrt(dimensions)

    return Encoders(
        (directions(shared, 1.0), directions(shared, 1.0)),
        (directions(3, own), directions(3, own)),
        noise,
        (draws.normal(size=dimensions), draws.normal(size=dimensions)),
    )
