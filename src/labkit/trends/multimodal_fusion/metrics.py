"""What a prediction of stars is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labkit.trends.multimodal_fusion.world.shop import Products, Shop


def r_squared(predicted: ArrayLike, products: Products, shop: Shop) -> float:
    """R² on products: their kinds' mean stars and the scatter around these are known exactly."""
    scatter = float(shop.scatter()[products.kinds["verdict"]].mean())
    off = float(((np.asarray(predicted) - products.expected) ** 2).mean())
    return 1 - (off + scatter) / (float(products.expected.var()) + scatter)
