"""Right and wrong answers of task `release`, which prove its judge."""

from __future__ import annotations

import numpy as np


def _counts(rows, titles, bound):
    used, counts = {}, np.zeros(titles)
    for person, title in rows:
        used[person] = used.get(person, 0) + 1
        counts[title] += used[person] <= bound
    return counts


def by_exponentials(rows, titles, bound, epsilon, runs, seed):
    rng, scale = np.random.default_rng(seed), bound / epsilon
    noise = rng.exponential(scale, (runs, titles)) - rng.exponential(scale, (runs, titles))
    return (_counts(rows, titles, bound) + noise).tolist()


def whole_numbers(rows, titles, bound, epsilon, runs, seed):
    """Geometric noise, which stays whole (Ghosh, Roughgarden and Sundararajan 2009)."""
    rng, stop = np.random.RandomState(seed), 1 - np.exp(-epsilon / bound)
    noise = rng.geometric(stop, (runs, titles)) - rng.geometric(stop, (runs, titles))
    return _counts(rows, titles, bound) + noise


def _laplace(scale, counts=_counts):
    def release(rows, titles, bound, epsilon, runs, seed):
        rng = np.random.default_rng(seed)
        noise = rng.laplace(0, scale(bound, epsilon, titles), (runs, titles))
        return counts(rows, titles, bound) + noise

    return release


def _every_row(rows, titles, bound):
    return np.bincount(rows[:, 1], minlength=titles)


def _by_title(rows, titles, bound):
    """At most `bound` rows of each person and title."""
    pairs, times = np.unique(rows, axis=0, return_counts=True)
    return np.bincount(pairs[:, 1], np.minimum(times, bound), titles)


def _last_rows(rows, titles, bound):
    return _counts(rows[::-1], titles, bound)


def _people(rows, titles, bound):
    return np.bincount(np.unique(rows, axis=0)[:, 1], minlength=titles)


def _dropped(rows, titles, bound):
    """Who has more than `bound` rows is left out."""
    people, times = np.unique(rows[:, 0], return_counts=True)
    kept = np.isin(rows[:, 0], people[times <= bound])
    return np.bincount(rows[kept, 1], minlength=titles)


def enough(bound, epsilon, titles):
    return bound / epsilon


def normal_noise(rows, titles, bound, epsilon, runs, seed):
    noise = np.random.default_rng(seed).normal(0, 1.25 * bound / epsilon, (runs, titles))
    return _counts(rows, titles, bound) + noise


def _cut_off(end):
    """Laplace noise that ends at so many scales."""

    def release(rows, titles, bound, epsilon, runs, seed):
        scale = bound / epsilon
        noise = np.random.default_rng(seed).laplace(0, scale, (runs, titles))
        return _counts(rows, titles, bound) + np.clip(noise, -end * scale, end * scale)

    return release


def not_below_zero(rows, titles, bound, epsilon, runs, seed):
    """Counts below zero are published as zero, which tells nothing more."""
    return np.maximum(_laplace(enough)(rows, titles, bound, epsilon, runs, seed), 0)


def fixed_noise(rows, titles, bound, epsilon, runs, seed):
    noise = np.random.default_rng(0).laplace(0, bound / epsilon, (runs, titles))
    return _counts(rows, titles, bound) + noise


def one_noise_for_all_titles(rows, titles, bound, epsilon, runs, seed):
    noise = np.random.default_rng(seed).laplace(0, bound / epsilon, (runs, 1))
    return _counts(rows, titles, bound) + noise


def one_release(rows, titles, bound, epsilon, runs, seed):
    noise = np.random.default_rng(seed).laplace(0, bound / epsilon, titles)
    return np.tile(_counts(rows, titles, bound) + noise, (runs, 1))


def rare_titles_bare(rows, titles, bound, epsilon, runs, seed):
    counts = _counts(rows, titles, bound)
    noise = np.random.default_rng(seed).laplace(0, bound / epsilon, (runs, titles))
    return counts + noise * (counts >= 3)


def no_noise(rows, titles, bound, epsilon, runs, seed):
    return np.tile(_counts(rows, titles, bound), (runs, 1))


def without_the_seed(rows, titles, bound, epsilon, runs, seed):
    noise = np.random.default_rng().laplace(0, bound / epsilon, (runs, titles))
    return _counts(rows, titles, bound) + noise


RIGHT = {
    "two exponentials": by_exponentials,
    "geometric": whole_numbers,
    "not below zero": not_below_zero,
}

WRONG = {
    "noise for a row": (_laplace(lambda b, e, t: 1 / e), "less noise than hides it"),
    "no limit": (_laplace(enough, _every_row), "A row is not a person"),
    "limit by title": (_laplace(enough, _by_title), "A row is not a person"),
    "last rows": (_laplace(enough, _last_rows), ""),
    "epsilon shared by titles": (_laplace(lambda b, e, t: t * b / e), "bought with use"),
    "scale times epsilon": (_laplace(lambda b, e, t: b * e), ""),
    "half the noise": (_laplace(lambda b, e, t: b / e / 2), "less noise than hides it"),
    "a twentieth too little": (_laplace(lambda b, e, t: 0.95 * b / e), "tells them apart"),
    "people counted": (_laplace(enough, _people), ""),
    "heavy viewers left out": (_laplace(enough, _dropped), "Everybody counts"),
    "normal noise": (normal_noise, ""),
    "noise cut off at five scales": (_cut_off(5), ""),
    "noise cut off at eight scales": (_cut_off(8), "who is in the table"),
    "fixed noise": (fixed_noise, "those who know it"),
    "one noise for all titles": (one_noise_for_all_titles, "those who know it"),
    "one release": (one_release, "can be guessed"),
    "rare titles bare": (rare_titles_bare, "can be guessed"),
    "no noise": (no_noise, "can be guessed"),
    "without the seed": (without_the_seed, "same seed"),
}

HARMLESS = {
    "operator: return counts + np.random.default_rng(s… -> *": (
        "the noise lies as often below zero as above"
    ),
}
