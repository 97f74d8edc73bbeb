"""Right and wrong answers of the task `fuse`."""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LinearRegression, Ridge, RidgeClassifier, RidgeCV
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import StandardScaler

from labkit.trends.multimodal_fusion.world.reviews import USES, VERDICTS
from labkit.trends.multimodal_fusion.world.shop import SHOWN, Shop, draw_products

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
    a, b, c, d = _views(images, texts, new_images, new_texts, 24, 32)
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


@cache
def _readers():
    """What reads the looks of pictures that anybody can draw with the world's own functions."""
    sold = draw_products(Shop(often=(0.5, 0.5)), 500, 77)
    return {name: RidgeClassifier().fit(sold.images, sold.kinds[name]) for name in SHOWN}


def looks_by_the_wheel(images):
    """The looks as readers see them that were trained on other pictures: (n, 7) columns."""
    read = {name: reader.predict(images) for name, reader in _readers().items()}
    shown = [read[name] for name in ("clamshell", "clutter", "glossy")]
    return np.column_stack([*shown, np.eye(4)[read["colour"]]])


def phrases_by_the_wheel(texts):
    """Use and verdict by the phrases of the lesson's shop: (n, 2) columns, 0 where none is said."""
    columns = np.zeros((len(texts), 2))
    for place, listed in enumerate((USES, VERDICTS)):
        for level, phrases in listed.items():
            said = [any(one.lower() in text.lower() for one in phrases) for text in texts]
            columns[said, place] = level
    return columns


def by_the_wheel(images, texts, stars, new_images, new_texts):
    """Least squares on looks, use and verdict as the world's own pictures and phrases have them."""
    old = _products(looks_by_the_wheel(images), phrases_by_the_wheel(texts))
    new = _products(looks_by_the_wheel(new_images), phrases_by_the_wheel(new_texts))
    return new @ np.linalg.lstsq(old, stars, rcond=None)[0]


def _looks_by_the_wheel(images, texts, stars, new_images, new_texts):
    """Words learned from this shop, looks read as the world's own pictures show them."""
    reader = CountVectorizer(binary=True).fit(texts)
    old = _products(looks_by_the_wheel(images), reader.transform(texts).toarray())
    new = _products(looks_by_the_wheel(new_images), reader.transform(new_texts).toarray())
    return RidgeCV(ALPHAS).fit(old, stars).predict(new)


def _phrases_by_the_wheel(images, texts, stars, new_images, new_texts):
    """Pictures learned from this shop, use and verdict by the lesson's phrases."""
    scale = StandardScaler().fit(images)
    old = _products(scale.transform(images), phrases_by_the_wheel(texts))
    new = _products(scale.transform(new_images), phrases_by_the_wheel(new_texts))
    return RidgeCV(ALPHAS).fit(old, stars).predict(new)


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
    "looks and phrases of the wheel": (by_the_wheel, "is asked for"),
    "looks of the wheel": (_looks_by_the_wheel, "is asked for"),
    "phrases of the wheel": (_phrases_by_the_wheel, "is asked for"),
    "the mean": (
        lambda a, b, stars, c, d: np.full(len(d), stars.mean()),
        "one mean",
    ),
}

HARMLESS = {
    "constant: model = Ridge(alpha=100.0).fit(columns(images,… -> *": "any penalty near does",
}
