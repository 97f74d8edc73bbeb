"""Right and wrong answers of the task `match`."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.cross_decomposition import CCA, PLSRegression
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.preprocessing import StandardScaler


def _best(distance):
    return linear_sum_assignment(distance)[1]


def _cosine(one, other):
    return cdist(one, other, "cosine")


def by_canonical_correlation(photos, titles, new_photos, new_titles):
    """Canonical variates, weighted by how well each can be told."""
    a, b = photos.mean(0), titles.mean(0)
    n = len(photos)
    roots = [np.linalg.cholesky(np.linalg.inv(np.cov(x.T))) for x in (photos, titles)]
    one, other = (photos - a) @ roots[0], (titles - b) @ roots[1]
    left, strength, right = np.linalg.svd(one.T @ other / n)
    strength = np.clip(strength, 0, 0.999)
    said = (new_photos - a) @ roots[0] @ left * strength
    there = (new_titles - b) @ roots[1] @ right.T
    return _best(cdist(said, there, "mahalanobis", VI=np.diag(1 / (1 - strength**2))))


def the_other_way(photos, titles, new_photos, new_titles):
    """Predict photos from titles, by scikit-learn."""
    model = LinearRegression().fit(titles, photos)
    rest = photos - model.predict(titles)
    inverse = np.linalg.inv(np.cov(rest.T))
    return _best(cdist(new_photos, model.predict(new_titles), "mahalanobis", VI=inverse)).tolist()


def joint_density(photos, titles, new_photos, new_titles):
    """The log-density of the pair, of one normal distribution."""
    together = np.hstack([photos, titles])
    middle, inverse = together.mean(0), np.linalg.inv(np.cov(together.T))
    d = photos.shape[1]
    a, b = new_photos - middle[:d], new_titles - middle[d:]
    return _best(a @ inverse[:d, d:] @ b.T)


def _canonical_cosine(photos, titles, new_photos, new_titles):
    """Scikit-learn's CCA and cosines of its variates."""
    model = CCA(6, max_iter=2000).fit(photos, titles)
    return _best(_cosine(*model.transform(new_photos, new_titles)))


def _mapped(photos, titles, new_photos):
    return RidgeCV(np.logspace(-3, 3, 13)).fit(photos, titles).predict(new_photos)


def _distance(photos, titles, new_photos, new_titles):
    model = LinearRegression().fit(photos, titles)
    rest = np.linalg.inv(np.cov((titles - model.predict(photos)).T))
    return cdist(model.predict(new_photos), new_titles, "mahalanobis", VI=rest)


def _sorted_pairs(photos, titles, new_photos, new_titles):
    """All pairs by distance, each taken if both are still free."""
    distance = _distance(photos, titles, new_photos, new_titles)
    found = np.full(len(distance), -1)
    for place in distance.argsort(axis=None):
        row, column = np.unravel_index(place, distance.shape)
        if found[row] < 0 and column not in found:
            found[row] = column
    return found


def _plain(photos, titles, new_photos, new_titles):
    said = LinearRegression().fit(photos, titles).predict(new_photos)
    return _best(cdist(said, new_titles, "sqeuclidean"))


def _procrustes(photos, titles, new_photos, new_titles):
    a, b = photos.mean(0), titles.mean(0)
    left, _, right = np.linalg.svd((photos - a).T @ (titles - b))
    return _best(_cosine((new_photos - a) @ left @ right, new_titles - b))


def _greedy(photos, titles, new_photos, new_titles):
    """The right distance, the closest title that is left."""
    distance = _distance(photos, titles, new_photos, new_titles)
    found = np.zeros(len(distance), int)
    for row in range(len(distance)):
        found[row] = distance[row].argmin()
        distance[:, found[row]] = np.inf
    return found


def _on_the_new(photos, titles, new_photos, new_titles):
    a, b = new_photos.mean(0), new_titles.mean(0)
    weights = np.linalg.lstsq(new_photos - a, new_titles - b, rcond=None)[0]
    return _best(cdist((new_photos - a) @ weights, new_titles - b, "sqeuclidean"))


def _standardised(photos, titles, new_photos, new_titles):
    one, other = StandardScaler().fit(photos), StandardScaler().fit(titles)
    return _best(_cosine(one.transform(new_photos), other.transform(new_titles)))


def _partial_least_squares(photos, titles, new_photos, new_titles):
    model = PLSRegression(3).fit(photos, titles)
    return _best(_cosine(*model.transform(new_photos, new_titles)))


RIGHT = {
    "canonical correlation": by_canonical_correlation,
    "photos from titles": the_other_way,
    "one normal distribution": joint_density,
}
WRONG = {
    "never aligned": (lambda p, t, a, b: _best(_cosine(a, b)), "share no direction"),
    "order of the new": (_on_the_new, "not pairs"),
    "plain distance": (_plain, "mostly style"),
    "cosine after regression": (
        lambda p, t, a, b: _best(_cosine(_mapped(p, t, a) - t.mean(0), b - t.mean(0))),
        "are asked for",
    ),
    "CCA and cosines": (_canonical_cosine, "are asked for"),
    "nearest one by one": (lambda *a: _distance(*a).argmin(axis=1), "more than once"),
    "greedy": (_greedy, "are asked for"),
    "closest pairs first": (_sorted_pairs, "are asked for"),
    "a rotation": (_procrustes, "are asked for"),
    "standardised": (_standardised, "are asked for"),
    "partial least squares": (_partial_least_squares, "are asked for"),
    "in order": (lambda p, t, a, b: np.arange(len(a)), "are asked for"),
}
