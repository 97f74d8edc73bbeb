"""Right and wrong answers of the task `leaks`."""

from __future__ import annotations

import numpy as np


def _loss(said, y):
    return np.logaddexp(0, said) - y * said


def _gain(base, table):
    _, said, y = table
    total = base + said.sum(axis=1)
    return np.array([(_loss(total - one, y) - _loss(total, y)).mean() for one in said.T])


def _named(names, flags):
    return [name for name, flag in zip(names, flags, strict=True) if flag]


def by_gain(names, base, validation, production):
    return _named(names, (_gain(base, validation) > 1e-6) & (_gain(base, production) < 0))


def by_regression(names, base, validation, production):
    """Which factor would each contribution need?"""
    from sklearn.linear_model import LogisticRegression

    factors = []
    for _, said, y in (validation, production):
        spread = np.maximum(said.std(axis=0), 1e-12)
        fit = LogisticRegression(C=1e6).fit(said / spread, y)
        factors.append(np.where(spread > 1e-9, fit.coef_[0] / spread, 0.0))
    return {name for name, a, b in zip(names, *factors, strict=True) if a > 0.5 and b < 0.3}


def by_residual(names, base, validation, production):
    """Covariance of what is left over with each contribution, in half of its own variance."""

    def pays(table):
        _, said, y = table
        p = 1 / (1 + np.exp(-base - said.sum(axis=1)))
        half = 0.5 * (p * (1 - p)) @ said**2 / len(y)
        return (y - p) @ said / len(y) + half

    return _named(names, (pays(validation) > 1e-6) & (pays(production) < 0))


def by_own_model(names, base, validation, production):
    """Both tables fitted anew on the columns, with signs and sizes compared."""
    from sklearn.linear_model import LogisticRegression

    used = validation[1].std(axis=0) > 0
    fits = [
        LogisticRegression(C=100, max_iter=500).fit(x / x.std(axis=0), y).coef_[0]
        for x, _, y in (validation, production)
    ]
    share = np.abs(fits[1]) / np.abs(fits[0])
    return _named(names, used & (np.abs(fits[0]) > 0.25) & (share < 0.3))


def _correlation(table):
    x, _, y = table
    return np.abs([np.corrcoef(column, y)[0, 1] for column in x.T])


def _size(table):
    return np.abs(table[1]).mean(axis=0)


def _ks(a, b):
    both = np.sort(np.concatenate([a, b]))
    left = np.searchsorted(np.sort(a), both, side="right") / len(a)
    right = np.searchsorted(np.sort(b), both, side="right") / len(b)
    return np.abs(left - right).max()


def _largest(names, base, validation, production):
    return [names[int(_size(validation).argmax())]]


def _correlation_lost(names, base, validation, production):
    return _named(names, (_correlation(validation) > 0.08) & (_correlation(production) < 0.06))


def _used_and_correlation_lost(names, base, validation, production):
    found = set(_correlation_lost(names, base, validation, production))
    return found & set(_named(names, _size(validation) > 0))


def _always_one(names, base, validation, production):
    return [names[int((_gain(base, production) - _gain(base, validation)).argmin())]]


def _worst_alone(names, base, validation, production):
    """Stops at the first leak that it finds."""
    found = by_gain(names, base, validation, production)
    return sorted(found, key=lambda name: _gain(base, production)[names.index(name)])[:1]


def _moved(names, base, validation, production):
    pairs = zip(validation[0].T, production[0].T, strict=True)
    return _named(names, [_ks(before, since) > 0.05 for before, since in pairs])


def _pays_nothing(names, base, validation, production):
    return _named(names, _gain(base, production) < 0)


def _pays_less(names, base, validation, production):
    before, since = _gain(base, validation), _gain(base, production)
    return _named(names, (before > 0.005) & (since < 0.6 * before))


def _by_itself(names, base, validation, production):
    """Each contribution alone, without the others."""

    def pays(table):
        _, said, y = table
        p = y.mean()
        lift = np.log(p / (1 - p))
        return np.array(
            [(_loss(lift + 0 * one, y) - _loss(lift + one, y)).mean() for one in said.T]
        )

    return _named(names, (pays(validation) > 0.001) & (pays(production) < 0))


def _too_good(names, base, validation, production):
    return _named(names, _correlation(validation) > 0.3)


RIGHT = {
    "log loss without it": by_gain,
    "factor of each contribution": by_regression,
    "what is left over": by_residual,
    "both tables fitted": by_own_model,
}
WRONG = {
    "largest contribution": (_largest, "contributes most"),
    "correlation lost": (_correlation_lost, "no leak"),
    "used, and correlation lost": (_used_and_correlation_lost, "no leak"),
    "always one": (_always_one, "leak"),
    "the worst one alone": (_worst_alone, "are right. One that is not: Of 2 leaks 1 is missing"),
    "values moved": (_moved, "no leak"),
    "pays nothing in production": (_pays_nothing, "neither table"),
    "pays less": (_pays_less, "no leak"),
    "each alone": (_by_itself, "no leak"),
    "suspiciously strong": (_too_good, "no leak"),
    "never one": (lambda *_: [], "missing"),
}

HARMLESS = {
    "function: …odds) - default * odds).mean() -> *": "a sum has the sign of its mean",
    "constant: return (np.logaddexp(0, odds) - default * odds… -> *": "nearly the same cut, and "
    "every gain is three standard errors or more from zero",
    "argument order: return (np.logaddexp(0, odds) - default * odds).mean… -> *": "symmetric",
    "comparison: …g = (rises(validation) > 0) & (rises(production) < 0) -> *": "what contributes "
    "nothing is 0 in both tables",
    "comparison: …) & (rises(production) < 0) -> *": "what contributes nothing is 0 in both tables",
}
