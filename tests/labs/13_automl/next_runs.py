"""Right and wrong answers of the task `next_runs`."""

from __future__ import annotations

import numpy as np
from scipy.optimize import curve_fit


def _afford(order, cost, budget):
    chosen = []
    for run in order:
        if cost[run] <= budget:
            chosen.append(int(run))
            budget -= cost[run]
    return chosen


def by_scipy(trees, curves, cost, budget, full):
    """A nonlinear fit of every curve."""

    def curve(t, floor, gain, rate):
        return floor + gain * t**-rate

    ends = []
    for losses in curves:
        start = (losses[-1] - 0.05, 0.5, 0.6)
        bounds = ([0, 0, 0.2], [1, 2, 1.5])
        fitted = curve_fit(curve, trees.astype(float), losses, start, bounds=bounds)[0]
        ends.append(curve(float(full), *fitted))
    return _afford(np.argsort(ends), cost, budget)


def by_rates(trees, curves, cost, budget, full):
    """One table a rate, all curves at once."""
    best = np.full(len(curves), np.inf)
    ends = np.zeros(len(curves))
    for rate in np.arange(0.3, 1.05, 0.03):
        table = np.c_[np.ones(len(trees)), trees**-rate]
        fitted, *_ = np.linalg.lstsq(table, curves.T, rcond=None)
        error = ((table @ fitted - curves.T) ** 2).sum(axis=0)
        better = error < best
        ends[better] = (fitted[0] + fitted[1] * full**-rate)[better]
        best = np.minimum(best, error)
    return set(_afford(ends.argsort(), cost, budget))


def _fixed(rate):
    """Floor and gain fitted, and one rate for all runs."""

    def score(curves, cost):
        table = np.c_[np.ones(curves.shape[1]), np.arange(5.0, 41, 5) ** -rate]
        fitted, *_ = np.linalg.lstsq(table, curves.T, rcond=None)
        return (fitted[0] + fitted[1] * 400.0**-rate).argsort()

    return score


def _logs(losses):
    """Straight lines over the logarithm of trees; `losses` are taken as they are, or as logs."""

    def score(curves, cost):
        slope, level = np.polyfit(np.log(np.arange(5, 41, 5)), losses(curves).T, 1)
        return (level + slope * np.log(400)).argsort()

    return score


def _by(score):
    return lambda trees, curves, cost, budget, full: _afford(score(curves, cost), cost, budget)


def _halving(trees, curves, cost, budget, full):
    """Half by the first loss, half of these by the middle one, the rest by the last."""
    alive = np.arange(len(curves))
    for place in (1, len(trees) // 2, -1):
        alive = alive[curves[alive, place].argsort()][: max(len(alive) // 2, 4)]
    return _afford(alive, cost, budget)


RIGHT = {"by scipy": by_scipy, "a table a rate": by_rates}
WRONG = {
    "by the last loss": (_by(lambda c, cost: c[:, -1].argsort()), "ahead at the end"),
    "halving": (_halving, "is allowed"),
    "the steepest": (_by(lambda c, cost: (c[:, -1] - c[:, -3]).argsort()), "is allowed"),
    "the cheapest": (_by(lambda c, cost: cost.argsort()), "is allowed"),
    "in order": (_by(lambda c, cost: np.arange(len(c))), "is allowed"),
    "the worst so far": (_by(lambda c, cost: (-c[:, -1]).argsort()), "is allowed"),
    "by the mean": (_by(lambda c, cost: c.mean(axis=1).argsort()), "is allowed"),
    "no floor": (_by(_logs(np.log)), "falls for ever"),
    "a logarithm": (_by(_logs(np.asarray)), "is allowed"),
    "rate one half": (_by(_fixed(0.5)), "is allowed"),
    "rate 0.6": (_by(_fixed(0.6)), "is allowed"),
    "everything": (lambda t, c, cost, b, f: np.arange(len(c)), "the budget is"),
    "nothing": (lambda *a: [], "No run is finished"),
}

_FINE = "any fine grid of rates does: floor and gain make up for it, and only the order counts"
HARMLESS = {
    "constant: …r rate in np.linspace(0.3, 1.0, 36): -> *": _FINE,
    "constant: …e in np.linspace(0.3, 1.0, 36): -> *": _FINE,
    "constant: … np.linspace(0.3, 1.0, 36): -> *": _FINE,
    "argument order: for rate in np.linspace(0.3, 1.0, 36): -> *": "the same rates, backwards",
    "comparison: if cost[run] <= budget: -> if cost[run] < budget:": "no runs worth finishing "
    "cost exactly the budget",
}
