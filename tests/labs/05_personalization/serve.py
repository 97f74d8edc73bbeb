"""Right and wrong answers of task `serve`, which prove its judge."""

from __future__ import annotations

import numpy as np


def _fits(past, titles, genre, keep):
    """Precision matrix and weighted sum of each title, with fatigue in the features."""
    items = past["items"]
    x = past["features"] * keep ** past["recent"][np.arange(len(items)), genre[items]][:, None]
    for title in range(titles):
        rows = x[items == title]
        yield rows.T @ rows + np.eye(x.shape[1]), rows.T @ past["watched"][items == title]


def _scores(how, past, features, genre, keep, rng):
    columns = []
    for matrix, total in _fits(past, len(genre), genre, keep):
        weights = np.linalg.solve(matrix, total)
        mean = features @ weights
        spread = np.einsum("ij,ji->i", features, np.linalg.solve(matrix, features.T))
        if how == "thompson":
            drawn = rng.multivariate_normal(weights, 0.1 * np.linalg.inv(matrix), len(features))
            mean = (features * drawn).sum(axis=1)
        columns.append(mean + {"upper": 0.4}.get(how, 0.0) * np.sqrt(spread))
    return np.array(columns).T


def thompson(past, features, recent, genre, keep, seed):
    """Thompson sampling: weights drawn from what is still possible, for each visitor anew."""
    rng = np.random.default_rng(seed)
    return (
        _scores("thompson", past, features, genre, keep, rng) * keep ** recent[:, genre]
    ).argmax(axis=1)


def optimistic(past, features, recent, genre, keep, seed):
    """Every title begins with ten visits that were all watched."""
    items, size = past["items"], features.shape[1]
    scores = []
    for title, own in enumerate(genre):
        seen = items == title
        left = keep ** past["recent"][seen, own]
        x = np.vstack([past["features"][seen] * left[:, None], np.eye(size)])
        y = np.concatenate([past["watched"][seen], np.zeros(size)])
        x = np.vstack([x, np.tile(np.eye(size)[0], (10, 1))])
        weights, *_ = np.linalg.lstsq(x, np.concatenate([y, np.full(10, 0.8)]), rcond=None)
        scores.append(features @ weights * keep ** recent[:, own])
    return np.argmax(scores, axis=0).tolist()


def greedy(past, features, recent, genre, keep, seed):
    scores = _scores("greedy", past, features, genre, keep, None)
    return (scores * keep ** recent[:, genre]).argmax(axis=1)


def static(past, features, recent, genre, keep, seed):
    """What collaborative filtering does: learned once from the old log."""
    old = {name: values[:2_000] for name, values in past.items()}
    return greedy(old, features, recent, genre, keep, seed)


def popularity(past, features, recent, genre, keep, seed):
    n = np.bincount(past["items"], minlength=len(genre))
    liked = np.bincount(past["items"], past["watched"], len(genre)) / np.maximum(n, 1)
    return np.full(len(features), liked.argmax())


def mean_and_bonus(past, features, recent, genre, keep, seed):
    """The mean of each title and a bonus for titles seldom shown; visitors are all alike."""
    items = past["items"]
    left = keep ** past["recent"][np.arange(len(items)), genre[items]]
    n = np.bincount(items, left**2, len(genre))
    liked = np.bincount(items, left * past["watched"], len(genre)) / (n + 1)
    return ((liked + 0.5 / np.sqrt(n + 1)) * keep ** recent[:, genre]).argmax(axis=1)


def beta_sampling(past, features, recent, genre, keep, seed):
    """Thompson sampling of the mean of each title."""
    items = past["items"]
    left = keep ** past["recent"][np.arange(len(items)), genre[items]]
    n = np.bincount(items, left, len(genre))
    liked = np.bincount(items, past["watched"], len(genre))
    drawn = np.random.default_rng(seed).beta(
        liked + 1, np.maximum(n - liked, 0) + 1, (len(features), len(genre))
    )
    return (drawn * keep ** recent[:, genre]).argmax(axis=1)


def fatigue_ignored(past, features, recent, genre, keep, seed):
    return _scores("upper", past, features, genre, 1.0, None).argmax(axis=1)


def fatigue_only_now(past, features, recent, genre, keep, seed):
    """Titles that tired people saw are taken to be bad; no bonus either."""
    scores = _scores("greedy", past, features, genre, 1.0, None)
    return (scores * keep ** recent[:, genre]).argmax(axis=1)


def freshest(past, features, recent, genre, keep, seed):
    """The genre least seen lately, any title of it."""
    rng = np.random.default_rng(seed)
    return (keep ** recent[:, genre] + 0.01 * rng.random((len(features), len(genre)))).argmax(
        axis=1
    )


def by_chance(past, features, recent, genre, keep, seed):
    return np.random.default_rng(seed).integers(len(genre), size=len(features))


def new_titles_only(past, features, recent, genre, keep, seed):
    """Whatever was not in the old log, by chance."""
    new = np.setdiff1d(np.arange(len(genre)), past["items"][:2_000])
    return np.random.default_rng(seed).choice(new, len(features))


def bonus_and_fatigue_now(past, features, recent, genre, keep, seed):
    """Fatigue counts when a title is chosen, not when it is learned about.

    Whoever is shown a title is hardly tired of its genre then, so both ways find the same titles.
    """
    scores = _scores("upper", past, features, genre, 1.0, None)
    return (scores * keep ** recent[:, genre]).argmax(axis=1)


def explore_first(past, features, recent, genre, keep, seed):
    """The first batch sees the new titles in turn; from then on the best one known is shown."""
    new = np.setdiff1d(np.arange(len(genre)), past["items"])
    if len(new):
        return np.random.default_rng(seed).permutation(np.resize(new, len(features)))
    return greedy(past, features, recent, genre, keep, seed)


RIGHT = {
    "Thompson sampling": thompson,
    "optimistic start": optimistic,
    "explore first": explore_first,
    "fatigue when it is chosen": bonus_and_fatigue_now,
}

WRONG = {
    "greedy": (greedy, "says nothing of what it is worth"),
    "learned once": (static, "says nothing of what it is worth"),
    "popularity": (popularity, "of the way"),
    "means and a bonus": (mean_and_bonus, "looks at no visitor"),
    "Beta sampling of means": (beta_sampling, "looks at no visitor"),
    "fatigue ignored": (fatigue_ignored, "of the way"),
    "fatigue only now": (fatigue_only_now, "of the way"),
    "freshest genre": (freshest, "of the way"),
    "by chance": (by_chance, "of the way"),
    "new titles only": (new_titles_only, "of the way"),
}

HARMLESS = {
    "constant: …features, len(genre), 1.0, 0.5) -> …features, len(genre), 1.5, 0.5)": (
        "any ridge near one explores as well"
    ),
    "constant: …res, len(genre), 1.0, 0.5) -> …res, len(genre), 1.0, 0.75)": (
        "any bonus of this size finds the new titles"
    ),
    "operator: …resh = past['features'] * left[:, None] -> "
    "…resh = past['features'] / left[:, None]": (
        "who is shown a title is hardly tired of its genre: .87 to .92 of the way (6 services), "
        "where the right ridge goes .89 to .92"
    ),
}
