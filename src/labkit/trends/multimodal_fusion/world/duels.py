"""Two models on one test set: their errors, product by product, of brands that have ways of their
own.

Products of a brand are alike: where a model errs on one, it errs on its siblings too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Duel:
    """Squared errors of two models, shape (n,) each, and the number of each product's brand."""

    errors_a: Floats
    errors_b: Floats
    brand: Whole


def draw_duel(seed: int, gain: float, brands: int, hard: float, taste: float, rest: float) -> Duel:
    """Draw a test set of 4 to 16 products a brand.

    Args:
        seed: of everything.
        gain: what the mean error of a is above that of b, over all brands there are.
        brands: how many.
        hard: how much products differ in difficulty, for both models alike.
        taste: how much the gain differs from brand to brand.
        rest: how much it differs from product to product.
    """
    draws = np.random.default_rng(seed)
    brand = np.repeat(draws.permutation(brands), draws.integers(4, 17, brands))
    brand = draws.permutation(brand)
    difficulty = 1.0 + draws.normal(0, hard, brands)[brand] + draws.normal(0, hard, len(brand))
    differs = gain + draws.normal(0, taste, brands)[brand] + draws.normal(0, rest, len(brand))
    return Duel(difficulty + differs / 2, difficulty - differs / 2, brand)
