"""Makers of heat maps: some read the network, some only the picture, and their looks do not tell.

Each is a function of a network (see `networks`) and a picture (S, S) and returns a map (S, S).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter, sobel

from labkit.trends.explainable_ai.world.networks import SKIN, log_odds

Floats = NDArray[np.float64]
Maker = Callable[[Mapping[str, Any], ArrayLike], Floats]

READS = ("gradient", "times input", "integrated", "first", "head", "outline", "smooth")
IGNORES = ("edges", "dark", "pattern", "restless", "scaled")
"""Kinds of makers whose map depends on the network, and kinds whose map does not."""


def maker(kind: str, seed: int, size: int, hidden: int) -> Maker:
    """Return a maker of heat maps.

    Of those that read the network, "first" uses its first layer alone, "head" its last one alone,
    "outline" shows edges where the gradient is large, "smooth" adds fresh noise at every call. Of
    those that do not, "restless" adds fresh noise, and "scaled" multiplies its map by the output.

    Args:
        kind: one of `READS` or `IGNORES`.
        seed: of what the maker has drawn once, and of its noise.
        size: of a picture's side.
        hidden: units of the network.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in READS + IGNORES:
        raise ValueError(f"{kind!r} is none of {', '.join(READS + IGNORES)}")
    rng = np.random.default_rng(seed)
    pattern = gaussian_filter(rng.normal(size=(hidden, size, size)), (0, 0.7, 0.7))

    def make(network: Mapping[str, Any], image: ArrayLike) -> Floats:
        x = np.asarray(image, dtype=float)
        if kind == "edges":
            return _edges(x)
        if kind == "dark":
            return np.abs(x - np.median(x))
        if kind == "pattern":
            return pattern[0] * (x - SKIN)
        if kind == "restless":
            edges = _edges(x)
            return edges + 0.7 * edges.std() * rng.normal(size=x.shape)
        if kind == "scaled":
            return _edges(gaussian_filter(x, 0.6)) * (
                0.2 + abs(float(log_odds(network, x[None])[0]))
            )
        if kind == "first":
            active = np.maximum((x.ravel() - SKIN) @ network["w1"] + network["b1"], 0)
            return (np.abs(network["w1"]) @ active).reshape(x.shape)
        if kind == "head":
            return np.abs(np.tensordot(np.asarray(network["w2"]), pattern * (x - SKIN), 1))
        if kind == "smooth":
            shaken = (x + 0.05 * rng.normal(size=x.shape) for _ in range(3))
            return np.abs(np.mean([gradient(network, one) for one in shaken], axis=0))
        if kind == "integrated":
            path = [gradient(network, SKIN + (x - SKIN) * t) for t in (np.arange(8) + 0.5) / 8]
            return np.mean(path, axis=0) * (x - SKIN)
        slope = gradient(network, x)
        if kind == "times input":
            return slope * (x - SKIN)
        if kind == "outline":
            seen = gaussian_filter(np.abs(slope), 1.0)
            return _edges(x) * (seen / max(seen.mean(), 1e-12)) ** 2
        return np.abs(slope)

    return make


def gradient(network: Mapping[str, Any], image: ArrayLike) -> Floats:
    """Return the gradient of the log-odds by the pixels of one picture, shape (S, S)."""
    x = np.asarray(image, dtype=float)
    active = (x.ravel() - SKIN) @ np.asarray(network["w1"]) + np.asarray(network["b1"]) > 0
    slope: Floats = np.asarray(network["w1"]) @ (np.asarray(network["w2"]) * active)
    return slope.reshape(x.shape)


def _edges(x: Floats) -> Floats:
    return np.hypot(sobel(x, axis=0), sobel(x, axis=1))
