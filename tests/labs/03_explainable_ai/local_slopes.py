"""Right and wrong answers of the task `local_slopes`."""

from __future__ import annotations

import numpy as np


def _weighted(f, x, scale, width, budget, kernel=None, n=None, twice=False, seed=0):
    steps = np.random.default_rng(seed).normal(size=(n or budget, len(x)))
    distance = np.sqrt((steps**2).sum(axis=1))
    kernel = kernel or (lambda d, w: np.sqrt(np.exp(-(d**2) / w**2)))
    weight = kernel(distance, width)
    root = weight if twice else np.sqrt(weight)
    table = np.column_stack([np.ones(len(steps)), steps])
    found = np.linalg.lstsq(table * root[:, None], f(x + steps * scale) * root, rcond=None)[0]
    return found[1:] / scale


def by_sklearn(f, x, scale, width, budget):
    from sklearn.linear_model import LinearRegression

    points = x + scale * np.random.default_rng(1).normal(size=(budget, len(x)))
    distance = np.linalg.norm((points - x) / scale, axis=1)
    weight = np.exp(-(distance**2) / (2 * width**2))
    return LinearRegression().fit(points, f(points), sample_weight=weight).coef_


def drawn_from_the_limit(f, x, scale, width, budget):
    """Points are drawn where the weights would leave them, so that none is needed."""
    spread = scale / np.sqrt(1 + 1 / width**2)
    points = x + spread * np.random.default_rng(2).normal(size=(budget, len(x)))
    table = np.column_stack([np.ones(budget), points])
    return np.linalg.lstsq(table, f(points), rcond=None)[0][1:]


def pairs(f, x, scale, width, budget):
    """Every point and its mirror image; differences need no intercept."""
    steps = np.random.default_rng(3).normal(size=(budget // 2, len(x)))
    weight = np.exp(-(steps**2).sum(axis=1) / (2 * width**2))
    half = (f(x + steps * scale) - f(x - steps * scale)) / 2
    return np.linalg.solve(steps.T * weight @ steps, steps.T * weight @ half) / scale


def lime_set_right(f, x, scale, width, budget):
    """The library, told what the neighbourhood is."""
    from lime.lime_tabular import LimeTabularExplainer

    table = np.vstack([x - scale, x + scale])
    explainer = LimeTabularExplainer(
        table,
        mode="regression",
        kernel_width=width,
        discretize_continuous=False,
        sample_around_instance=True,
        random_state=4,
    )
    said = explainer.explain_instance(x, f, num_samples=budget, num_features=len(x))
    slopes = np.zeros(len(x))
    for column, slope in said.as_map()[1]:
        slopes[column] = slope
    return slopes / scale


def _lime_default(f, x, scale, width, budget):
    """The library as it comes."""
    from lime.lime_tabular import LimeTabularExplainer

    rng = np.random.default_rng(5)
    explainer = LimeTabularExplainer(
        x + scale * rng.normal(size=(500, len(x))), mode="regression", random_state=5
    )
    said = explainer.explain_instance(x, f, num_features=len(x))
    slopes = np.zeros(len(x))
    for column, slope in said.as_map()[1]:
        slopes[column] = slope
    return slopes


def _gradient(f, x, scale, width, budget):
    step = 1e-4 * np.diag(scale)
    return (f(x + step) - f(x - step)) / 2e-4 / scale


def _raw(f, x, scale, width, budget):
    steps = np.random.default_rng(6).normal(size=(budget, len(x))) * scale
    root = np.exp(-(steps**2).sum(axis=1) / (4 * width**2))
    table = np.column_stack([np.ones(budget), steps])
    return np.linalg.lstsq(table * root[:, None], f(x + steps) * root, rcond=None)[0][1:]


def _secant(f, x, scale, width, budget):
    return (f(x + np.diag(scale)) - f(x - np.diag(scale))) / 2 / scale


RIGHT = {
    "scikit-learn": by_sklearn,
    "drawn from the limit": drawn_from_the_limit,
    "pairs": pairs,
    "lime, set right": lime_set_right,
    "plain": _weighted,
}
WRONG = {
    "lime as it comes": (_lime_default, "of their length off"),
    "distance not squared": (
        lambda *a: _weighted(*a, kernel=lambda d, w: np.sqrt(np.exp(-d / w**2))),
        "of their length off",
    ),
    "root forgotten": (
        lambda *a: _weighted(*a, kernel=lambda d, w: np.exp(-(d**2) / w**2)),
        "kernel squared",
    ),
    "weights twice": (lambda *a: _weighted(*a, twice=True), "kernel squared"),
    "no kernel": (lambda *a: _weighted(*a, kernel=lambda d, w: np.ones(len(d))), "without the"),
    "few points": (lambda *a: _weighted(*a, n=1000, seed=7), "of their length off"),
    "gradient": (_gradient, "of their length off"),
    "raw distance": (_raw, "of their length off"),
    "slopes per scale": (lambda f, x, s, *a: _weighted(f, x, s, *a) * s, "step of one scale"),
    "secant": (_secant, "of their length off"),
    "over budget": (
        lambda f, x, s, w, b: _weighted(f, x, s, w, 2 * b),
        "the budget is",
    ),
}
