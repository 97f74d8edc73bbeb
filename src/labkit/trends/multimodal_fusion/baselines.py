"""Late, early and hybrid fusion of the same features, each a few lines of scikit-learn.

scikit-learn is imported where it is used, so that opening a notebook stays fast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labkit.trends.multimodal_fusion.world.shop import Products

Floats = NDArray[np.float64]
PENALTIES = np.logspace(-2, 4, 13)


def sides(train: Products, new: Products) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Standardised picture features and word counts: a pair (pictures, words) for old and new."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import StandardScaler

    scale, reader = StandardScaler().fit(train.images), CountVectorizer(binary=True)
    reader.fit(train.texts)
    old, later = (
        (scale.transform(one.images), reader.transform(one.texts).toarray().astype(float))
        for one in (train, new)
    )
    return old, later


def ridge(columns: Floats, stars: Floats, new: Floats) -> Floats:
    """Predictions of a ridge regression whose penalty is found by leaving one out."""
    from sklearn.linear_model import RidgeCV

    return np.asarray(RidgeCV(PENALTIES).fit(columns, stars).predict(new))


def alone(train: Products, new: Products, side: int) -> Floats:
    """Stars from pictures (0) or reviews (1) alone."""
    old, later = sides(train, new)
    return ridge(old[side], train.stars, later[side])


def averaged(train: Products, new: Products) -> Floats:
    """Late fusion at its simplest: the mean of two predictions."""
    return (alone(train, new, 0) + alone(train, new, 1)) / 2


def late(train: Products, new: Products) -> Floats:
    """Late fusion with care: the review first, the picture's part of what it leaves, in turns."""
    old, later = sides(train, new)
    middle = train.stars.mean()
    known = [np.zeros(len(train.stars)), np.zeros(len(train.stars))]
    found = [np.zeros(len(new.stars)), np.zeros(len(new.stars))]
    for _ in range(4):
        for side in (1, 0):
            left = train.stars - middle - known[1 - side]
            both = ridge(old[side], left, np.vstack([old[side], later[side]]))
            known[side], found[side] = both[: len(left)], both[len(left) :]
    return middle + found[0] + found[1]


def early(train: Products, new: Products) -> Floats:
    """Early fusion: features side by side under one linear head."""
    old, later = sides(train, new)
    return ridge(np.hstack(old), train.stars, np.hstack(later))


def hybrid(train: Products, new: Products, labelled: Products) -> Floats:
    """Hybrid fusion: each side is read for itself, and the readings meet in a product.

    Args:
        train: products with stars.
        new: those to predict.
        labelled: some products of which people have written down finish and use.
    """
    old, later = sides(train, new)
    known = sides(train, labelled)[1]
    readings = []
    for side, name in ((0, "glossy"), (1, "use")):
        asked = np.vstack([old[side], later[side]])
        read = ridge(known[side], 2.0 * labelled.kinds[name].to_numpy() - 1, asked)
        readings.append(np.clip(read, -1, 1))
    both = (readings[0] * readings[1])[:, None]
    columns = np.hstack([np.vstack([a, b]) for a, b in zip(old, later, strict=True)] + [4 * both])
    n = len(train.stars)
    return ridge(columns[:n], train.stars, columns[n:])
