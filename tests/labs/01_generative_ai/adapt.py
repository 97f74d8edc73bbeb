"""Right and wrong answers of the task `adapt`."""

from __future__ import annotations

import numpy as np


def _done(frozen, A, B, rank, alpha):
    return A, B, frozen + alpha / rank * B @ A


def _full(frozen, x, y):
    return np.linalg.pinv(x) @ (y - x @ frozen.T)


def eigen(frozen, x, y, rank, alpha):
    """Eigenvectors of the covariance of the fitted values."""
    full = _full(frozen, x, y)
    fitted = x @ full
    main = np.linalg.eigh(fitted.T @ fitted)[1][:, -rank:]
    return _done(frozen, (full @ main).T, main * rank / alpha, rank, alpha)


def in_turn(frozen, x, y, rank, alpha):
    """Alternating least squares."""
    errors = y - x @ frozen.T
    B = np.random.default_rng(0).standard_normal((len(frozen), rank))
    for _ in range(60):
        A = (np.linalg.pinv(x) @ errors @ np.linalg.pinv(B).T).T
        B = np.linalg.lstsq(x @ A.T, errors)[0].T
    return _done(frozen, A, B * rank / alpha, rank, alpha)


def truncated(frozen, x, y, rank, alpha):
    left, sizes, right = np.linalg.svd(_full(frozen, x, y).T, full_matrices=False)
    return _done(frozen, right[:rank], left[:, :rank] * sizes[:rank] * rank / alpha, rank, alpha)


def widest(frozen, x, y, rank, alpha):
    A = np.linalg.svd(x, full_matrices=False)[2][:rank]
    B = np.linalg.lstsq(x @ A.T, y - x @ frozen.T)[0].T
    return _done(frozen, A, B * rank / alpha, rank, alpha)


def loudest(frozen, x, y, rank, alpha):
    main = np.linalg.svd(y - x @ frozen.T, full_matrices=False)[2][:rank]
    A = (_full(frozen, x, y) @ main.T).T
    return _done(frozen, A, main.T * rank / alpha, rank, alpha)


def _merged(merge):
    def adapt(frozen, x, y, rank, alpha):
        A, B, _ = eigen(frozen, x, y, rank, alpha)
        return A, B, merge(frozen, A, B, rank, alpha)

    return adapt


def full_rank(frozen, x, y, rank, alpha):
    change = _full(frozen, x, y).T
    return change, np.eye(len(frozen)) * rank / alpha, frozen + change


def zeros(frozen, x, y, rank, alpha):
    return np.ones((rank, frozen.shape[1])), np.zeros((len(frozen), rank)), frozen


def noise(frozen, x, y, rank, alpha):
    A = np.random.default_rng(0).standard_normal((rank, frozen.shape[1]))
    B = np.linalg.lstsq(x @ A.T, y - x @ frozen.T)[0].T
    return _done(frozen, A, B * rank / alpha, rank, alpha)


RIGHT = {"eigenvectors": eigen, "in turn": in_turn}
WRONG = {
    "the change truncated": (truncated, "cut to the rank"),
    "inputs' directions": (widest, "inputs vary most"),
    "errors' directions": (loudest, "errors are largest"),
    "both factors a safe start": (zeros, "changes nothing"),
    "alpha / rank lost in the merge": (
        _merged(lambda W, A, B, rank, alpha: W + B @ A),
        "lost in the merge",
    ),
    "alpha alone": (_merged(lambda W, A, B, rank, alpha: W + alpha * B @ A), "merged weights"),
    "nothing merged": (_merged(lambda W, A, B, rank, alpha: W), "merged weights"),
    "full rank": (full_rank, "shape"),
    "random directions": (noise, "what rank"),
}

HARMLESS = {
    "constant: …change.T, full_matrices=False)[2][:rank] -> *": "the first directions are the same",
}
