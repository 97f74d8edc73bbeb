"""Right and wrong answers of the task `fuse`."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import StandardScaler

ALPHAS = np.logspace(-2, 4, 13)


def _views(images, texts, new_images, new_texts, pictures=20, words=12):
    """Components of both sides, standardised: old pictures, old texts, new pictures, new texts."""
    scale = StandardScaler().fit(images)
    few = PCA(pictures, whiten=True, random_state=0).fit(scale.transform(images))
    reader = TfidfVectorizer(sublinear_tf=True)
    read = reader.fit_transform(texts)
    topics = TruncatedSVD(words, random_state=0).fit(read)
    even = StandardScaler().fit(topics.transform(read))
    return (
        few.transform(scale.transform(images)),
        even.transform(topics.transform(read)),
        few.transform(scale.transform(new_images)),
        even.transform(topics.transform(reader.transform(new_texts))),
    )


def _products(one, other):
    every = (one[:, :, None] * other[:, None, :]).reshape(len(one), -1)
    return np.hstack([one, other, every])


def by_products(images, texts, stars, new_images, new_texts):
    """Products of components, a cross-validated ridge."""
    a, b, c, d = _views(images, texts, new_images, new_texts, 24, 16)
    return RidgeCV(ALPHAS).fit(_products(a, b), stars).predict(_products(c, d))


def by_kernels(images, texts, stars, new_images, new_texts):
    """A Gaussian process whose kernel is a sum and a product of both sides' kernels."""
    scale = StandardScaler().fit(images)
    reader = CountVectorizer(binary=True)
    words, new_words = reader.fit_transform(texts).toarray(), reader.transform(new_texts).toarray()
    middle = words.mean(axis=0)

    def kernel(one, other, old, new):
        pictures, said = one @ old.T / one.shape[1], (other - middle) @ (new - middle).T / 8
        return pictures + said + pictures * said

    a, b = scale.transform(images), scale.transform(new_images)
    grams = kernel(a, words, a, words), kernel(b, new_words, a, words)
    weights = np.linalg.solve(grams[0] + 0.3 * np.eye(len(a)), stars - stars.mean())
    return stars.mean() + grams[1] @ weights


def by_reading_out(images, texts, stars, new_images, new_texts):
    """Words one by one; for each, what pictures are worth where it is said, shrunk."""
    scale = StandardScaler().fit(images)
    a, c = scale.transform(images), scale.transform(new_images)
    reader = CountVectorizer(binary=True, min_df=0.02)
    b, d = reader.fit_transform(texts).toarray() * 1.0, reader.transform(new_texts).toarray() * 1.0
    middle = b.mean(axis=0)
    one, other = _products(a, b - middle), _products(c, d - middle)
    return Ridge(60.0).fit(one, stars).predict(other)


def by_two_experts(images, texts, stars, new_images, new_texts):
    """Texts in two clusters along what moves the pictures' weights; a ridge in each."""
    a, b, c, d = _views(images, texts, new_images, new_texts, 24, 16)
    joint = RidgeCV(ALPHAS).fit(_products(a, b), stars)
    table = joint.coef_[a.shape[1] + b.shape[1] :].reshape(a.shape[1], b.shape[1])
    along = np.linalg.svd(table)[2][0]
    side, new_side = b @ along, d @ along
    cut = (np.quantile(side, 0.1) + np.quantile(side, 0.9)) / 2
    found = np.empty(len(c))
    for low in (True, False):
        here, there = (side < cut) == low, (new_side < cut) == low
        model = RidgeCV(ALPHAS).fit(np.hstack([a, b])[here], stars[here])
        found[there] = model.predict(np.hstack([c, d])[there])
    return found


def _one_side(which):
    def fuse(images, texts, stars, new_images, new_texts):
        views = _views(images, texts, new_images, new_texts, 40, 24)
        return RidgeCV(ALPHAS).fit(views[which], stars).predict(views[which + 2])

    return fuse


def _average(images, texts, stars, new_images, new_texts):
    one, other = (_one_side(which)(images, texts, stars, new_images, new_texts) for which in (0, 1))
    return (one + other) / 2


def _side_by_side(images, texts, stars, new_images, new_texts):
    a, b, c, d = _views(images, texts, new_images, new_texts, 40, 24)
    return RidgeCV(ALPHAS).fit(np.hstack([a, b]), stars).predict(np.hstack([c, d]))


def _stacked(images, texts, stars, new_images, new_texts):
    """Late fusion as a library has it: out-of-fold predictions under a linear head."""
    a, b, c, d = _views(images, texts, new_images, new_texts, 40, 24)
    models = [HistGradientBoostingRegressor(max_iter=30, random_state=0) for _ in range(2)]
    seen = np.column_stack(
        [cross_val_predict(m, x, stars, cv=2) for m, x in zip(models, (a, b), strict=True)]
    )
    new = np.column_stack(
        [m.fit(x, stars).predict(y) for m, x, y in zip(models, (a, b), (c, d), strict=True)]
    )
    return LinearRegression().fit(seen, stars).predict(new)


def _unshrunk(images, texts, stars, new_images, new_texts):
    a, b, c, d = _views(images, texts, new_images, new_texts, 40, 24)
    return LinearRegression().fit(_products(a, b), stars).predict(_products(c, d))


def _own_squares(images, texts, stars, new_images, new_texts):
    """Products within each side only."""
    a, b, c, d = _views(images, texts, new_images, new_texts, 20, 12)

    def both(one, other):
        return np.hstack([_products(one, one), _products(other, other)])

    return RidgeCV(ALPHAS).fit(both(a, b), stars).predict(both(c, d))


def _too_much(images, texts, stars, new_images, new_texts):
    a, b, c, d = _views(images, texts, new_images, new_texts)
    return Ridge(1e5).fit(_products(a, b), stars).predict(_products(c, d))


def _product_of_scores(images, texts, stars, new_images, new_texts):
    """The product of two late predictions as one more column."""
    a, b, c, d = _views(images, texts, new_images, new_texts, 40, 24)
    one, other = RidgeCV(ALPHAS).fit(a, stars), RidgeCV(ALPHAS).fit(b, stars)

    def columns(x, y):
        p, q = one.predict(x), other.predict(y)
        return np.column_stack([p, q, p * q])

    return LinearRegression().fit(columns(a, b), stars).predict(columns(c, d))


RIGHT = {
    "products of components": by_products,
    "a product of kernels": by_kernels,
    "products with words": by_reading_out,
    "two experts": by_two_experts,
}
WRONG = {
    "pictures alone": (_one_side(0), "is asked for"),
    "texts alone": (_one_side(1), "is asked for"),
    "average": (_average, "is asked for"),
    "side by side": (_side_by_side, "is asked for"),
    "stacked": (_stacked, "is asked for"),
    "not shrunk": (_unshrunk, "is asked for"),
    "products within each side": (_own_squares, "is asked for"),
    "product of two scores": (_product_of_scores, "is asked for"),
    "shrunk to nothing": (_too_much, "is asked for"),
    "the mean": (
        lambda a, b, stars, c, d: np.full(len(d), stars.mean()),
        "one mean",
    ),
}

HARMLESS = {
    "constant: model = Ridge(alpha=100.0).fit(columns(images,… -> *": "any penalty near does",
}
