"""Int8 networks with random numbers in them: for trying kernels, not for telling exercises apart.

Shapes, strides, zero points and scales all vary, and the requantisation is chosen so that values
fill the int8 range and some saturate. Trained networks are in `network` and `integer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .integer import Int8
from .network import Network, steps_out


def random_network(
    rng: np.random.Generator,
    *,
    length: int = 32,
    channels: int = 6,
    widths: Sequence[int] = (8, 12),
    kernels: Sequence[int] = (5, 3),
    strides: Sequence[int] = (2, 2),
    classes: int = 7,
    largest_weight: int = 127,
) -> Network:
    """Convolutions of the given widths, kernels and strides, a pool and a dense layer.

    Weights are uniform in plus or minus `largest_weight`; zero points and clamps are random.
    """
    zero_point = int(rng.integers(-128, 128))
    layers: list[dict[str, Any]] = []
    steps, wide, zero = length, channels, zero_point
    for width, kernel, stride in zip(widths, kernels, strides, strict=True):
        layer = {"kind": "conv"} | _numbers(rng, (width, kernel, wide), zero, largest_weight)
        layer |= {"stride": stride, "padding": int(rng.integers(0, kernel // 2 + 1))}
        layers.append(layer)
        steps, wide, zero = steps_out(layer, steps), width, layer["output_zero_point"]
    if steps < 1:
        raise ValueError(f"windows of {length} steps are too short for these kernels and strides")
    layers.append({"kind": "pool"})
    layers.append({"kind": "dense"} | _numbers(rng, (classes, wide), zero, largest_weight))
    return {
        "length": length,
        "channels": channels,
        "scale": 0.05,
        "zero_point": zero_point,
        "layers": layers,
    }


def random_windows(rng: np.random.Generator, network: Network, count: int) -> Int8:
    """`count` int8 windows (count, length, channels): noise, and the extremes in every fourth."""
    shape = (count, network["length"], network["channels"])
    windows = rng.integers(-128, 128, shape, dtype=np.int8)
    windows[3::4] = rng.choice(np.array([-128, 127], np.int8), windows[3::4].shape)
    return windows


def _numbers(
    rng: np.random.Generator, shape: tuple[int, ...], zero: int, largest_weight: int
) -> dict[str, Any]:
    out, terms = shape[0], int(np.prod(shape[1:]))
    weight = rng.integers(-largest_weight, largest_weight + 1, shape, dtype=np.int8)
    spread = largest_weight / np.sqrt(3) * 74 * np.sqrt(terms)  # sd of a sum of random products
    output_zero = int(rng.integers(-128, 128))
    relu = bool(rng.integers(2))
    reach: NDArray[Any] = spread / rng.uniform(30, 150, out)
    fraction, shift = np.frexp(1 / reach)
    multiplier = np.minimum(np.floor(fraction * 2**31), 2**31 - 1)
    bias = rng.normal(0, spread, out) + zero * weight.reshape(out, -1).sum(axis=1, dtype=np.int64)
    return {
        "weight": weight,
        "bias": np.round(bias).astype(np.int32),
        "multiplier": multiplier.astype(np.int32),
        "shift": shift.astype(np.int32),
        "input_zero_point": zero,
        "output_zero_point": output_zero,
        "low": output_zero if relu else -128,
        "high": 127,
        "weight_scale": np.full(out, 0.01, np.float32),
        "output_scale": 0.05,
    }
