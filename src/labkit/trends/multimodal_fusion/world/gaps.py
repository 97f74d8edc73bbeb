"""Products without a picture or without a review, and what stands in their place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labkit.trends.multimodal_fusion.world.pictures import placeholder
from labkit.trends.multimodal_fusion.world.shop import Products, Shop

Gaps = tuple[NDArray[np.float64], list[str], NDArray[np.int64]]


def take_away(
    shop: Shop,
    products: Products,
    seed: int,
    shares: Sequence[float] = (0.6, 0.2, 0.2),
    shades: Sequence[Sequence[int]] = ((150, 154, 149), (204, 197, 201)),
    silent: Sequence[str] = ("n/a", ""),
) -> Gaps:
    """Take pictures and reviews away from some products of a shop.

    Args:
        shop: whose encoder reads the placeholders.
        products: n of its products.
        seed: of who loses what.
        shares: of products that keep both, the picture alone, the review alone.
        shades: red, green and blue of the placeholders, from 0 to 255.
        silent: texts that stand for no review.

    Returns:
        Images (n, 64), n texts, and the pattern of each row: 0 both, 1 picture alone, 2 review
        alone.
    """
    draws = np.random.default_rng(seed)
    n = len(products.stars)
    pattern = draws.choice(3, n, p=shares)
    blank = shop.read_pictures(np.concatenate([placeholder(shade) for shade in shades]))
    images = products.images.copy()
    images[pattern == 2] = blank[draws.integers(0, len(blank), (pattern == 2).sum())]
    said = draws.integers(0, len(silent), n)
    texts = [
        silent[word] if kind == 1 else text
        for text, kind, word in zip(products.texts, pattern, said, strict=True)
    ]
    return images, texts, pattern
