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


RIGHT = {"two exponentials": by_exponentials, "geometric": whole_numbers}

WRONG = {
    "a row is a person": (row_is_a_person, "A row is not a person"),
    "sensitivity one": (sensitivity_one, "A row is not a person"),
    "nothing cut": (not_cut, "A row is not a person"),
    "noise for the heaviest": (noise_for_the_heaviest, ""),
    "scale times epsilon": (scale_epsilon, ""),
    "fixed noise": (fixed_noise, "those who know it"),
    "one noise for all": (one_noise, "can be guessed"),
    "normal noise": (normal_noise, "tells them apart"),
    "uniform noise": (uniform_noise, "tells them apart"),
    "people counted": (people_counted, "counts people"),
    "twice the noise": (twice_the_noise, "bought with use"),
    "no noise": (no_noise, "can be guessed"),
    "a constant": (a_constant, "off by"),
    "without the seed": (without_the_seed, "same seed"),
}

HARMLESS = {
    "operator: return counted + np.random.default_rng(s… -> *": (
        "the noise lies as often below zero as above"
    ),
}
