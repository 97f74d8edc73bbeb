"""Learn the encoder's dictionary: 64 centroids of patches, from pictures without any stars.

    python benchmarks/multimodal_fusion/dictionary.py

writes `src/labkit/trends/multimodal_fusion/figures/dictionary.npz`. About 20 s.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans

from labkit.trends.multimodal_fusion.world.encoder import patches
from labkit.trends.multimodal_fusion.world.pictures import render

TARGET = Path(__file__).resolve().parents[2] / "src/labkit/trends/multimodal_fusion/figures"
PICTURES, PATCHES, CENTROIDS = 600, 20_000, 64


def learn(seed: int = 20_260_401) -> np.ndarray:
    """Return the centroids, shape (64, 192)."""
    rng = np.random.default_rng(seed)
    levels = {"clamshell": 2, "clutter": 2, "glossy": 2, "colour": 4}
    attributes = {name: rng.integers(0, most, PICTURES) for name, most in levels.items()}
    cut = patches(render(attributes, seed)).reshape(-1, 192)
    chosen = cut[rng.choice(len(cut), PATCHES, replace=False)]
    return KMeans(CENTROIDS, n_init=1, max_iter=60, random_state=0).fit(chosen).cluster_centers_


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    np.savez_compressed(TARGET / "dictionary.npz", centroids=learn().astype(np.float16))
    print(f"wrote {TARGET / 'dictionary.npz'}")
