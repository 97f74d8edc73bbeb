"""A third stream: a second of a rattle test, 256 samples of a pressure sensor a product.

What is packed loosely knocks. Neither pictures nor reviews tell, as long as the shop repacks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SAMPLES, PATCH = 256, 16


def shake(loose: ArrayLike, seed: int) -> Floats:
    """Record a trace a product, shape (n, 256): hum and noise; knocks where something is loose."""
    is_loose = np.asarray(loose, int)
    draws = np.random.default_rng(seed)
    n = len(is_loose)
    time = np.arange(SAMPLES)
    hum = 0.5 * np.sin(time / 9 + draws.uniform(0, 6.3, (n, 1)))
    trace = hum + draws.normal(0, 0.25, (n, SAMPLES))
    for _ in range(6):
        start = draws.integers(0, SAMPLES - 16, (n, 1))
        since = time - start
        knock = 2.0 * np.exp(-since / 4) * np.cos(1.8 * since) * ((since >= 0) & (since < 16))
        trace += is_loose[:, None] * knock
    return np.asarray(trace)


def patches(traces: Floats) -> NDArray[np.float32]:
    """Cut traces (n, 256) into pieces that overlap by half, (n, 31, 16)."""
    windows = np.lib.stride_tricks.sliding_window_view(traces, PATCH, axis=1)[:, :: PATCH // 2]
    cut: NDArray[np.float32] = windows.astype(np.float32)
    return cut
