"""Right and wrong answers of the task `stock`."""

from __future__ import annotations

import numpy as np
from scipy import stats


def _seasons(chances, rate, base, winters, n, together=True):
    rng = np.random.default_rng(0)
    share, factors = np.transpose(winters)
    if together:
        factor = rng.choice(factors, size=n, p=share / share.sum())
    else:
        factor = np.full(n, share @ factors)
    bought = (rng.uniform(size=(n, len(chances))) < chances).sum(axis=1)
    return rng.poisson(factor * (base + rate * bought))


def simulated(chances, rate, base, winters, short, over):
    seasons = _seasons(np.array(chances), rate, base, winters, 40_000)
    return np.quantile(seasons, short / (short + over), method="inverted_cdf")


def by_costs(chances, rate, base, winters, short, over):
    """The cost of every quantity, averaged over simulated seasons."""
    seasons = np.sort(_seasons(np.array(chances), rate, base, winters, 20_000))
    tries = np.arange(seasons[-1] + 1)
    at = np.searchsorted(seasons, tries)
    below = np.r_[0, np.cumsum(seasons)]
    left = tries * at - below[at]
    missing = below[-1] - below[at] - tries * (len(seasons) - at)
    return int(tries[np.argmin(over * left + short * missing)])


def exact(chances, rate, base, winters, short, over):
    """Buyers taken for normal and whole; a Poisson distribution for each of their numbers."""
    chances = np.array(chances)
    mean, sd = chances.sum(), np.sqrt((chances * (1 - chances)).sum())
    numbers = np.arange(len(chances) + 1)
    weight = stats.norm.pdf(numbers, mean, sd)
    weight /= weight.sum()
    for quantity in range(2_000):
        covered = sum(
            share * (weight @ stats.poisson.cdf(quantity, factor * (base + rate * numbers)))
            for share, factor in winters
        )
        if covered >= short / (short + over):
            return quantity
    return quantity


def _moments(chances, rate, base, winters):
    seasons = _seasons(np.array(chances), rate, base, winters, 40_000)
    return seasons.mean(), seasons.std()


def mean(chances, rate, base, winters, short, over):
    return round(_moments(chances, rate, base, winters)[0])


def normal(chances, rate, base, winters, short, over):
    middle, spread = _moments(chances, rate, base, winters)
    return round(middle + spread * stats.norm.ppf(short / (short + over)))


def poisson(chances, rate, base, winters, short, over):
    factor = sum(share * size for share, size in winters)
    return int(stats.poisson.ppf(short / (short + over), factor * (base + rate * sum(chances))))


def mean_winter(chances, rate, base, winters, short, over):
    seasons = _seasons(np.array(chances), rate, base, winters, 40_000, together=False)
    return np.quantile(seasons, short / (short + over), method="inverted_cdf")


def known_buyers(chances, rate, base, winters, short, over):
    """A Poisson distribution for each winter, around what the expected buyers need."""
    quantity, mean = 0, base + rate * sum(chances)
    while sum(
        share * stats.poisson.cdf(quantity, size * mean) for share, size in winters
    ) < short / (short + over):
        quantity += 1
    return quantity


def winters_alone(chances, rate, base, winters, short, over, margin=0.0):
    """What the winter asks for on average that is enough, and a margin."""
    (mild, low), (hard, high) = sorted(winters, key=lambda one: one[1])
    enough = short / (short + over)
    share, factor, before = (mild, low, 0.0) if enough < mild else (hard, high, mild)
    mean = factor * (base + rate * sum(chances))
    place = (enough - before) / share - 0.5
    return round(mean + margin * place * mean**0.5)


def _of(change):
    return lambda *arguments: simulated(*change(*arguments))


RIGHT = {"simulated": simulated, "by costs": by_costs, "buyers taken for normal": exact}
WRONG = {
    "mean demand": (mean, "above the least"),
    "last year": (_of(lambda c, *rest: ([0.0] * len(c), *rest)), "above the least"),
    "offers are sales": (_of(lambda c, *rest: ([1.0] * len(c), *rest)), "above the least"),
    "Poisson around the mean": (poisson, "above the least"),
    "known buyers": (known_buyers, "above the least"),
    "normal": (normal, "above the least"),
    "mean winter": (mean_winter, "above the least"),
    "swapped": (_of(lambda c, r, b, w, short, over: (c, r, b, w, over, short)), "above the least"),
    "without base": (_of(lambda c, r, b, w, s, o: (c, r, 0.0, w, s, o)), "above the least"),
    "penalty over holding": (
        _of(lambda c, r, b, w, s, o: (c, r, b, w, min(s / o, 0.99), 1 - min(s / o, 0.99))),
        "above the least",
    ),
    "winters alone": (winters_alone, "above the least"),
    "winters and a margin": (lambda *a: winters_alone(*a, margin=2.2), "above the least"),
    "winters alike": (
        _of(lambda c, r, b, w, s, o: (c, r, b, [[0.5, f] for _, f in w], s, o)),
        "above the least",
    ),
    "hardest winter": (
        _of(lambda c, r, b, w, s, o: (c, r, b, [[1.0, max(f for _, f in w)]], s, o)),
        "above the least",
    ),
}
