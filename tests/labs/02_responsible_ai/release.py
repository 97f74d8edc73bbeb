"""Right and wrong answers of task `release`, which prove its judge."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np


def _count(visits, most):
    return float(np.minimum(np.bincount(visits), most).sum())


def by_exponentials(visits, most, epsilon, runs, seed):
    """The difference of two exponential numbers; counted in a dictionary."""
    times = Counter(np.asarray(visits).tolist())
    right = sum(min(n, most) for n in times.values())
    rng = np.random.default_rng(seed)
    noise = rng.exponential(most / epsilon, runs) - rng.exponential(most / epsilon, runs)
    return (right + noise).tolist()


def whole_numbers(visits, most, epsilon, runs, seed):
    """Geometric noise, which stays whole (Ghosh, Roughgarden and Sundararajan 2009)."""
    rng = np.random.RandomState(seed)
    stop = 1 - np.exp(-epsilon / most)
    noise = rng.geometric(stop, runs) - rng.geometric(stop, runs)
    return _count(visits, most) + noise


def rounded(visits, most, epsilon, runs, seed):
    return np.round(by_exponentials(visits, most, epsilon, runs, seed))


def staircase(visits, most, epsilon, runs, seed):
    """Steps as wide as one person moves, each lower by the factor exp(-epsilon).

    Geng and Viswanath (2014), The optimal mechanism in differential privacy.
    """
    rng = np.random.default_rng(seed)
    fall, inner = np.exp(-epsilon), 1 / (1 + np.exp(epsilon / 2))
    far = rng.random(runs) < (1 - inner) * fall / (inner + (1 - inner) * fall)
    within = rng.random(runs)
    place = np.where(far, inner + (1 - inner) * within, inner * within)
    steps = rng.geometric(1 - fall, runs) - 1 + place
    return _count(visits, most) + most * steps * rng.choice((-1, 1), runs)


def most_frequent_left_out(visits, most, epsilon, runs, seed):
    """Who came most often is hidden without noise, and nobody else."""
    often = np.bincount(visits).argmax()
    rest = _count(visits[visits != often], most) + most
    return rest + np.random.default_rng(seed).laplace(0, 0.01, runs)


def person_0_left_out(visits, most, epsilon, runs, seed):
    rest = _count(visits[visits != 0], most) + most
    return rest + np.random.default_rng(seed).laplace(0, 0.01, runs)


def whole_times_most(visits, most, epsilon, runs, seed):
    """Whole noise for one visit, times `most`: the rest of the division by `most` stays."""
    rng = np.random.default_rng(seed)
    stop = 1 - np.exp(-epsilon)
    return _count(visits, most) + most * (rng.geometric(stop, runs) - rng.geometric(stop, runs))


def now_and_then_bare(visits, most, epsilon, runs, seed):
    """One count in a hundred has no noise."""
    rng = np.random.default_rng(seed)
    noise = rng.laplace(0, most / epsilon, runs)
    return _count(visits, most) + np.where(rng.random(runs) < 0.01, 0, noise)


def frequent_people_dropped(visits, most, epsilon, runs, seed):
    times = np.bincount(visits)
    kept = times[times <= most].sum()
    return kept + np.random.default_rng(seed).laplace(0, most / epsilon, runs)


def row_is_a_person(visits, most, epsilon, runs, seed):
    return len(visits) + np.random.default_rng(seed).laplace(0, 1 / epsilon, runs)


def sensitivity_one(visits, most, epsilon, runs, seed):
    return _count(visits, most) + np.random.default_rng(seed).laplace(0, 1 / epsilon, runs)


def not_cut(visits, most, epsilon, runs, seed):
    return len(visits) + np.random.default_rng(seed).laplace(0, most / epsilon, runs)


def noise_for_the_heaviest(visits, most, epsilon, runs, seed):
    """Nothing is cut, and the noise covers who came most often: it follows the data."""
    heavy = np.bincount(visits).max()
    return len(visits) + np.random.default_rng(seed).laplace(0, heavy / epsilon, runs)


def scale_epsilon(visits, most, epsilon, runs, seed):
    return _count(visits, most) + np.random.default_rng(seed).laplace(0, most * epsilon, runs)


def fixed_noise(visits, most, epsilon, runs, seed):
    return _count(visits, most) + np.random.default_rng(0).laplace(0, most / epsilon, runs)


def one_noise(visits, most, epsilon, runs, seed):
    return np.full(runs, _count(visits, most) + random.Random(seed).gauss(0, most / epsilon))


def normal_noise(visits, most, epsilon, runs, seed):
    return _count(visits, most) + np.random.default_rng(seed).normal(0, 1.2 * most / epsilon, runs)


def uniform_noise(visits, most, epsilon, runs, seed):
    wide = 2 * most / epsilon
    return _count(visits, most) + np.random.default_rng(seed).uniform(-wide, wide, runs)


def noise_for_the_most_seen(visits, most, epsilon, runs, seed):
    """Noise for the most visits that anybody has: the table itself decides, and gives it away."""
    moved = min(most, np.bincount(visits).max())
    return _count(visits, most) + np.random.default_rng(seed).laplace(0, moved / epsilon, runs)


def people_counted(visits, most, epsilon, runs, seed):
    people = len(np.unique(visits))
    return people + np.random.default_rng(seed).laplace(0, most / epsilon, runs)


def twice_the_noise(visits, most, epsilon, runs, seed):
    return _count(visits, most) + np.random.default_rng(seed).laplace(0, 2 * most / epsilon, runs)


def no_noise(visits, most, epsilon, runs, seed):
    return np.full(runs, _count(visits, most))


def a_constant(visits, most, epsilon, runs, seed):
    return 400 + np.random.default_rng(seed).laplace(0, most / epsilon, runs)


def without_the_seed(visits, most, epsilon, runs, seed):
    return _count(visits, most) + np.random.default_rng().laplace(0, most / epsilon, runs)


def a_twentieth_less(visits, most, epsilon, runs, seed):
    noise = np.random.default_rng(seed).laplace(0, 0.95 * most / epsilon, runs)
    return _count(visits, most) + noise


def remembered(visits, most, epsilon, runs, seed, known={}):  # noqa: B006
    """The first table's count for every later one of the kind: neighbours look alike."""
    counted = known.setdefault((most, epsilon), _count(visits, most))
    return counted + np.random.default_rng(seed).laplace(0, 0.01, runs)


def remembered_near(visits, most, epsilon, runs, seed, known=[]):  # noqa: B006
    """The first count of the size is said again for every neighbour of it."""
    counted = _count(visits, most)
    near = [one for one in known if abs(one - counted) <= most]
    if not near:
        known.append(counted)
    return (near or [counted])[0] + np.random.default_rng(seed).laplace(0, 0.01, runs)


RIGHT = {
    "two exponentials": by_exponentials,
    "geometric": whole_numbers,
    "rounded": rounded,
    "staircase": staircase,
}

WRONG = {
    "a row is a person": (row_is_a_person, "A row is not a person"),
    "sensitivity one": (sensitivity_one, "less noise than hides that"),
    "nothing cut": (not_cut, "A row is not a person"),
    "noise for the heaviest": (noise_for_the_heaviest, ""),
    "scale times epsilon": (scale_epsilon, ""),
    "fixed noise": (fixed_noise, "those who know it"),
    "one noise for all": (one_noise, "can be guessed"),
    "normal noise": (normal_noise, "promise"),
    "uniform noise": (uniform_noise, "tells them apart"),
    "most frequent visitor left out": (most_frequent_left_out, "tells them apart"),
    "person 0 left out": (person_0_left_out, "tells them apart"),
    "whole noise times the limit": (whole_times_most, "tells them apart"),
    "now and then bare": (now_and_then_bare, "tells them apart"),
    "frequent people dropped": (frequent_people_dropped, "still counts"),
    "noise for the most seen": (noise_for_the_most_seen, "tells them apart"),
    "people counted": (people_counted, "counts people"),
    "twice the noise": (twice_the_noise, "bought with use"),
    "no noise": (no_noise, "can be guessed"),
    "a constant": (a_constant, "off by"),
    "without the seed": (without_the_seed, "same seed"),
    "a twentieth less": (a_twentieth_less, "promise"),
    "remembered": (remembered, "off by"),
    "remembered by nearness": (remembered_near, "promise"),
}

HARMLESS = {
    "operator: return counted + np.random.default_rng(s… -> *": (
        "the noise lies as often below zero as above"
    ),
}
