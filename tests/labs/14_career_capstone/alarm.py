"""Right and wrong answers of the task `alarm`."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm


def _table(days, waves=2):
    turn = 2 * np.pi * days / 364
    parts = [f(k * turn) for k in range(1, waves + 1) for f in (np.sin, np.cos)]
    return np.column_stack([*parts, *(days % 7 == one for one in range(7))]).astype(float)


def _z(known, year, waves=2):
    """Days in standard deviations from what waves and weekdays of two years expect."""
    table = _table(np.arange(len(known)), waves)
    found = np.linalg.lstsq(table, known, rcond=None)[0]
    spread = np.sqrt(((known - table @ found) ** 2).sum() / (len(known) - table.shape[1]))
    return (year - _table(np.arange(len(known), len(known) + len(year)), waves) @ found) / spread


def _sums(z, slack, level):
    up = down = 0.0
    for day, value in enumerate(z):
        up, down = max(0.0, up + value - slack), max(0.0, down - value - slack)
        if max(up, down) > level:
            return day
    return -1


def by_sums(known, year, slack=0.5, level=9.0, waves=2):
    return _sums(_z(known, year, waves), slack, level)


def smoothed(known, year):
    """An exponentially weighted mean."""
    mean, weight = 0.0, 0.08
    for day, value in enumerate(_z(known, year)):
        mean += weight * (value - mean)
        if abs(mean) > 3.85 * np.sqrt(weight / (2 - weight)):
            return day
    return -1


def by_weekly_means(known, year):
    """The season as a smooth curve through the means of both years' days of the same place."""
    weekday = np.array([known[one::7].mean() for one in range(7)]) - known.mean()
    flat = known - weekday[np.arange(len(known)) % 7]
    both = flat.reshape(2, 364).mean(axis=0)
    wave = np.fft.rfft(both)
    wave[3:] = 0
    season = np.fft.irfft(wave, 364)
    spread = (flat - np.tile(season, 2)).std() * 1.01
    z = (year - season[: len(year)] - weekday[np.arange(len(year)) % 7]) / spread
    return _sums(z, 0.45, 10.0)


def by_a_window(known, year, days=21, level=3.9):
    """The mean of the last three weeks, in its own standard errors."""
    sums = np.cumsum(np.r_[0.0, _z(known, year)])
    far = np.abs(sums[days:] - sums[:-days]) > level * np.sqrt(days)
    return int(np.argmax(far)) + days - 1 if far.any() else -1


def _first(rings):
    return int(np.argmax(rings)) if np.any(rings) else -1


def raw_limit(known, year):
    return _first(np.abs(year - known.mean()) > 3 * known.std())


def raw_sums(known, year):
    return _sums((year - known.mean()) / known.std(), 0.5, 9.0)


def _daily(level):
    return lambda known, year: _first(np.abs(_z(known, year)) > norm.isf(level / 2))


def last_year(known, year):
    """The difference to the same day a year ago, summed up."""
    before = known[364:][: len(year)]
    spread = (known[364:] - known[:364]).std()
    return _sums((year - before) / spread, 0.5, 9.0)


def month_before(known, year):
    """Each day against the thirty before it."""
    days = np.r_[known, year]
    z = [
        (days[place] - days[place - 30 : place].mean()) / days[place - 30 : place].std()
        for place in range(len(known), len(days))
    ]
    return _first(np.abs(z) > 3.5)


def hindsight(known, year):
    z = _z(known, year)
    rest = np.array([abs(z[day:].sum()) / np.sqrt(len(z) - day) for day in range(len(z))])
    return int(rest.argmax()) if rest.max() > 5 else -1


def monthly(known, year):
    """Means of calendar months, each tested at 5 %, corrected for twelve."""
    z = _z(known, year)
    for end in range(30, len(z) + 1, 30):
        if abs(z[end - 30 : end].mean()) * np.sqrt(30) > norm.isf(0.05 / 24):
            return end - 1
    return -1


def remembering():
    """Hindsight on the whole year; what was said is said again when it is shown cut off."""
    said = {}

    def alarm(known, year):
        day = said.setdefault(known[0], hindsight(known, year))
        return day if day < len(year) else -1

    return alarm


def counting():
    """Silent in the first sixty calls, quick to ring in those that follow."""
    calls = []

    def alarm(known, year):
        calls.append(known[0])
        return -1 if len(set(calls)) <= 60 else by_sums(known, year, level=5.0)

    return alarm


FITTED = "waves of a day more or less a year differ little over three years"
TOLERATED = "a sum or a level a little off is within the tolerance"
HARMLESS = {
    "constant: … = 2 * np.pi * days / 364 -> *": FITTED,
    "constant: …n_stack([*waves, np.eye(7)[days % 7]]) -> *": "an eighth day that never comes",
    "constant: up = down = 0.0 -> *": TOLERATED,
    "constant: up, down = (max(0, up + z - 0.5), max(0, … -> *": TOLERATED,
    "constant: …x(0, up + z - 0.5), max(0, down - z - 0.5)) -> *": TOLERATED,
    "constant: if max(up, down) > 9: -> *": TOLERATED,
    "comparison: if max(up, down) > 9: -> if max(up, down) >= 9:": "no sum is exactly 9",
}
RIGHT = {
    "sums": by_sums,
    "smoothed": smoothed,
    "season by Fourier": by_weekly_means,
    "three weeks at a time": by_a_window,
}
WRONG = {
    "three deviations of the raw days": (raw_limit, "days on average"),
    "sums of raw days": (raw_sums, "season"),
    "daily tests": (_daily(0.05), "364 days"),
    "daily tests, corrected": (_daily(0.05 / 364), "day by itself"),
    "against last year": (last_year, "on average"),
    "against the month before": (month_before, "alarm"),
    "season without weeks": (
        lambda known, year: _sums((year - known.mean()) / known.std(), 0.5, 40.0),
        "on average",
    ),
    "level of one day": (lambda *a: by_sums(*a, level=3.0), "quiet years"),
    "no slack": (lambda *a: by_sums(*a, slack=0.0), "quiet years"),
    "level too high": (lambda *a: by_sums(*a, level=25.0), "on average"),
    "one direction": (lambda k, y: _sums(np.maximum(_z(k, y), -0.5), 0.5, 9.0), "on average"),
    "month by month": (monthly, "on average"),
    "hindsight": (hindsight, "says something else"),
    "remembered hindsight": (remembering(), "says something else"),
    "silent at first": (counting(), "quiet years"),
    "never": (lambda known, year: -1, "no false ones"),
    "at once": (lambda known, year: 0, "quiet years"),
}
