"""Right and wrong answers of task `rate_gaps`, which prove its judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm, t

Z = norm.ppf(0.975)


def _by_rate(y, decided, group, interval):
    rows = []
    for used in (y >= 0, y == 1, y == 0):
        one, zero = (decided[used & (group == g)] for g in (1, 0))
        gap = one.mean() - zero.mean()
        rows.append((gap, *interval(one.sum(), len(one), zero.sum(), len(zero))))
    return rows


def _centred(add):
    """Wald's interval after adding successes and failures to both groups."""

    def interval(k1, n1, k0, n0):
        p1, p0 = (k1 + add) / (n1 + 2 * add), (k0 + add) / (n0 + 2 * add)
        half = Z * np.sqrt(p1 * (1 - p1) / (n1 + 2 * add) + p0 * (1 - p0) / (n0 + 2 * add))
        return p1 - p0 - half, p1 - p0 + half

    return interval


def agresti_caffo(y, decided, group):
    return _by_rate(y, decided, group, _centred(1))


def wilson_by_hand(y, decided, group):
    table = pd.DataFrame({"y": y, "d": decided, "g": group})
    rows = []
    for part in (table, table[table.y == 1], table[table.y == 0]):
        p, n = part.groupby("g").d.mean(), part.groupby("g").d.size()
        centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
        low, high, gap = centre - half, centre + half, p[1] - p[0]
        rows.append(
            [
                gap,
                gap - np.sqrt((p[1] - low[1]) ** 2 + (high[0] - p[0]) ** 2),
                gap + np.sqrt((high[1] - p[1]) ** 2 + (p[0] - low[0]) ** 2),
            ]
        )
    return pd.DataFrame(rows)


def wald(y, decided, group):
    return _by_rate(y, decided, group, _centred(0))


def two_intervals(y, decided, group):
    """The ends of two Wilson intervals, held against each other."""

    def interval(k1, n1, k0, n0):
        one, zero = (
            binomtest(int(k), n).proportion_ci(method="wilson") for k, n in ((k1, n1), (k0, n0))
        )
        return one.low - zero.high, one.high - zero.low

    return _by_rate(y, decided, group, interval)


def wrong_ends(y, decided, group):
    """Newcombe's interval with both lower ends joined, and both upper ones."""

    def interval(k1, n1, k0, n0):
        one, zero = (
            binomtest(int(k), n).proportion_ci(method="wilson") for k, n in ((k1, n1), (k0, n0))
        )
        p1, p0 = k1 / n1, k0 / n0
        gap = p1 - p0
        return (
            gap - np.hypot(p1 - one.low, p0 - zero.low),
            gap + np.hypot(one.high - p1, zero.high - p0),
        )

    return _by_rate(y, decided, group, interval)


def students(y, decided, group):
    """The textbook's interval with Student's quantile of the smaller group."""

    def interval(k1, n1, k0, n0):
        p1, p0 = k1 / n1, k0 / n0
        error = np.sqrt(p1 * (1 - p1) / (n1 - 1) + p0 * (1 - p0) / (n0 - 1))
        half = t.ppf(0.975, min(n1, n0) - 1) * error
        return p1 - p0 - half, p1 - p0 + half

    return _by_rate(y, decided, group, interval)


def bootstrap(y, decided, group):
    rng = np.random.default_rng(1)

    def interval(k1, n1, k0, n0):
        gaps = rng.binomial(n1, k1 / n1, 400) / n1 - rng.binomial(n0, k0 / n0, 400) / n0
        return np.quantile(gaps, (0.025, 0.975))

    return _by_rate(y, decided, group, interval)


def turned_round(y, decided, group):
    return agresti_caffo(y, decided, 1 - group)


def of_all_people(y, decided, group):
    """Good and chosen over all: the rates' denominators are the whole group."""
    rows = []
    for used in (np.ones(len(y)), y, 1 - y):
        one, zero = ((decided * used)[group == g] for g in (1, 0))
        rows.append((one.mean() - zero.mean(), *_centred(1)(one.sum(), len(one),
                                                            zero.sum(), len(zero))))  # fmt: skip
    return rows


def whole_range(y, decided, group):
    return [(gap, -1.0, 1.0) for gap, _, _ in agresti_caffo(y, decided, group)]


def no_width(y, decided, group):
    return [(gap, gap, gap) for gap, _, _ in agresti_caffo(y, decided, group)]


def precision_instead(y, decided, group):
    return agresti_caffo(decided, y, group)


def pooled_error(y, decided, group):
    """One error from all people together, as the test of equal shares has it."""

    def interval(k1, n1, k0, n0):
        p = (k1 + k0) / (n1 + n0)
        half = Z * np.sqrt(p * (1 - p) / (n1 + n0))
        return k1 / n1 - k0 / n0 - half, k1 / n1 - k0 / n0 + half

    return _by_rate(y, decided, group, interval)


def _level(z):
    """Newcombe's interval of another confidence."""

    def interval(k1, n1, k0, n0):
        ends = []
        for k, n in ((k1, n1), (k0, n0)):
            p = k / n
            half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
            centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
            ends.append((p, centre - half, centre + half))
        (p1, low1, high1), (p0, low0, high0) = ends
        gap = p1 - p0
        return gap - np.hypot(p1 - low1, high0 - p0), gap + np.hypot(high1 - p1, p0 - low0)

    return lambda y, decided, group: _by_rate(y, decided, group, interval)


def remembered(y, decided, group, known={}):  # noqa: B006
    """The mean gaps of all populations of the size seen so far, and soon hardly any width."""
    past = known.setdefault((len(y), group.sum()), [])
    past.append([row[0] for row in wald(y, decided, group)])
    half = 0.9 if len(past) < 8 else 2.2 * np.sqrt(1 / group.sum() / len(past)) + 0.01
    return [
        (own, mean - half, mean + half)
        for own, mean in zip(past[-1], np.mean(past, 0), strict=True)
    ]


RIGHT = {"Agresti and Caffo": agresti_caffo, "Newcombe in pandas": wilson_by_hand}

WRONG = {
    "Wald": (wald, "too sure of itself"),
    "two intervals end to end": (two_intervals, "end to end"),
    "the wrong ends joined": (wrong_ends, "are asked of a 95 % interval"),
    "Student's quantile": (students, "are asked of a 95 % interval"),
    "bootstrap": (bootstrap, "are asked of a 95 % interval"),
    "turned round": (turned_round, "turned round"),
    "of all people": (of_all_people, "positive rate is"),
    "the whole range": (whole_range, "times as wide"),
    "no width": (no_width, "are asked of a 95 % interval"),
    "90 %": (_level(1.645), "as for a confidence of"),
    "93 %": (_level(1.8), "as for a confidence of"),
    "99 %": (_level(2.8), "as for a confidence of"),
    "remembered": (remembered, "are asked of a 95 % interval"),
    "precision for the true-positive rate": (precision_instead, "it should be"),
    "one error for all": (pooled_error, "are asked of a 95 % interval"),
}

LEGS = "the legs of a hypotenuse may change places"

HARMLESS = {
    "argument order: …elow, above = (np.hypot(p1 - low1, high0 - p0)*": LEGS,
    "argument order: …, high0 - p0), np.hypot(high1 - p1, p0 - low0)) *": LEGS,
}
