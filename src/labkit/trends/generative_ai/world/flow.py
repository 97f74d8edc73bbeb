"""Flows that turn noise into data: the velocity is exact, so a sampler's error is its own.

Noise z and a data point d are joined by the straight path ``x(s) = (1 - s) z + s d``. If the data
are a mixture of Gaussians, the mean velocity of all paths through a point has a closed form, and
following it from s = 0 to s = 1 turns noise into the mixture.

Lipman and others, "Flow matching for generative modeling", ICLR 2023.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """A mixture of round Gaussians.

    Attributes:
        means: shape (k, d).
        width: standard deviation of each.
        weights: shape (k,), with sum 1.
    """

    means: Floats
    width: float
    weights: Floats

    def velocity(self, x: ArrayLike, s: float) -> Floats:
        """The mean velocity at points x (n, d) on the way from noise (s = 0) to data (s = 1)."""
        points = np.asarray(x, float)
        variance = (1 - s) ** 2 + (s * self.width) ** 2
        off = points[:, None, :] - s * self.means
        log_share = np.log(self.weights) - (off**2).sum(axis=2) / (2 * variance)
        share = np.exp(log_share - log_share.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        pull = (s * self.width**2 - (1 - s)) / variance
        return np.einsum("nk,nkd->nd", share, self.means + pull * off)


def draw_mixture(seed: int, components: int, dimensions: int, width: float) -> Mixture:
    """Draw a mixture of components, whose means lie about 2 from the middle."""
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((components, dimensions))
    means *= 2.0 / np.sqrt((means**2).sum(axis=1).mean())
    return Mixture(means, width, rng.dirichlet(np.full(components, 4.0)))
