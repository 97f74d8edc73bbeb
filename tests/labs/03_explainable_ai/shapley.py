"""Right and wrong answers of the task `shapley`."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np


def _chance(f):
    return lambda rows: 1 / (1 + np.exp(-f(rows)))


def by_subsets(f, x, background):
    """Python's own subsets, each value asked once."""
    columns = range(len(x))

    def contributions(g):
        value = {}
        for size in range(len(x) + 1):
            for chosen in itertools.combinations(columns, size):
                rows = background.copy()
                rows[:, list(chosen)] = x[list(chosen)]
                value[frozenset(chosen)] = float(np.mean(g(rows)))
        found = []
        for i in columns:
            total = 0.0
            for chosen, worth in value.items():
                if i not in chosen:
                    weight = 1 / (len(x) * math.comb(len(x) - 1, len(chosen)))
                    total += weight * (value[chosen | {i}] - worth)
            found.append(total)
        return found

    return [contributions(f), contributions(_chance(f))]


def by_weights(f, x, background):
    """One weight for each coalition and column, as a matrix."""
    size = len(x)
    masks = np.array(list(itertools.product([False, True], repeat=size)))
    rows = np.where(masks[:, None, :], x, background).reshape(-1, size)
    said = f(rows).reshape(len(masks), -1)
    count = masks.sum(axis=1)[:, None]
    inside = np.array([1 / (size * math.comb(size - 1, max(k - 1, 0))) for k in range(size + 1)])
    outside = np.array(
        [1 / (size * math.comb(size - 1, min(k, size - 1))) for k in range(size + 1)]
    )
    weight = np.where(masks, inside[count], -outside[count])
    return np.array([said.mean(1) @ weight, (1 / (1 + np.exp(-said))).mean(1) @ weight])


def shap_exact(f, x, background):
    """shap's exact explainer, asked for by name."""
    import shap

    found = []
    for g in (f, _chance(f)):
        explainer = shap.explainers.Exact(g, shap.maskers.Independent(background, max_samples=1000))
        found.append(explainer(x[None]).values[0])
    return np.array(found)


def _shap_default(f, x, background):
    import shap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.array([
            shap.Explainer(g, shap.maskers.Independent(background))(x[None], silent=True).values[0]
            for g in (f, _chance(f))
        ])  # fmt: skip


def _kernel_shap(f, x, background):
    import shap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.array([
            shap.KernelExplainer(g, background).shap_values(x, silent=True)
            for g in (f, _chance(f))
        ])  # fmt: skip


def _orders(f, x, background, n=1000):
    rng = np.random.default_rng(0)
    total = np.zeros((2, len(x)))
    for _ in range(n):
        rows = background[rng.integers(len(background))][None].repeat(len(x) + 1, 0)
        order = rng.permutation(len(x))
        for step, column in enumerate(order):
            rows[step + 1 :, column] = x[column]
        total[0, order] += np.diff(f(rows))
        total[1, order] += np.diff(_chance(f)(rows))
    return total / n


def _scaled(f, x, background):
    margin = by_weights(f, x, background)[0]
    gain = float(_chance(f)(x[None])[0] - np.mean(_chance(f)(background)))
    return [margin, margin * gain / margin.sum()]


def _curve_of_mean(f, x, background):
    def mean(rows):
        return np.mean(f(rows.reshape(-1, len(x))))

    size = len(x)
    masks = np.array(list(itertools.product([False, True], repeat=size)))
    rows = np.where(masks[:, None, :], x, background).reshape(-1, size)
    value = 1 / (1 + np.exp(-f(rows).reshape(len(masks), -1).mean(1)))
    ways = by_weights(f, x, background)
    place = {tuple(mask): row for row, mask in enumerate(masks)}
    found = np.zeros(size)
    for mask, worth in zip(masks, value, strict=True):
        for i in np.flatnonzero(~mask):
            more = mask.copy()
            more[i] = True
            weight = 1 / (size * math.comb(size - 1, mask.sum()))
            found[i] += weight * (value[place[tuple(more)]] - worth)
    return [ways[0], found]


def _alone(f, x, background):
    def one(g):
        rows = np.where(np.eye(len(x), dtype=bool)[:, None, :], x, background)
        return g(rows.reshape(-1, len(x))).reshape(len(x), -1).mean(1) - np.mean(g(background))

    return [one(f), one(_chance(f))]


def _last(f, x, background):
    def one(g):
        rows = np.where(~np.eye(len(x), dtype=bool)[:, None, :], x, background)
        return g(x[None])[0] - g(rows.reshape(-1, len(x))).reshape(len(x), -1).mean(1)

    return [one(f), one(_chance(f))]


def _swings(f, x, background):
    size = len(x)
    masks = np.array(list(itertools.product([False, True], repeat=size)))
    said = f(np.where(masks[:, None, :], x, background).reshape(-1, size)).reshape(2**size, -1)
    sign = np.where(masks, 1.0, -1.0) / 2 ** (size - 1)
    return [said.mean(1) @ sign, (1 / (1 + np.exp(-said))).mean(1) @ sign]


RIGHT = {"subsets": by_subsets, "weights": by_weights, "shap's exact explainer": shap_exact}
WRONG = {
    "shap's own choice": (_shap_default, "is right"),
    "kernel shap": (_kernel_shap, "is right"),
    "a thousand orders": (_orders, "is right"),
    "mean row": (lambda f, x, b: by_weights(f, x, b.mean(0)[None]), "mean row"),
    "log-odds scaled to the chance": (_scaled, "survive a curve"),
    "chance of the mean": (_curve_of_mean, "mean chance"),
    "log-odds twice": (lambda f, x, b: [by_weights(f, x, b)[0]] * 2, "row of the chance"),
    "alone": (_alone, "tried alone"),
    "one taken away": (_last, "taken away from the full row"),
    "every coalition alike": (_swings, "counts the same"),
    "zeros as absent": (lambda f, x, b: by_weights(f, x, 0 * b[:1]), "is right"),
    "one background row": (lambda f, x, b: by_weights(f, x, b[:1]), "is right"),
    "chance first": (lambda f, x, b: by_weights(f, x, b)[::-1], "row of the log-odds"),
}

HARMLESS = {
    "constant: …x, background).reshape(-1, size) -> *": "NumPy takes any negative number for -1",
    "constant: …s).reshape(len(masks), -1) -> *": "NumPy takes any negative number for -1",
}
