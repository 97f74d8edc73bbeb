"""Flows that turn noise into data: the velocity is exact, so a sampler's error is its own.

Noise z and a data point d are joined by the straight path ``x(s) = (1 - s) z + s d``. If the data
are a mixture of Gaussians, the mean velocity of all paths through a point has a closed form, and
following it from s = 0 to s = 1 turns noise into the mixture.

Lipman and others, "Flow matching for generative modeling", ICLR 2023.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Velocity = Callable[[ArrayLike, float], Floats]
"""Takes points (n, d) and a time, returns how fast each point moves, shape (n, d)."""


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


def turning(straight: Velocity, start: float, end: float, turn: float) -> Velocity:
    """The velocity of a flow that turns while noise becomes data, from time start to end.

    Args:
        straight: velocity of the same flow from 0 to 1 without a turn, in two dimensions or more.
        start: time of the noise.
        end: time of the data; it may be earlier.
        turn: angle in the plane of the first two coordinates by the end, in radians.
    """
    way = end - start

    def velocity(x: ArrayLike, t: float) -> Floats:
        turned = np.asarray(x, float)
        s = (t - start) / way
        found = _turn(straight(_turn(turned, -turn * s), s), turn * s)
        found[:, :2] += turn * np.column_stack([-turned[:, 1], turned[:, 0]])
        return found / way

    return velocity


def _turn(x: Floats, angle: float) -> Floats:
    found = x.copy()
    cos, sin = np.cos(angle), np.sin(angle)
    found[:, 0], found[:, 1] = cos * x[:, 0] - sin * x[:, 1], sin * x[:, 0] + cos * x[:, 1]
    return found


def draw_flow(
    seed: int,
    start: float,
    end: float,
    turn: float,
    components: int = 5,
    dimensions: int = 2,
    width: float = 0.5,
) -> Velocity:
    """Draw the velocity of a turning flow: `draw_mixture` and `turning`."""
    mixture = draw_mixture(seed, components, dimensions, width)
    return turning(mixture.velocity, start, end, turn)


def draw_mixture(seed: int, components: int, dimensions: int, width: float) -> Mixture:
    """Draw a mixture of components, whose means lie about 2 from the middle."""
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((components, dimensions))
    means *= 2.0 / np.sqrt((means**2).sum(axis=1).mean())
    return Mixture(means, width, rng.dirichlet(np.full(components, 4.0)))
