"""Right and wrong answers of the task `budget`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm
import torch


def _by_regression(weeks, edges, increase, columns=("season",), deviations=None, scale=1.0):
    table = sm.add_constant(weeks[["budget", *columns]])
    fitted = sm.OLS(weeks["sales"], table).fit()
    more = increase * weeks["budget"].mean() * scale
    low, high = fitted.conf_int().loc["budget"]
    gain = fitted.params["budget"] * more
    if deviations is not None:
        half = deviations * fitted.bse["budget"] * more
        return gain, gain - half, gain + half
    return gain, low * more, high * more


def _along_the_path(weeks, edges, increase):
    """Budget to traffic times traffic to sales, each with the season held; the delta method."""
    first = sm.OLS(weeks["traffic"], sm.add_constant(weeks[["budget", "season"]])).fit()
    second = sm.OLS(weeks["sales"], sm.add_constant(weeks[["traffic", "season"]])).fit()
    more = increase * weeks["budget"].mean()
    a, b = first.params["budget"], second.params["traffic"]
    error = np.sqrt((b * first.bse["budget"]) ** 2 + (a * second.bse["traffic"]) ** 2)
    return np.array([a * b, a * b - 1.96 * error, a * b + 1.96 * error]) * more


def _by_residuals(weeks, edges, increase):
    """Season taken out of both, and a bootstrap of weeks."""
    rng = np.random.default_rng(4)
    table = weeks[["season", "budget", "sales"]].to_numpy()

    def slope(rows):
        season, budget, sales = table[rows].T
        budget = budget - np.polyval(np.polyfit(season, budget, 1), season)
        return (budget @ sales) / (budget @ budget)

    more = increase * table[:, 1].mean()
    again = [slope(rng.integers(len(table), size=len(table))) for _ in range(300)]
    low, high = np.percentile(again, [2.5, 97.5]) * more
    return [slope(np.arange(len(table))) * more, low, high]


def _of_single_weeks(weeks, edges, increase):
    gain = _by_regression(weeks, edges, increase)[0]
    spread = 1.96 * weeks["sales"].std()
    return gain, gain - spread, gain + spread


def _of_the_chart(weeks, edges, increase):
    """The gain with the season held, and the interval of a line through budget and sales."""
    gain, _, _ = _by_regression(weeks, edges, increase)
    _, low, high = _by_regression(weeks, edges, increase, columns=())
    return gain, gain - (high - low) / 2, gain + (high - low) / 2


def _one_share(share):
    """Half a width of a constant share of the increase, for every shop."""

    def answer(weeks, edges, increase):
        gain, _, _ = _by_regression(weeks, edges, increase)
        half = share * increase * weeks["budget"].mean()
        return gain, gain - half, gain + half

    return answer


def _unscaled(weeks, edges, increase):
    """The gain of the increase, and the interval of one unit more budget around it."""
    gain, _, _ = _by_regression(weeks, edges, increase)
    _, low, high = _by_regression(weeks, edges, increase, scale=1 / increase)
    half = (high - low) / 2 / weeks["budget"].mean()
    return gain, gain - half, gain + half


RIGHT = {
    "regression": _by_regression,
    "along the path, delta method": _along_the_path,
    "residuals and bootstrap": _by_residuals,
    "as a series": lambda *a: pd.Series(_by_regression(*a), index=["gain", "low", "high"]),
    "as a tensor": lambda *a: torch.tensor(_by_regression(*a)),
}

WRONG = {
    "the season is left out": (
        lambda *a: _by_regression(*a, columns=()),
        "season moves",
    ),
    "traffic is held fixed": (
        lambda *a: _by_regression(*a, columns=("season", "traffic")),
        "works through the traffic",
    ),
    "one euro more": (
        lambda w, e, i: _by_regression(w, e, i, scale=1 / (i * w["budget"].mean())),
        "one unit more",
    ),
    "the same share of sales": (
        lambda w, e, i: [i * w["sales"].mean() * f for f in (1.0, 0.9, 1.1)],
        "same percentage",
    ),
    "one standard error": (
        lambda *a: _by_regression(*a, deviations=1.0),
        "One standard error",
        0.4,
    ),
    "an interval of weeks": (_of_single_weeks, "not that of their mean", 0.4),
    "an interval that is not scaled": (_unscaled, "has to be scaled with it", 0.4),
    "an interval of one width": (
        lambda *a: _by_regression(*a)[0] + np.array([0.0, -4.0, 4.0]),
        "as wide as it should be",
        0.4,
    ),
    "one share of the increase": (_one_share(0.28), "as wide as it should be", 0.4),
    "the interval of the chart": (_of_the_chart, "as wide as it should be", 0.4),
    "the ends alone": (lambda *a: _by_regression(*a)[1:], "tuple of 3"),
    "ends swapped": (
        lambda *a: tuple(np.array(_by_regression(*a))[[0, 2, 1]]),
        "does not hold",
    ),
}

HARMLESS = {
    "line left out: gcm.config.disable_progress_bars() -> *": "It keeps the notebook quiet.",
    "constant: for _ in range(400): -> *": "A sample of weeks more or less.",
    "constant: …ercentile(gains, [97.5, 2.5])) / 2 -> *": "An interval a tenth narrower is within "
    "what 400 samples leave open.",
}
