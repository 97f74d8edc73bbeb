"""One linear layer of a network, with the inputs that reach it: to adapt, and to store in few bits.

The inputs of a real layer are far from independent: a few directions carry most of them. What an
error in a weight does to the output depends on that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Adaptation:
    """A frozen layer, and what its outputs should be on a new task.

    Attributes:
        frozen: the weights, shape (outputs, inputs).
        x: inputs, shape (n, inputs); some of them are sums of others.
        y: what the outputs should be, shape (n, outputs).
    """

    frozen: Floats
    x: Floats
    y: Floats


def correlated(rng: np.random.Generator, n: int, width: int, decay: float) -> Floats:
    """Draw inputs whose principal directions have standard deviations 1, 1/2^decay, 1/3^decay, …"""
    turn = np.linalg.qr(rng.standard_normal((width, width)))[0]
    scale = np.arange(1, width + 1) ** -decay
    return rng.standard_normal((n, width)) * scale @ turn.T


def draw_adaptation(
    seed: int,
    n: int,
    inputs: int,
    outputs: int,
    decay: float = 1.0,
    fall: float = 0.6,
    noise: float = 0.05,
    unlearnable: float = 0.5,
    sums: int = 2,
) -> Adaptation:
    """Draw a layer and its new task.

    Args:
        seed: of the draw.
        n: examples.
        inputs: width of the input.
        outputs: width of the output.
        decay: how fast the input's directions shrink.
        fall: how fast the directions of the change that is wanted shrink, as a power.
        noise: standard deviation of each output that no layer can explain.
        unlearnable: the same of three directions of the output, in which nothing can be learned.
        sums: so many inputs are the sum of two others.
    """
    rng = np.random.default_rng(seed)
    x = correlated(rng, n, inputs, decay)
    x[:, inputs - sums :] = x[:, :sums] + x[:, sums : 2 * sums]
    x = x[:, rng.permutation(inputs)]
    frozen = rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)
    rank = min(inputs, outputs)
    left = np.linalg.qr(rng.standard_normal((outputs, rank)))[0]
    right = np.linalg.qr(rng.standard_normal((inputs, rank)))[0]
    change = left * np.arange(1, rank + 1) ** -fall @ right.T
    y = x @ (frozen + change).T + noise * rng.standard_normal((n, outputs))
    loud = np.linalg.qr(rng.standard_normal((outputs, 3)))[0]
    y += unlearnable * rng.standard_normal((n, 3)) @ loud.T
    return Adaptation(frozen, x, y)


def draw_layer(
    seed: int, n: int, inputs: int, outputs: int, decay: float = 0.8
) -> tuple[Floats, Floats]:
    """Draw weights (outputs, inputs) and calibration inputs (n, inputs) to store the layer by."""
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.normal(0, 0.7, (outputs, 1)))
    weights = sizes * rng.uniform(-1, 1, (outputs, inputs)) / np.sqrt(inputs)
    return weights, correlated(rng, n, inputs, decay)


def loss(x: Floats, y: Floats, weights: Floats) -> float:
    """Mean squared error of a layer's outputs."""
    return float(((y - x @ weights.T) ** 2).mean())
