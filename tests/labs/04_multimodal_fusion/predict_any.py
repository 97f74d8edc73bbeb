"""Right and wrong answers of the task `predict_any`."""

from __future__ import annotations

from collections import Counter

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from .fuse import looks_by_the_wheel, phrases_by_the_wheel

ALPHAS = np.logspace(-2, 4, 13)


def _gone(images, texts):
    """Rows whose picture, and rows whose text, stand there at least ten times."""
    keys = [row.tobytes() for row in np.round(images, 9)]
    pictures, words = Counter(keys), Counter(texts)
    return (
        np.array([pictures[key] >= 10 for key in keys]),
        np.array([words[text] >= 10 for text in texts]),
    )


def _columns(images, texts, new_images, new_texts):
    """Standardised pictures and words of old and new rows, with their gaps."""
    everything = np.vstack([images, new_images])
    no_picture, no_text = _gone(everything, [*texts, *new_texts])
    n = len(images)
    scale = StandardScaler().fit(images[~no_picture[:n]])
    reader = CountVectorizer(binary=True).fit(
        [text for text, gone in zip(texts, no_text, strict=False) if not gone]
    )
    said = reader.transform([*texts, *new_texts]).toarray().astype(float)
    return scale.transform(everything), said, no_picture, no_text


def three_models(images, texts, stars, new_images, new_texts):
    pictures, said, no_picture, no_text = _columns(images, texts, new_images, new_texts)
    n = len(stars)
    found = np.empty(len(no_text) - n)
    for table, usable, asked in (
        (np.hstack([pictures, said]), ~no_picture & ~no_text, ~no_picture & ~no_text),
        (pictures, ~no_picture, no_text),
        (said, ~no_text, no_picture),
    ):
        model = RidgeCV(ALPHAS).fit(table[:n][usable[:n]], stars[usable[:n]])
        found[asked[n:]] = model.predict(table[n:][asked[n:]])
    return found


def by_pattern(images, texts, stars, new_images, new_texts):
    """A model for each pattern, weighted rows: those of the same pattern count three times."""
    pictures, said, no_picture, no_text = _columns(images, texts, new_images, new_texts)
    n = len(stars)
    both = np.hstack([pictures, said])
    found = np.zeros(len(no_text) - n)
    kind = np.where(no_picture, 2, np.where(no_text, 1, 0))
    parts = {0: both, 1: pictures, 2: said}
    for which, table in parts.items():
        usable = (kind[:n] == 0) | (kind[:n] == which)
        weight = np.where(kind[:n][usable] == which, 1.5, 1.0)
        model = RidgeCV(ALPHAS).fit(table[:n][usable], stars[usable], sample_weight=weight)
        there = kind[n:] == which
        found[there] = model.predict(table[n:][there])
    return found.tolist()


def by_imputing_the_other(images, texts, stars, new_images, new_texts):
    """What one side says of the other is filled in: conditional means."""
    pictures, said, no_picture, no_text = _columns(images, texts, new_images, new_texts)
    n = len(stars)
    both = ~no_picture[:n] & ~no_text[:n]
    to_picture = RidgeCV(ALPHAS).fit(said[:n][both], pictures[:n][both])
    to_text = RidgeCV(ALPHAS).fit(pictures[:n][both], said[:n][both])
    filled, read = pictures.copy(), said.copy()
    filled[no_picture] = to_picture.predict(said[no_picture])
    read[no_text] = to_text.predict(pictures[no_text])
    table = np.hstack([filled, read])
    return RidgeCV(ALPHAS).fit(table[:n], stars).predict(table[n:])


def _believed(images, texts, stars, new_images, new_texts):
    """Placeholders and empty reviews as they are: what everybody tries first."""
    scale, reader = StandardScaler().fit(images), CountVectorizer(binary=True)
    old = np.hstack([scale.transform(images), reader.fit_transform(texts).toarray()])
    new = np.hstack([scale.transform(new_images), reader.transform(new_texts).toarray()])
    return RidgeCV(ALPHAS).fit(old, stars).predict(new)


def _filled(train_on_complete, indicate=False):
    def predict_any(images, texts, stars, new_images, new_texts):
        pictures, said, no_picture, no_text = _columns(images, texts, new_images, new_texts)
        n = len(stars)
        table = np.hstack([pictures, said])
        table[no_picture, : pictures.shape[1]] = np.nan
        table[no_text, pictures.shape[1] :] = np.nan
        rows = np.ones(n, bool)
        if train_on_complete:
            rows = ~no_picture[:n] & ~no_text[:n]
        imputer = SimpleImputer(add_indicator=indicate).fit(table[:n])
        filled = imputer.transform(table)
        return RidgeCV(ALPHAS).fit(filled[:n][rows], stars[rows]).predict(filled[n:])

    return predict_any


def _complete_rows(images, texts, stars, new_images, new_texts):
    """Rows with gaps left out of training, and the gaps of new rows believed."""
    no_picture, no_text = _gone(images, texts)
    kept = ~no_picture & ~no_text
    chosen = [text for text, there in zip(texts, kept, strict=True) if there]
    return _believed(images[kept], chosen, stars[kept], new_images, new_texts)


def _only_text(images, texts, stars, new_images, new_texts):
    reader = CountVectorizer(binary=True)
    model = RidgeCV(ALPHAS).fit(reader.fit_transform(texts), stars)
    return model.predict(reader.transform(new_texts))


def _only_pictures(images, texts, stars, new_images, new_texts):
    scale = StandardScaler().fit(images)
    model = RidgeCV(ALPHAS).fit(scale.transform(images), stars)
    return model.predict(scale.transform(new_images))


def _mean_of_two(images, texts, stars, new_images, new_texts):
    return (
        _only_text(images, texts, stars, new_images, new_texts)
        + _only_pictures(images, texts, stars, new_images, new_texts)
    ) / 2


def _mean_where_missing(images, texts, stars, new_images, new_texts):
    """The mean of all stars where anything is missing."""
    said = np.array(three_models(images, texts, stars, new_images, new_texts))
    no_picture, no_text = _gone(new_images, new_texts)
    return np.where(no_picture | no_text, stars.mean(), said)


def _by_the_wheel(images, texts, stars, new_images, new_texts):
    """Three least-squares tables of looks, use and verdict as the world's own pictures and phrases
    have them."""
    n = len(stars)
    no_picture, no_text = _gone(np.vstack([images, new_images]), [*texts, *new_texts])
    looks = looks_by_the_wheel(np.vstack([images, new_images]))
    said = np.hstack([phrases_by_the_wheel([*texts, *new_texts]), np.ones((len(looks), 1))])
    found = np.empty(len(looks))
    for table, usable, asked in (
        (np.hstack([looks, said]), ~no_picture & ~no_text, ~no_picture & ~no_text),
        (looks, ~no_picture, no_text),
        (said, ~no_text, no_picture),
    ):
        weights = np.linalg.lstsq(table[:n][usable[:n]], stars[usable[:n]], rcond=None)[0]
        found[asked] = table[asked] @ weights
    return found[n:]


RIGHT = {
    "three models": three_models,
    "a model for each pattern": by_pattern,
    "conditional means": by_imputing_the_other,
}
WRONG = {
    "placeholders believed": (_believed, "is asked for"),
    "filled with means": (_filled(False), "is asked for"),
    "filled with means, trained on complete rows": (_filled(True), "is asked for"),
    "means and indicators": (_filled(False, True), "is asked for"),
    "incomplete rows left out": (_complete_rows, "is asked for"),
    "reviews alone": (_only_text, "is asked for"),
    "pictures alone": (_only_pictures, "is asked for"),
    "mean of two models": (_mean_of_two, "is asked for"),
    "looks and phrases of the wheel": (_by_the_wheel, "is asked for"),
    "the mean where something is missing": (_mean_where_missing, "is asked for"),
}

HARMLESS = {
    "comparison: …rn count[kind.ravel()] < len(rows) / 50 -> *": "nothing is there just so often",
    "constant: …ravel()] < len(rows) / 50 -> *": "any cut does between chance and placeholders",
    "operator: …ures, words]), pictured & reviewed, pictured & re… -> *": "rows with a placeholder "
    "cost next to nothing where both are there, as the lesson shows",
    "constant: ….ravel()] < len(rows) / 50 -> *": "any cut does between chance and placeholders",
}
