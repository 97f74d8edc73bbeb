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


def trained(frozen, x, y, rank, alpha):
    """As LoRA is trained: B begins at zero, and both follow the gradient (L-BFGS)."""
    from scipy.optimize import minimize

    outputs, inputs = frozen.shape
    errors, scale = y - x @ frozen.T, alpha / rank

    def loss(flat):
        A = flat[: rank * inputs].reshape(rank, inputs)
        B = flat[rank * inputs :].reshape(outputs, rank)
        off = scale * x @ A.T @ B.T - errors
        slope_b = 2 * scale * off.T @ (x @ A.T)
        slope_a = 2 * scale * (off @ B).T @ x
        return (off**2).sum(), np.r_[slope_a.ravel(), slope_b.ravel()]

    begin = np.r_[0.3 * np.random.default_rng(0).standard_normal(rank * inputs),
                  np.zeros(outputs * rank)]  # fmt: skip
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 3000}).x
    A, B = found[: rank * inputs].reshape(rank, -1), found[rank * inputs :].reshape(-1, rank)
    return _done(frozen, A, B, rank, alpha)


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


RIGHT = {"eigenvectors": eigen, "in turn": in_turn, "trained": trained}
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
