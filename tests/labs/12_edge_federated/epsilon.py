"""Right and wrong answers of task `epsilon`, which prove its judge."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq
from scipy.special import comb
from scipy.stats import norm


def renyi_by_logs(z, q, steps, delta):
    """Rényi's bound with logaddexp, one term after the other, orders to 128."""
    best = math.inf
    for order in range(2, 129):
        total = -math.inf
        for k in range(order + 1):
            if q == 1 and k < order:
                continue
            term = math.log(comb(order, k, exact=True)) + k * (k - 1) / (2 * z * z)
            term += k * math.log(q) + ((order - k) * math.log(1 - q) if q < 1 else 0)
            total = np.logaddexp(total, term)
        lost = math.log((order - 1) / order) - math.log(delta * order) / (order - 1)
        best = min(best, steps * total / (order - 1) + lost)
    return best


def on_a_grid(z, q, steps, delta):
    """The privacy loss itself, on a grid, convolved by FFT; rounded to the nearest cell."""
    if q == 1:
        return renyi_by_logs(z, q, steps, delta)
    n, reach = 2**15, 1.3 * renyi_by_logs(z, q, steps, delta) + 2
    grid = (np.arange(n) - n // 2) * (2 * reach / n)
    edges = grid + reach / n
    found = []
    for joins in (False, True):
        inner = (np.exp(-edges if joins else edges) - (1 - q)) / q
        with np.errstate(all="ignore"):
            at = np.where(inner > 0, z * z * np.log(inner) + 0.5, -np.inf)
        below = (
            norm.sf(at / z) if joins else (1 - q) * norm.cdf(at / z) + q * norm.cdf((at - 1) / z)
        )
        mass = np.diff(below, prepend=0).clip(0)
        total = np.fft.fftshift(np.fft.irfft(np.fft.rfft(np.fft.ifftshift(mass)) ** steps, n))

        def excess(e, total=total):
            above = grid > e
            return float(total[above].clip(0) @ -np.expm1(e - grid[above])) - delta

        found.append(brentq(excess, 0, reach) if excess(0) > 0 else 0.0)
    return np.float32(1.02 * max(found))


def _gaussian(mu, delta):
    def excess(e):
        return norm.cdf(mu / 2 - e / mu) - math.exp(e + norm.logcdf(-mu / 2 - e / mu)) - delta

    return brentq(excess, 0, 50 * mu + 10 * mu**2 + 10) if excess(0) > 0 else 0.0


def central_limit(z, q, steps, delta):
    if q == 1:
        return _gaussian(math.sqrt(steps) / z, delta)
    return _gaussian(q * math.sqrt(steps * math.expm1(1 / z**2)), delta)


def no_amplification(z, q, steps, delta):
    return _gaussian(math.sqrt(steps) / z, delta)


def sum_of_rounds(z, q, steps, delta):
    return steps * renyi_by_logs(z, q, 1, delta)


def one_round(z, q, steps, delta):
    return renyi_by_logs(z, q, 1, delta)


def textbook_noise(z, q, steps, delta):
    """sqrt(2 log(1.25 / delta)) / z, times q and the root of the rounds."""
    return q * math.sqrt(2 * steps * math.log(1.25 / delta)) / z


def moments_rule(z, q, steps, delta):
    """q² steps alpha / z², the rule of thumb for large noise, with the old conversion."""
    return min(
        q * q * steps * a / z**2 + math.log(1 / delta) / (a - 1) for a in np.linspace(1.1, 64, 500)
    )


def one_order(z, q, steps, delta):
    order = 2
    total = steps * math.log(1 + q * q * math.expm1(1 / z**2)) / (order - 1)
    return total - math.log(delta) / (order - 1)


def share_of_the_whole(z, q, steps, delta):
    """Epsilon shrinks with q in proportion."""
    return q * _gaussian(math.sqrt(steps) / z, delta)


def always_twenty(z, q, steps, delta):
    return 20.0


def only_without_sampling(z, q, steps, delta):
    return renyi_by_logs(z, 1, steps, delta)


def a_little_more(factor):
    return lambda *setting: factor * central_limit(*setting)


def _between(share):
    """Between a number that is too low and one that is safe."""

    def answer(*setting):
        return (1 - share) * central_limit(*setting) + share * renyi_by_logs(*setting)

    return answer


def of_renyi(orders, share=1.0):
    """A share of the bound by some orders alone, sums by their logarithms."""

    def answer(z, q, steps, delta):
        found = []
        for order in orders:
            k = np.arange(order + 1)
            ways = np.array([math.log(math.comb(order, int(i))) for i in k])
            kept = np.zeros(order + 1) if q == 1 else (order - k) * math.log1p(-q)
            terms = ways + kept + k * math.log(q) + k * (k - 1) / (2 * z * z)
            each = terms[-1] if q == 1 else np.logaddexp.reduce(terms)
            lost = math.log1p(-1 / order) - math.log(delta * order) / (order - 1)
            found.append(steps * each / (order - 1) + lost)
        return share * min(found)

    return answer


def older_conversion(z, q, steps, delta):
    k = np.arange(257)
    found = []
    for order in range(2, 257):
        if q == 1:
            each = order / (2 * z * z)
        else:
            i = k[: order + 1]
            terms = (order - i) * np.log1p(-q) + i * np.log(q) + i * (i - 1) / (2 * z * z)
            each = np.logaddexp.reduce(terms + np.log(comb(order, i))) / (order - 1)
        found.append(steps * each + math.log(1 / delta) / (order - 1))
    return min(found)


RIGHT = {
    "Rényi, term by term": renyi_by_logs,
    "Rényi, orders to forty": of_renyi(range(2, 41)),
    "the loss on a grid": on_a_grid,
}

WRONG = {
    "central limit": (central_limit, "The central limit is an approximation"),
    "no amplification": (no_amplification, "This forgets the sampling"),
    "sum of the rounds": (sum_of_rounds, "Adding up the epsilons"),
    "one round": (one_round, "promise of a single round"),
    "textbook noise, root of the rounds": (textbook_noise, "is broken"),
    "rule of thumb for large noise": (moments_rule, "lies"),
    "order two alone": (one_order, "above what is right"),
    "in proportion to q": (share_of_the_whole, "lies"),
    "the central limit and a tenth": (a_little_more(1.1), "lies below"),
    "the central limit and a sixth": (a_little_more(1.17), "lies below"),
    "in the middle of two": (_between(0.5), "lies below"),
    "three quarters of a safe one, the rest of one too low": (_between(0.75), "lies below"),
    "orders to eight": (of_renyi(range(2, 9)), "lies above"),
    "nine tenths and a half of a safe one": (of_renyi(range(2, 257), 0.95), "lies below"),
    "the older conversion": (older_conversion, "the older and looser conversion"),
    "always twenty": (always_twenty, "lies"),
    "as if all took part": (only_without_sampling, "above what is right"),
}

HARMLESS = {
    "constant: for order in range(2, 257): -> *": "the best order lies well inside the range",
    "constant: k = np.arange(order + 1) -> k = np.arange(order + 2)": (
        "there is no way to choose order + 1 of order, so the term is zero"
    ),
}
