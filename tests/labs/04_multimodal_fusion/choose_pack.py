"""Right and wrong answers of the task `choose_pack`."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .fuse import by_kernels, by_products, by_reading_out, by_the_wheel

ALPHAS = np.logspace(-2, 4, 13)


def _by(model):
    """Ask a model of `fuse` for every new review in every pack."""

    def choose_pack(images, texts, stars, new_texts, packs):
        n, k = len(new_texts), len(packs)
        said = model(images, texts, stars, np.repeat(packs, n, axis=0), list(new_texts) * k)
        return np.reshape(said, (k, n)).argmax(axis=0)

    return choose_pack


def _side_by_side(images, texts, stars, new_images, new_texts):
    scale = StandardScaler().fit(images)
    reader = CountVectorizer(binary=True)
    both = np.hstack([scale.transform(images), reader.fit_transform(texts).toarray()])
    new = np.hstack([scale.transform(new_images), reader.transform(new_texts).toarray()])
    return RidgeCV(ALPHAS).fit(both, stars).predict(new)


def _by_picture(images, texts, stars, new_images, new_texts):
    model = make_pipeline(StandardScaler(), HistGradientBoostingRegressor(random_state=0))
    return model.fit(images, stars).predict(new_images)


def _best_average(images, texts, stars, new_texts, packs):
    """The pack whose twenty nearest pictures had the most stars."""
    scale = StandardScaler().fit(images)
    model = KNeighborsRegressor(20).fit(scale.transform(images), stars)
    return np.full(len(new_texts), model.predict(scale.transform(packs)).argmax())


def _of_the_best_seller(images, texts, stars, new_texts, packs):
    """Each new product gets the pack nearest to what the best product with that verdict has."""
    reader = CountVectorizer(binary=True)
    words, new = reader.fit_transform(texts).toarray(), reader.transform(new_texts).toarray()
    scale = StandardScaler().fit(images)
    top = stars > np.quantile(stars, 0.9)
    near = (new @ words[top].T).argmax(axis=1)
    a, b = scale.transform(images[top])[near], scale.transform(packs)
    return ((a[:, None] - b[None]) ** 2).sum(-1).argmin(axis=1)


def _clusters_of_reviews(images, texts, stars, new_texts, packs):
    """A pack a cluster of reviews, clusters found without stars."""
    reader = CountVectorizer(binary=True)
    words, new = reader.fit_transform(texts).toarray(), reader.transform(new_texts).toarray()
    groups = KMeans(2, n_init=2, random_state=0).fit(words)
    found, there = np.zeros(len(new), int), groups.predict(new)
    scale = StandardScaler().fit(images)
    for group in (0, 1):
        inside = groups.labels_ == group
        model = RidgeCV(ALPHAS).fit(scale.transform(images[inside]), stars[inside])
        found[there == group] = model.predict(scale.transform(packs)).argmax()
    return found


RIGHT = {
    "products of components": _by(by_products),
    "a product of kernels": _by(by_kernels),
    "products with words": _by(by_reading_out),
}
WRONG = {
    "side by side": (_by(_side_by_side), "One pack was chosen for all"),
    "boosted pictures": (_by(_by_picture), "One pack was chosen for all"),
    "the best past average": (_best_average, "One pack was chosen for all"),
    "as the best sellers": (_of_the_best_seller, "is allowed"),
    "clusters of reviews": (_clusters_of_reviews, "is allowed"),
    "looks and phrases of the wheel": (_by(by_the_wheel), "is allowed"),
    "the worst": (
        lambda i, t, s, n, p: _by(lambda *a: -by_kernels(*a))(i, t, s, n, p),
        "is allowed",
    ),
    "at random": (
        lambda i, t, s, n, p: np.random.default_rng(0).integers(0, len(p), len(n)),
        "is allowed",
    ),
    "the first": (lambda i, t, s, n, p: np.zeros(len(n), int), "One pack was chosen for all"),
}
