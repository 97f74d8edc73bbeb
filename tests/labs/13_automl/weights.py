"""Right and wrong answers of the task `weights`."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize, nnls
from scipy.special import softmax


def _loss(blend, y):
    blend = np.clip(blend, 1e-9, 1 - 1e-9)
    return -np.log(np.where(y == 1, blend, 1 - blend)).mean()


def greedy(in_sample, out_of_fold, y, steps=60):
    """Caruana's selection with repetition."""
    counts = np.zeros(out_of_fold.shape[1])
    for step in range(1, steps + 1):
        losses = [_loss(out_of_fold @ (counts + row) / step, y) for row in np.eye(len(counts))]
        counts[int(np.argmin(losses))] += 1
    return counts / steps


def multiplied(in_sample, out_of_fold, y):
    """Weights by repeated reweighting."""
    said = np.where(y[:, None] == 1, out_of_fold, 1 - out_of_fold)
    weights = np.ones(said.shape[1]) / said.shape[1]
    for _ in range(600):
        weights = weights * (said / (said @ weights)[:, None]).mean(axis=0)
    return (weights / weights.sum()).tolist()


def bounded(in_sample, out_of_fold, y):
    """Bounds and a constraint, as the hint has it."""
    found = minimize(
        lambda w: _loss(out_of_fold @ w, y),
        np.full(7, 1 / 7),
        bounds=[(0, 1)] * 7,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
    )
    return np.maximum(found.x, 0) / np.maximum(found.x, 0).sum()


def squares(in_sample, out_of_fold, y):
    """Least squares without negative weights."""
    found = nnls(out_of_fold, y.astype(float))[0]
    return found / found.sum()


def _each(table, y):
    return np.array([_loss(column, y) for column in table.T])


def _by_rank(i, o, y):
    ranks = 1.0 + np.argsort(np.argsort(-_each(o, y)))
    return ranks / ranks.sum()


RIGHT = {
    "greedy": greedy,
    "multiplied": multiplied,
    "bounded": bounded,
    "least squares": squares,
}
WRONG = {
    "in sample": (lambda i, o, y: multiplied(i, i, y), "above that of the best"),
    "greedy in sample": (lambda i, o, y: greedy(i, i, y), "above that of the best"),
    "best member": (lambda i, o, y: np.eye(7)[_each(o, y).argmin()], "gets everything"),
    "uniform": (lambda i, o, y: np.full(7, 1 / 7), "count alike"),
    "by rank": (_by_rank, "follow the ranks"),
    "by loss": (lambda i, o, y: (1 / _each(o, y)) / (1 / _each(o, y)).sum(), "own loss"),
    "softmax of losses": (lambda i, o, y: softmax(-_each(o, y)), "above that of the best"),
    "sum of two": (lambda i, o, y: 2 * np.array(multiplied(i, o, y)), "sum to"),
    "regression coefficients": (lambda i, o, y: np.linalg.lstsq(o, y)[0], "sum to"),
}

HARMLESS = {
    "function: …(happened @ softmax(z)).mean(), np.zeros(7)) -> *": "a sum is least where its "
    "mean is",
}
