"""Int8 networks with random numbers in them: for trying kernels, not for telling exercises apart.

Shapes, strides, zero points and scales all vary, and the requantisation is chosen so that values
fill the int8 range and some saturate. Trained networks are in `network` and `integer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .integer import Int8, accumulate, apply, pool
from .network import Network


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
    clamped: bool = True,
    padded: bool = False,
) -> Network:
    """Convolutions of the given widths, kernels and strides, a pool and a dense layer.

    Weights are uniform in plus or minus `largest_weight`, zero points are random. With `clamped`,
    half of the layers cut off at their zero point, as a ReLU does; the packed kernels, which only
    saturate, need networks without. With `padded`, each convolution has half a kernel of padding;
    otherwise it is drawn.
    Raises ValueError where `length` is too short for the kernels and strides.
    """
    zero_point = int(rng.integers(-128, 128))
    made: Network = {"length": length, "channels": channels, "scale": 0.05}
    made |= {"zero_point": zero_point, "layers": []}
    values, zero = random_windows(rng, made, 16), zero_point
    for width, kernel, stride in zip(widths, kernels, strides, strict=True):
        padding = kernel // 2 if padded else int(rng.integers(0, kernel // 2 + 1))
        if values.shape[1] + 2 * padding < kernel:
            raise ValueError(f"windows of {length} steps are too short for kernels {kernels}")
        weight = _weight(rng, (width, kernel, values.shape[-1]), largest_weight)
        layer: dict[str, Any] = {"kind": "conv", "weight": weight}
        layer |= {"stride": stride, "padding": padding}
        layer |= _numbers(rng, layer, values, zero, clamped)
        made["layers"].append(layer)
        values, zero = apply(layer, values), layer["output_zero_point"]
    pooled = pool(values)
    layer = {"kind": "dense", "weight": _weight(rng, (classes, pooled.shape[-1]), largest_weight)}
    made["layers"] += [{"kind": "pool"}, layer | _numbers(rng, layer, pooled, zero, clamped)]
    return made


def random_windows(rng: np.random.Generator, network: Network, count: int) -> Int8:
    """`count` int8 windows (count, length, channels): noise, and the extremes in every fourth."""
    shape = (count, network["length"], network["channels"])
    windows = rng.integers(-128, 128, shape, dtype=np.int8)
    windows[3::4] = rng.choice(np.array([-128, 127], np.int8), windows[3::4].shape)
    return windows


def _weight(rng: np.random.Generator, shape: tuple[int, ...], largest: int) -> Int8:
    return rng.integers(-largest, largest + 1, shape, dtype=np.int8)


def _numbers(
    rng: np.random.Generator, layer: dict[str, Any], values: Int8, zero: int, clamped: bool
) -> dict[str, Any]:
    """Bias and requantisation that spread each output over the int8 range, given these inputs."""
    weight, out = layer["weight"], len(layer["weight"])
    nothing = layer | {"bias": np.zeros(out, np.int32), "input_zero_point": zero}
    sums = accumulate(nothing, values).reshape(-1, out)
    spread = sums.std(axis=0) + 1.0
    bias = np.round(rng.normal(0, spread / 2) - sums.mean(axis=0)).astype(np.int32)
    # A spread of 30 leaves every value inside; one of 150 saturates many on both sides. The
    # multiplier, a half to one, is drawn by itself.
    shift = np.minimum(np.ceil(np.log2(rng.uniform(40, 150, out) / spread)), 0)
    multiplier = rng.integers(2**30, 2**31, out)
    relu = clamped and bool(rng.integers(2))
    output_zero = int(rng.integers(-128, 0 if relu else 128))
    return {
        "bias": bias,
        "multiplier": multiplier.astype(np.int32),
        "shift": shift.astype(np.int32),
        "input_zero_point": zero,
        "output_zero_point": output_zero,
        "low": output_zero if relu else -128,
        "high": 127,
        "weight_scale": np.full(len(weight), 0.01, np.float32),
        "output_scale": 0.05,
    }
