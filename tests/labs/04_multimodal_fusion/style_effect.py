"""Right and wrong answers of the task `style_effect`."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LassoCV, LogisticRegression, RidgeCV
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .fuse import looks_by_the_wheel, phrases_by_the_wheel

ALPHAS = np.logspace(-2, 4, 13)


def _labels(images, plain, styled, model=None):
    model = model or make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    known = np.r_[np.zeros(len(plain)), np.ones(len(styled))]
    return model.fit(np.vstack([plain, styled]), known).predict(images)


def _words(texts):
    return CountVectorizer(binary=True, min_df=0.02).fit_transform(texts).toarray() * 1.0


def _looks(images, plain, styled, components=15):
    """Directions of the pictures without the one in which mock-ups differ."""
    scale = StandardScaler().fit(images)
    x = scale.transform(images)
    gap = scale.transform(styled) - scale.transform(plain)
    turned = np.linalg.svd(gap - gap.mean(axis=0))[2][:0]
    along = np.vstack([gap.mean(axis=0)[None] / np.linalg.norm(gap.mean(axis=0)), turned])
    return PCA(components, random_state=0).fit_transform(x - x @ along.T @ along)


def _ols(stars, label, others):
    """Coefficient of the label with 95 % limits."""
    table = np.column_stack([label, np.ones(len(stars)), others])
    inverse = np.linalg.pinv(table.T @ table)
    weights = inverse @ table.T @ stars
    rest = stars - table @ weights
    error = np.sqrt(rest @ rest / (len(stars) - np.linalg.matrix_rank(table)) * inverse[0, 0])
    return weights[0], weights[0] - 1.96 * error, weights[0] + 1.96 * error


def by_labels_and_words(images, texts, stars, plain, styled):
    """Words one by one and the label; other looks are left to chance, as mock-ups allow."""
    return _ols(stars, _labels(images, plain, styled), _words(texts))


def by_everything(images, texts, stars, plain, styled):
    others = np.hstack([_words(texts), _looks(images, plain, styled)])
    return _ols(stars, _labels(images, plain, styled), others)


def by_partialling_out(images, texts, stars, plain, styled):
    """Double machine learning: residuals of stars on residuals of the label, in five folds."""
    label = _labels(
        images, plain, styled, LinearDiscriminantAnalysis(shrinkage=0.1, solver="eigen")
    )
    said = TfidfVectorizer().fit_transform(texts).toarray()
    model = RidgeCV(ALPHAS)
    y = stars - cross_val_predict(model, said, stars, cv=5)
    d = label - cross_val_predict(model, said, label, cv=5)
    effect = d @ y / (d @ d)
    error = np.sqrt(d**2 @ (y - effect * d) ** 2) / (d @ d)
    return effect, effect - 2 * error, effect + 2 * error


def by_weights(images, texts, stars, plain, styled):
    """Augmented inverse-probability weights, chances of the style from the review."""
    label = _labels(images, plain, styled)
    said = _words(texts)
    chance = cross_val_predict(
        LogisticRegression(C=1.0, max_iter=500), said, label, cv=5, method="predict_proba"
    )[:, 1].clip(0.05, 0.95)
    means = []
    for there in (0, 1):
        model = RidgeCV(ALPHAS).fit(said[label == there], stars[label == there])
        means.append(model.predict(said))
    scores = (
        means[1] - means[0]
        + label * (stars - means[1]) / chance
        - (1 - label) * (stars - means[0]) / (1 - chance)
    )  # fmt: skip
    half = 2 * scores.std() / np.sqrt(len(scores))
    return scores.mean(), scores.mean() - half, scores.mean() + half


def _naive(images, texts, stars, plain, styled):
    return _ols(stars, _labels(images, plain, styled), np.ones((len(stars), 0)))


def _naive_shrunk(images, texts, stars, plain, styled):
    """A quarter of a star is put down to confounding, whatever its direction."""
    effect, low, high = _naive(images, texts, stars, plain, styled)
    less = -np.sign(effect) * min(0.25, abs(effect))
    return effect + less, low + less, high + less


def _picture_alone(images, texts, stars, plain, styled):
    return _ols(stars, _labels(images, plain, styled), _looks(images, plain, styled))


def _model_on_mock_ups(images, texts, stars, plain, styled):
    """What a picture model says of the mock-ups: what everybody tries first."""
    model = make_pipeline(StandardScaler(), RidgeCV(ALPHAS)).fit(images, stars)
    gap = model.predict(styled) - model.predict(plain)
    half = 2 * gap.std() / np.sqrt(len(gap))
    return gap.mean(), gap.mean() - half, gap.mean() + half


def _coarse_labels(images, texts, stars, plain, styled):
    """A detector that is wrong now and then: the nearest of eight mock-ups."""
    label = _labels(images, plain, styled)
    wrong = np.random.default_rng(0).random(len(label)) < 0.12
    return _ols(stars, np.where(wrong, 1 - label, label), _words(texts))


def _late(images, texts, stars, plain, styled):
    """The text model first, the picture's part from what it leaves."""
    said = TfidfVectorizer().fit_transform(texts).toarray()
    rest = stars - cross_val_predict(RidgeCV(ALPHAS), said, stars, cv=5)
    return _ols(rest, _labels(images, plain, styled), np.ones((len(stars), 0)))


def _shrunk(images, texts, stars, plain, styled):
    """The label among all columns under one lasso, as feature selection."""
    label = _labels(images, plain, styled)
    table = np.column_stack([label - label.mean(), _words(texts)])
    effect = 0.5 * LassoCV(cv=3, random_state=0).fit(table, stars).coef_[0]
    return effect, effect - 0.05, effect + 0.05


def _few_topics(images, texts, stars, plain, styled):
    """Two components of the reviews do not tell use."""
    topics = TruncatedSVD(2, random_state=0).fit_transform(TfidfVectorizer().fit_transform(texts))
    return _ols(stars, _labels(images, plain, styled), topics)


def _too_sure(images, texts, stars, plain, styled):
    effect, low, high = by_labels_and_words(images, texts, stars, plain, styled)
    return effect, effect - 0.1 * (effect - low), effect + 0.1 * (high - effect)


def _one_standard_error(images, texts, stars, plain, styled):
    effect, low, high = by_labels_and_words(images, texts, stars, plain, styled)
    return effect, (effect + low) / 2, (effect + high) / 2


def _too_cautious(images, texts, stars, plain, styled):
    """Three standard errors to either side, where 95 % are asked for."""
    effect, low, high = by_labels_and_words(images, texts, stars, plain, styled)
    half = 3 / 1.96 * (high - low) / 2
    return effect, effect - half, effect + half


def _too_wide(images, texts, stars, plain, styled):
    effect, *_ = by_labels_and_words(images, texts, stars, plain, styled)
    return effect, effect - 1, effect + 1


def _by_the_wheel(images, texts, stars, plain, styled):
    """The look that mock-ups differ in, and use and verdict, as the world's own pictures and
    phrases have them."""
    gap = looks_by_the_wheel(styled) - looks_by_the_wheel(plain)
    label = looks_by_the_wheel(images)[:, gap[:, :3].mean(axis=0).argmax()]
    return _ols(stars, label, phrases_by_the_wheel(texts))


def _phrases_by_the_wheel(images, texts, stars, plain, styled):
    """Labels learned from the mock-ups, use and verdict by the lesson's phrases."""
    return _ols(stars, _labels(images, plain, styled), phrases_by_the_wheel(texts))


RIGHT = {
    "labels and words": by_labels_and_words,
    "labels, words and looks": by_everything,
    "partialling out": by_partialling_out,
    "weights": by_weights,
}
WRONG = {
    "naive": (_naive, "differ in use"),
    "picture alone": (_picture_alone, "differ in use"),
    "a picture model on mock-ups": (_model_on_mock_ups, "is allowed"),
    "coarse labels": (_coarse_labels, "is allowed"),
    "naive, shrunk": (_naive_shrunk, "is allowed"),
    "late": (_late, "is allowed"),
    "shrunk by half": (_shrunk, "is allowed"),
    "two topics": (_few_topics, "is allowed"),
    "looks and phrases of the wheel": (_by_the_wheel, "is allowed"),
    "phrases of the wheel": (_phrases_by_the_wheel, "is allowed"),
    "too sure": (_too_sure, "hold the true effect"),
    "one standard error": (_one_standard_error, "which is fine"),
    "too cautious": (_too_cautious, "times as wide"),
    "too wide": (_too_wide, "times as wide"),
    "always nothing": (lambda *a: (0.0, -0.05, 0.05), "is allowed"),
}

HARMLESS = {
    "operator: freedom = len(stars) - np.linalg.matrix_rank(c… -> *": "a hundred columns "
    "of 500 rows widen an interval by a tenth",
}
