"""Right and wrong answers of the task `pick_prompt`."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student


def _sums(values, customer):
    names, place = np.unique(customer, return_inverse=True)
    return np.bincount(place, values), np.bincount(place)


def _interval(values, customer, quantile=None):
    """Linear approximation of a ratio, by customer."""
    sums, counts = _sums(values, customer)
    g, mean = len(sums), sums.sum() / counts.sum()
    error = np.sqrt(g / (g - 1) * ((sums - mean * counts) ** 2).sum()) / counts.sum()
    reach = (student.ppf(0.975, g - 1) if quantile is None else quantile) * error
    return mean - reach, mean + reach


def _halves(customer, seed=0):
    names = np.random.default_rng(seed).permutation(np.unique(customer))
    return np.isin(customer, names[: len(names) // 2])


def _best(scores):
    return 1 + int(scores[:, 1:].mean(axis=0).argmax())


def drawn_halves(scores, customer):
    """Halves of customers by lot."""
    first = _halves(customer)
    prompt, rest, whose = _best(scores[first]), scores[~first], customer[~first]
    return prompt, rest[:, prompt].mean(), *_interval(rest[:, prompt] - rest[:, 0], whose)


def bootstrapped(scores, customer):
    """Customers drawn again and again, on the second half."""
    first = _halves(customer, 1)
    prompt, rest, whose = _best(scores[first]), scores[~first], customer[~first]
    sums, counts = _sums(rest[:, prompt] - rest[:, 0], whose)
    g = len(sums)
    often = np.random.default_rng(0).multinomial(g, np.full(g, 1 / g), size=500)
    means = (often @ sums) / (often @ counts)
    reach = student.ppf(0.975, g - 1) * means.std() * np.sqrt(g / (g - 1))
    middle = sums.sum() / counts.sum()
    return prompt, rest[:, prompt].mean(), middle - reach, middle + reach


def six_tenths(scores, customer):
    """Six tenths of the customers choose; jackknife on the others."""
    names = np.unique(customer)
    first = np.isin(customer, names[: len(names) * 11 // 20])
    prompt, rest, whose = _best(scores[first]), scores[~first], customer[~first]
    sums, counts = _sums(rest[:, prompt] - rest[:, 0], whose)
    g = len(sums)
    left_out = (sums.sum() - sums) / (counts.sum() - counts)
    reach = student.ppf(0.975, g - 1) * np.sqrt((g - 1) * left_out.var())
    middle = sums.sum() / counts.sum()
    return prompt, float(rest[:, prompt].mean()), middle - reach, middle + reach


def winner(scores, customer):
    prompt = _best(scores)
    return prompt, scores[:, prompt].mean(), *_interval(scores[:, prompt] - scores[:, 0], customer)


def rows_split(scores, customer):
    first = np.random.default_rng(0).random(len(customer)) < 0.5
    prompt, rest, whose = _best(scores[first]), scores[~first], customer[~first]
    return prompt, rest[:, prompt].mean(), *_interval(rest[:, prompt] - rest[:, 0], whose)


def _with(interval):
    def pick(scores, customer):
        first = _halves(customer)
        prompt, rest, whose = _best(scores[first]), scores[~first], customer[~first]
        return prompt, rest[:, prompt].mean(), *interval(rest[:, prompt], rest[:, 0], whose)

    return pick


def _rows(a, b, whose):
    gain = a - b
    reach = norm.ppf(0.975) * gain.std(ddof=1) / np.sqrt(len(gain))
    return gain.mean() - reach, gain.mean() + reach


def _unpaired(a, b, whose):
    low_a, high_a = _interval(a, whose)
    low_b, high_b = _interval(b, whose)
    reach = np.hypot(high_a - low_a, high_b - low_b) / 2
    return a.mean() - b.mean() - reach, a.mean() - b.mean() + reach


def _two_intervals(a, b, whose):
    low_a, high_a = _interval(a, whose)
    low_b, high_b = _interval(b, whose)
    return low_a - high_b, high_a - low_b


def _unpaired_rows(a, b, whose):
    reach = norm.ppf(0.975) * np.sqrt((a.var() + b.var()) / len(a))
    return a.mean() - b.mean() - reach, a.mean() - b.mean() + reach


def at_random(scores, customer):
    rest = scores[:, :2]
    return 1, rest[:, 1].mean(), *_interval(rest[:, 1] - rest[:, 0], customer)


RIGHT = {
    "halves by lot": drawn_halves,
    "bootstrap of customers": bootstrapped,
    "jackknife of customers": six_tenths,
}
WRONG = {
    "the winner's own score": (winner, "winner's own score"),
    "tickets are split": (rows_split, "off on average"),
    "tickets are independent": (_with(_rows), "of the logs"),
    "unpaired": (_with(_unpaired), "of the logs"),
    "two intervals": (_with(_two_intervals), "of the logs"),
    "unpaired tickets": (_with(_unpaired_rows), "of the logs"),
    "everything": (_with(lambda a, b, whose: (-1.0, 1.0)), "of the logs"),
    "a point": (_with(lambda a, b, whose: (a.mean() - b.mean(),) * 2), "of the logs"),
    "the first one": (at_random, "worse than the best"),
    "one half": (
        lambda scores, customer: (drawn_halves(scores, customer)[0], 0.5,
                                  *drawn_halves(scores, customer)[2:]),
        "off on average",
    ),
}  # fmt: skip

SAME = "all prompts answered the same number of tickets"
NONE_LEFT = "customers who chose have no ticket left: their sums are 0, the quantile 4 % less"
CENTRED = "a variance takes the mean off once more"
OTHERS = "what the others sum up to is the same with the other sign"
FINE = "a change of the width by one to three percent, less than 400 logs can tell"
HARMLESS = {
    "function: …1 + scores[chooses, 1:].mean(axis=0).argmax() -> *": SAME,
    "index: …res[~chooses], names[1::2]) -> …res[~chooses], names[1::1])": NONE_LEFT,
    "slice: …ores[~chooses], names[1::2]) -> *": NONE_LEFT,
    "operator: …= [(gain[whose == name] - gain.mean()).sum() for … -> *": CENTRED,
    "comparison: off = [(gain[whose == name] - gain.mean()).s… -> *": OTHERS,
    "constant: …p.sqrt(np.var(off, ddof=1) * len(names)) / len(ga… -> *": FINE,
    "operator: …t.ppf(0.975, len(names) - 1) * error -> *": FINE,
    "constant: …ppf(0.975, len(names) - 1) * error -> *": FINE,
}
