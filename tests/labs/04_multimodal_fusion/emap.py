"""Right and wrong answers of the task `emap`."""

from __future__ import annotations

import numpy as np


def _table(predict, images, texts):
    """Predictions of all pairings, an image a row."""
    n = len(texts)
    return np.array([predict(np.tile(image, (n, 1)), texts) for image in images])


def _said(table, part):
    said = table.diagonal()
    return part, (said - part).var() / said.var()


def row_by_row(predict, images, texts):
    table = _table(predict, images, texts)
    return _said(table, table.mean(axis=1) + table.mean(axis=0) - table.mean())


def by_rotations(predict, images, texts):
    """Each turn of the texts pairs every image with another text; sums are kept, no table."""
    n = len(images)
    by_image, by_text = np.zeros(n), np.zeros(n)
    for turn in range(n):
        partner = (np.arange(n) + turn) % n
        found = np.asarray(predict(images, texts[partner]))
        by_image += found / n
        by_text[partner] += found / n
    part = by_image + by_text - by_image.mean()
    said = np.asarray(predict(images, texts))
    return part.tolist(), float(np.var(said - part) / np.var(said))


def by_two_way_effects(predict, images, texts):
    """Double centring: what is left of the table is the interaction."""
    table = _table(predict, images, texts)
    centred = table - table.mean(axis=1, keepdims=True)
    centred = centred - centred.mean(axis=0, keepdims=True)
    rest = centred.diagonal()
    return table.diagonal() - rest, rest.var() / table.diagonal().var()


def _one_shuffle(predict, images, texts):
    order = np.random.default_rng(0).permutation(len(images))
    part = (predict(images, texts[order]) + predict(images[order], texts)) / 2
    said = predict(images, texts)
    return part, (said - part).var() / said.var()


def _averaged(predict, images, texts):
    image, text = (np.tile(one.mean(axis=0), (len(one), 1)) for one in (images, texts))
    part = predict(images, text) + predict(image, texts) - predict(image, text)
    said = predict(images, texts)
    return part, (said - part).var() / said.var()


def _grand_mean(predict, images, texts):
    table = _table(predict, images, texts)
    return _said(table, table.mean(axis=1) + table.mean(axis=0))


def _others(predict, images, texts):
    table = _table(predict, images, texts)
    n = len(table)
    table[np.arange(n), np.arange(n)] = np.nan
    part = np.nanmean(table, axis=1) + np.nanmean(table, axis=0) - np.nanmean(table)
    said = predict(images, texts)
    return part, (said - part).var() / said.var()


def _share(how):
    def emap(predict, images, texts):
        part, _ = row_by_row(predict, images, texts)
        said = predict(images, texts)
        return part, how(said, part)

    return emap


def _linear(predict, images, texts):
    """A linear model of the predictions: the nearest additive model that a library offers."""
    from sklearn.linear_model import LinearRegression

    said = predict(images, texts)
    both = np.hstack([images, texts])
    part = LinearRegression().fit(both, said).predict(both)
    return part, (said - part).var() / said.var()


def _at_once(predict, images, texts):
    n = len(images)
    table = predict(np.repeat(images, n, axis=0), np.tile(texts, (n, 1))).reshape(n, n)
    return _said(table, table.mean(axis=1) + table.mean(axis=0) - table.mean())


def _some(predict, images, texts):
    """Twenty partners instead of all."""
    table = _table(predict, images, texts[:20])
    part = table.mean(axis=1) + _table(predict, images[:20], texts).mean(axis=0) - table.mean()
    said = predict(images, texts)
    return part, (said - part).var() / said.var()


RIGHT = {
    "row by row": row_by_row,
    "rotations": by_rotations,
    "two-way effects": by_two_way_effects,
}
WRONG = {
    "one shuffle": (_one_shuffle, "is right"),
    "averaged inputs": (_averaged, "averaged before"),
    "grand mean kept": (_grand_mean, "twice"),
    "own pair left out": (_others, "belongs into the mean"),
    "share of the additive part": (
        _share(lambda said, part: part.var() / said.var()),
        "of what is left",
    ),
    "over the additive part": (
        _share(lambda said, part: (said - part).var() / part.var()),
        "variance of all predictions",
    ),
    "standard deviations": (
        _share(lambda said, part: (said - part).std() / said.std()),
        "standard deviations",
    ),
    "one minus R²": (
        _share(lambda said, part: 1 - np.corrcoef(said, part)[0, 1] ** 2),
        "share is",
    ),
    "a linear model": (_linear, "is right"),
    "all at once": (_at_once, "at most 2000"),
    "twenty partners": (_some, "is right"),
}
