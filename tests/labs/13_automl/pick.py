"""Right and wrong answers of the task `pick`."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm


def _allowed(latencies, limit, of=None):
    slow = np.percentile(latencies, 95, axis=1) if of is None else of(latencies)
    return np.flatnonzero(slow <= limit)


def shrunk(scores, latencies, limit):
    """Method of moments, as one-way analysis of variance has it."""
    table = scores[_allowed(latencies, limit)]
    means = table.mean(axis=1)
    within, between = table.var(axis=1, ddof=1).mean() / 5, means.var(ddof=1)
    keep = max(between - within, 0) / between
    promise = means.mean() + keep * (means.max() - means.mean())
    return np.int64(_allowed(latencies, limit)[means.argmax()]), promise


def by_folds(scores, latencies, limit):
    """Choose by four folds, look at the fifth, five times; the share is pooled by covariance."""
    inside = _allowed(latencies, limit)
    table = scores[inside]
    cov = np.cov(table.T)
    true = cov[~np.eye(5, dtype=bool)].mean()
    keep = np.clip(true / table.mean(axis=1).var(ddof=1), 0, 1)
    means = table.mean(axis=1)
    return inside[means.argmax()], keep * means.max() + (1 - keep) * means.mean()


def from_other_folds(scores, latencies, limit):
    """The winner of four folds is looked at in the fifth, five times; the mean is promised."""
    inside = _allowed(latencies, limit)
    table = scores[inside]
    kept = [table[np.delete(table, fold, axis=1).mean(1).argmax(), fold] for fold in range(5)]
    return [int(inside[table.mean(axis=1).argmax()]), float(np.mean(kept))]


def _from_all(scores, latencies, limit):
    """Shrunk towards the mean of all sixty, as if those allowed were drawn from them by chance."""
    means = scores.mean(axis=1)
    keep = max(1 - scores.var(axis=1, ddof=1).mean() / 5 / means.var(ddof=1), 0)
    model = _winner(scores, latencies, limit)[0]
    return model, means.mean() + keep * (means[model] - means.mean())


def _winner(scores, latencies, limit, of=None):
    inside = _allowed(latencies, limit, of)
    means = scores[inside].mean(axis=1)
    return inside[means.argmax()], means.max()


def _promise(how):
    def pick(scores, latencies, limit):
        model, best = _winner(scores, latencies, limit)
        inside = _allowed(latencies, limit)
        return model, how(scores, scores[inside], model, best)

    return pick


def _interval_end(scores, table, model, best):
    """A lower limit of 97.5 %, as if one model had been tried."""
    return best - norm.ppf(0.975) * scores[model].std(ddof=1) / np.sqrt(5)


def _first_allowed(scores, latencies, limit):
    model = _allowed(latencies, limit)[0]
    return model, scores[model].mean()


def _lucky_fold(scores, latencies, limit):
    inside = _allowed(latencies, limit)
    model = inside[scores[inside].max(axis=1).argmax()]
    return model, shrunk(scores, latencies, limit)[1]


def _one_error(scores, table, model, best):
    return best - scores[model].std(ddof=1) / np.sqrt(5)


RIGHT = {
    "method of moments": shrunk,
    "covariance of folds": by_folds,
    "from other folds": from_other_folds,
}
WRONG = {
    "the winner's score": (_winner, "winner's curse"),
    "limit by the mean": (lambda *a: _winner(*a, of=lambda x: x.mean(axis=1)), "mean latency"),
    "limit by the median": (
        lambda *a: _winner(*a, of=lambda x: np.median(x, axis=1)),
        "percentile",
    ),
    "no limit": (lambda s, x, limit: (s.mean(axis=1).argmax(), s.mean()), "percentile"),
    "the mean of all": (_promise(lambda s, t, model, best: t.mean()), "promise is -"),
    "the worst fold": (_promise(lambda s, t, model, best: s[model].min()), "promise is -"),
    "a tenth taken off": (
        _promise(lambda s, t, model, best: 0.9 * best + 0.1 * t.mean()),
        "promise is +",
    ),
    "lower end of an interval": (_promise(_interval_end), "promise is"),
    "what was read": (_promise(lambda s, t, model, best: best - 0.011), "promise is"),
    "half of the lead": (
        _promise(lambda s, t, model, best: (best + t.mean()) / 2),
        "promise is",
    ),
    "one error less": (_promise(_one_error), "promise is +"),
    "the mean of all sixty": (_from_all, "not as good"),
    "first allowed": (_first_allowed, "worse than the best allowed"),
    "luckiest fold": (_lucky_fold, "allowed"),
}

HARMLESS = {
    "comparison: …latencies, 95, axis=1) <= limit) -> …latencies, 95, axis=1) < limit)": "the "
    "limit lies between two models' percentiles, on none",
    "constant: … noise / means.var(ddof=1), 0) -> *": "two degrees of freedom instead of one, of "
    "some thirty models",
}
