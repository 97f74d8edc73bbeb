"""A frozen encoder: each patch of a picture against a dictionary of 64 patches.

After Coates, Ng and Lee (2011), "An analysis of single-layer networks in unsupervised feature
learning": a patch says to each centroid how much nearer it is than to the mean centroid, and a
picture is the mean over its patches. The dictionary was learned once, without any stars, by
`benchmarks/multimodal_fusion/dictionary.py`, and never changes. Other shops have dictionaries of
their own: patches of their pictures.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from labkit.trends.multimodal_fusion.world.pictures import CHUNK, SHOWN, Look, Pixels, render

Floats = NDArray[np.float64]

PATCH, STEP = 8, 4
"""A patch is 8 × 8 pixels; the next one begins 4 pixels on."""


def encode(pictures: Pixels, dictionary: NDArray[np.float32] | None = None) -> Floats:
    """Turn pictures (n, height, width, 3) into features (n, 64).

    Args:
        pictures: values from 0 to 255.
        dictionary: 64 patches, shape (64, 192); the stored ones unless given.
    """
    dictionary = centroids() if dictionary is None else dictionary
    parts = [
        respond(patches(pictures[first : first + CHUNK]), dictionary).mean(axis=1)
        for first in range(0, len(pictures), CHUNK)
    ]
    return np.concatenate(parts) if parts else np.empty((0, len(dictionary)))


def patches(pictures: Pixels) -> NDArray[np.float32]:
    """Cut pictures (n, height, width, 3) into patches (n, patches, 192), values from 0 to 1."""
    windows: Any = sliding_window_view(pictures, (PATCH, PATCH), axis=(1, 2))  # type: ignore[call-overload]
    windows = windows[:, ::STEP, ::STEP]
    flat: NDArray[np.float32] = windows.reshape(len(pictures), -1, 3 * PATCH * PATCH)
    return flat / np.float32(255)


def respond(cut: NDArray[np.float32], dictionary: NDArray[np.float32]) -> Floats:
    """How much nearer each patch is to each centroid than on average, 0 if it is farther.

    Args:
        cut: patches, shape (n, m, d).
        dictionary: shape (k, d).

    Returns:
        Shape (n, m, k).
    """
    flat = cut.reshape(-1, cut.shape[-1])
    square = (flat**2).sum(1)[:, None] + (dictionary**2).sum(1) - 2 * flat @ dictionary.T
    distance = np.sqrt(np.maximum(square, 0))
    nearer = np.maximum(distance.mean(axis=1, keepdims=True) - distance, 0)
    return nearer.reshape(*cut.shape[:2], -1).astype(float)


@cache
def centroids() -> NDArray[np.float32]:
    """The dictionary, shape (64, 192)."""
    with (
        files("labkit.trends.multimodal_fusion")
        .joinpath("figures/dictionary.npz")
        .open("rb") as file
    ):
        stored: NDArray[np.float32] = np.load(file)["centroids"].astype(np.float32)
    return stored


PICTURES, PLAIN = 96, 0.06
"""Pictures that a shop's own dictionary is cut from, and the contrast of a patch that is plain."""


@lru_cache(maxsize=64)
def own_dictionary(look: Look, seed: int) -> NDArray[np.float32]:
    """Choose 64 patches of pictures with this look that are not plain, shape (64, 192).

    Coates, Ng and Lee found random patches nearly as good as centroids.
    """
    draws = np.random.default_rng(seed)
    shown = {name: draws.integers(0, levels, PICTURES) for name, levels in SHOWN.items()}
    cut = patches(render(shown, seed, look)).reshape(-1, 3 * PATCH * PATCH)
    return draws.permutation(cut[cut.std(axis=1) > PLAIN])[:64]
