"""Right and wrong answers of the task `contaminated`."""

from __future__ import annotations

import numpy as np
from scipy.stats import false_discovery_control, linregress, norm


def by_scipy(target, reference, fresh, level):
    """SciPy's line and its control of false discoveries, ranks among fresh items."""
    line = linregress(fresh[:, 1], fresh[:, 0])
    usual = np.sort(fresh[:, 0] - line.slope * fresh[:, 1])
    over = target - line.slope * reference
    p = (len(usual) - np.searchsorted(usual, over) + 1) / (len(usual) + 1)
    return np.flatnonzero(false_discovery_control(p) <= level)


def normal(target, reference, fresh, level):
    """What is left over is normal: its standard deviation does."""
    table = np.c_[np.ones(len(fresh)), fresh[:, 1]]
    line = np.linalg.lstsq(table, fresh[:, 0])[0]
    spread = (fresh[:, 0] - table @ line).std(ddof=2)
    p = norm.sf((target - line[0] - line[1] * reference) / spread)
    order = np.argsort(p)
    fits = np.flatnonzero(p[order] <= level * np.arange(1, len(p) + 1) / len(p))
    return set(order[: fits.max() + 1].tolist()) if len(fits) else []


def joint(target, reference, fresh, level):
    """Target given reference in a joint normal distribution."""
    mean, cov = fresh.mean(axis=0), np.cov(fresh.T)
    slope = cov[0, 1] / cov[1, 1]
    spread = np.sqrt(cov[0, 0] - slope * cov[0, 1])
    p = norm.sf((target - mean[0] - slope * (reference - mean[1])) / spread)
    return np.flatnonzero(false_discovery_control(p) <= level)


def _tested(score, score_fresh, level, adjust=True):
    usual = np.sort(score_fresh)
    p = (len(usual) - np.searchsorted(usual, score) + 1) / (len(usual) + 1)
    return np.flatnonzero((false_discovery_control(p) if adjust else p) <= level)


def _over(target, reference, fresh):
    line = np.polyfit(fresh[:, 1], fresh[:, 0], 1)
    return target - np.polyval(line, reference), fresh[:, 0] - np.polyval(line, fresh[:, 1])


def raw(target, reference, fresh, level):
    return _tested(target, fresh[:, 0], level)


def difference(target, reference, fresh, level):
    return _tested(target - reference, fresh[:, 0] - fresh[:, 1], level)


def ratio(target, reference, fresh, level):
    return _tested(-target / reference, -fresh[:, 0] / fresh[:, 1], level)


def each_alone(target, reference, fresh, level):
    return _tested(*_over(target, reference, fresh), level, adjust=False)


def five_percent(target, reference, fresh, level):
    return _tested(*_over(target, reference, fresh), 0.05, adjust=False)


def bonferroni(target, reference, fresh, level):
    over, usual = _over(target, reference, fresh)
    return np.flatnonzero(norm.sf(over / usual.std()) <= level / len(over))


def on_the_test(target, reference, fresh, level):
    """Line and spread are fitted on the items themselves."""
    line = np.polyfit(reference, target, 1)
    over = target - np.polyval(line, reference)
    return np.flatnonzero(false_discovery_control(norm.sf(over / over.std())) <= level)


RIGHT = {"SciPy": by_scipy, "normal": normal, "joint": joint}
WRONG = {
    "raw score": (raw, "are found"),
    "difference": (difference, "are found"),
    "ratio": (ratio, "are found"),
    "each test alone": (each_alone, "had not been seen"),
    "five percent each": (five_percent, "had not been seen"),
    "Bonferroni": (bonferroni, "are found"),
    "fitted on the test": (on_the_test, "are found"),
    "above all fresh ones": (
        lambda t, r, f, level: np.flatnonzero(_over(t, r, f)[0] > _over(t, r, f)[1].max()),
        "are found",
    ),
    "the top tenth": (
        lambda t, r, f, level: np.argsort(-_over(t, r, f)[0])[: len(t) // 10],
        "seen",
    ),
    "none": (lambda t, r, f, level: [], "are found"),
    "all": (lambda t, r, f, level: np.arange(len(t)), "had not been seen"),
}

HARMLESS = {
    "constant: …esh[:, 1], fresh[:, 0], 1) -> *": "a bend that is not there costs nothing",
    "comparison: …e_discovery_control(p) <= level) -> *": "no p is the level to the last digit",
}
