"""Encoding of pictures against what a user would write with scikit-learn, in one run.

    python benchmarks/multimodal_fusion/encoding.py

prints pictures a second of both, their ratio, and how far their features differ.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from sklearn.feature_extraction.image import extract_patches_2d
from sklearn.metrics.pairwise import euclidean_distances

from labkit.trends.multimodal_fusion.world.encoder import PATCH, STEP, centroids, encode
from labkit.trends.multimodal_fusion.world.shop import Shop, draw_stars, show

PICTURES = 400


def by_scikit_learn(pictures: np.ndarray) -> np.ndarray:
    """Picture by picture: all patches, those on the grid, distances, the mean response."""
    dictionary = centroids().reshape(64, 3, PATCH, PATCH).transpose(0, 2, 3, 1).reshape(64, -1)
    rows = []
    for picture in pictures:
        every = extract_patches_2d(picture / 255.0, (PATCH, PATCH))
        side = len(picture) - PATCH + 1
        grid = every.reshape(side, side, -1)[::STEP, ::STEP].reshape(-1, dictionary.shape[1])
        distance = euclidean_distances(grid, dictionary)
        nearer = np.maximum(distance.mean(axis=1, keepdims=True) - distance, 0)
        rows.append(nearer.mean(axis=0))
    return np.array(rows)


def main() -> None:
    """Print both speeds."""
    kinds, _ = draw_stars(Shop(), PICTURES, 1)
    pictures = show(kinds, 1)
    found, seconds = {}, {}
    for name, way in (("labkit", encode), ("scikit-learn", by_scikit_learn)):
        start = process_time()
        found[name] = way(pictures)
        seconds[name] = process_time() - start
        print(f"{name:14s} {PICTURES / seconds[name]:8.0f} pictures a second")
    print(f"ratio {seconds['scikit-learn'] / seconds['labkit']:.1f}")
    print(f"largest difference {np.abs(found['labkit'] - found['scikit-learn']).max():.1e}")


if __name__ == "__main__":
    main()
