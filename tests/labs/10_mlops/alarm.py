"""Right and wrong answers of task `alarm`, which prove its judge."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.stats import kstwobign, norm


def _z(reference, windows):
    error = reference.std(axis=0) * np.sqrt(1 / windows.shape[1] + 1 / len(reference))
    return (windows.mean(axis=1) - reference.mean(axis=0)) / error


def _first(rings):
    return int(np.argmax(rings)) if np.any(rings) else -1


def _sums(drift=1.0, level=4.0, both=True, features=slice(None), at=lambda place: place):
    def alarm(reference, windows):
        z = _z(reference, windows)[:, features]
        z = np.hstack([z, -z]) if both else z
        total = np.zeros(z.shape[1])
        for place, row in enumerate(z):
            total = np.maximum(0, total + row - drift)
            if total.max() > level:
                return at(place)
        return -1

    return alarm


def smoothed(reference, windows):
    """An exponentially weighted mean of each feature (EWMA)."""
    weight, mean = 0.25, np.zeros(windows.shape[2])
    for place, row in enumerate(_z(reference, windows)):
        mean = weight * row + (1 - weight) * mean
        variance = weight / (2 - weight) * (1 - (1 - weight) ** (2 * place + 2))
        if np.abs(mean).max() > 3.65 * np.sqrt(variance):
            return place
    return -1


@cache
def _level():
    """What the largest of twelve sums exceeds in 5 % of twenty quiet windows."""
    quiet = np.random.default_rng(0).standard_normal((2_000, 20, 12))
    total, tops = np.zeros((2_000, 12)), np.zeros(2_000)
    for place in range(20):
        total = np.maximum(0, total + quiet[:, place] - 0.9)
        tops = np.maximum(tops, total.max(axis=1))
    return float(np.quantile(tops, 0.95))


def simulated(reference, windows):
    """Cumulative sums, with a level found by simulation."""
    return _sums(0.9, _level())(reference, windows)


def _psi(level):
    def alarm(reference, windows):
        edges = np.quantile(reference, np.linspace(0, 1, 11)[1:-1], axis=0)
        for place, window in enumerate(windows):
            for feature in range(reference.shape[1]):
                tenth = np.searchsorted(edges[:, feature], window[:, feature])
                share = np.maximum(np.bincount(tenth, minlength=10) / len(window), 1e-3)
                if ((share - 0.1) * np.log(share / 0.1)).sum() > level:
                    return place
        return -1

    return alarm


def _ks(level):
    """The test of Kolmogorov and Smirnov, with the limit of its distance for many rows."""

    def alarm(reference, windows):
        known, rows = np.sort(reference, axis=0), windows.shape[1]
        most = kstwobign.isf(level) * np.sqrt(1 / rows + 1 / len(known))
        steps = np.arange(rows + 1) / rows
        for place, window in enumerate(np.sort(windows, axis=1)):
            for feature in range(reference.shape[1]):
                below = np.searchsorted(known[:, feature], window[:, feature]) / len(known)
                if max((steps[1:] - below).max(), (below - steps[:-1]).max()) > most:
                    return place
        return -1

    return alarm


def _each_window(level):
    def alarm(reference, windows):
        return _first(np.abs(_z(reference, windows)).max(axis=1) > norm.ppf(1 - level / 2))

    return alarm


def hindsight(reference, windows):
    """Looks for the change in the whole stream, then says that it rang there."""
    z = _z(reference, windows)
    rest = [
        np.abs(z[place:].sum(axis=0)).max() / np.sqrt(len(z) - place) for place in range(len(z))
    ]
    return int(np.argmax(rest)) if max(rest) > 5 else -1


_seen = {}


def remembered(reference, windows):
    """Takes the longer streams for those that drift, and says again what it said of their start."""
    key = windows[0, :3].tobytes()
    if len(windows) > 12:
        _seen.setdefault(key, hindsight(reference, windows))
    place = _seen.get(key, -1)
    return place if place < len(windows) else -1


RIGHT = {"sums": _sums(), "smoothed means": smoothed, "a simulated level": simulated}

WRONG = {
    "PSI above 0.2": (_psi(0.2), "120 chances"),
    "KS at 0.05": (_ks(0.05), "120 chances"),
    "KS corrected": (_ks(0.05 / 120), "on average"),
    "means at 0.05": (_each_window(0.05), "120 chances"),
    "means, corrected for features": (_each_window(0.05 / 6), "120 chances"),
    "means, corrected for all": (_each_window(0.05 / 120), "judged by itself"),
    "sums without a drift": (_sums(drift=0.0), "quiet streams have a false alarm"),
    "a level of one sum": (_sums(level=2.0), "quiet streams have a false alarm"),
    "a level too high": (_sums(level=11.0), "Every alarm comes late"),
    "rising only": (_sums(both=False), "in one direction are never seen"),
    "the first feature": (_sums(features=slice(0, 1)), "some features are never seen"),
    "hindsight": (hindsight, "after it"),
    "hindsight, remembered": (remembered, "after it"),
    "a window early": (_sums(at=lambda place: max(0, place - 1)), "says something else"),
    "never": (lambda reference, windows: -1, "no false ones"),
    "at once": (lambda reference, windows: 0, "120 chances"),
    "the eighth window": (
        lambda reference, windows: 8 if len(windows) > 12 else -1,
        "says something else",
    ),
}

HARMLESS = {
    "constant: up, down = (np.maximum(0, up + z - 1), np.maximu… -> *": "a sum that starts at 1 "
    "rings a little too often, within the tolerance",
    "constant: …up + z - 1), np.maximum(0, down - z - 1)) -> *": "the same for the other direction",
    "constant: …up.max(), down.max()) > 4.0: -> *": "a level within the tolerance",
    "comparison: …(up.max(), down.max()) > 4.0: -> …(up.max(), down.max()) >= 4.0:": "no sum is "
    "exactly 4",
}
