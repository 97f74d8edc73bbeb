"""A flow that draws digits: a mixture of Gaussians around handwritten ones, in closed form."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from labkit.trends.generative_ai.world.flow import Mixture

Floats = NDArray[np.float64]
DIGITS, WIDTH, GREY = 200, 0.2, 4.0
"""Handwritten digits in the mixture; its width, and what a unit is in grey levels of a pixel."""


@cache
def mixture() -> Mixture:
    """The mixture around scikit-learn's first digits of 8 by 8 pixels (grey levels 0 to 16)."""
    from sklearn.datasets import load_digits

    images = load_digits().data[:DIGITS]
    return Mixture((images - 8.0) / GREY, WIDTH, np.full(DIGITS, 1 / DIGITS))


def draw(noise: Floats, evaluations: int) -> Floats:
    """Images (n, 64) from noise, by Euler's steps."""
    x = noise
    for place in range(evaluations):
        x = x + mixture().velocity(x, place / evaluations) / evaluations
    return 8.0 + GREY * x


@cache
def _led(seed: int, count: int) -> Floats:
    return draw(noise(seed, count), 300)


def noise(seed: int, count: int = 8) -> Floats:
    """Noise (count, 64)."""
    return np.random.default_rng(seed).standard_normal((count, 64))


def off(images: Floats, seed: int) -> float:
    """Root mean square distance from where the flow leads (300 steps), in grey levels."""
    return float(np.sqrt(((images - _led(seed, len(images))) ** 2).mean()))
