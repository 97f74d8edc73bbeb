"""Right and wrong answers of the task `quantise`."""

from __future__ import annotations

import numpy as np


def _range(bits):
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def _nearest(weights, scales, bits):
    return np.clip(np.rint(weights / scales[:, None]), *_range(bits))


def feedback(weights, inputs, scales, bits):
    """GPTQ, largest inputs first."""
    H = inputs.T @ inputs
    H += 1e-3 * np.diag(H).mean() * np.eye(len(H))
    order = np.argsort(-np.diag(H))
    factor = np.linalg.cholesky(np.linalg.inv(H[np.ix_(order, order)])).T
    left, codes = weights[:, order].copy(), np.zeros_like(weights)
    for j in range(left.shape[1]):
        codes[:, order[j]] = np.clip(np.rint(left[:, j] / scales), *_range(bits))
        error = (left[:, j] - codes[:, order[j]] * scales) / factor[j, j]
        left[:, j:] -= np.outer(error, factor[j, j:])
    return codes


def nearest_plane(weights, inputs, scales, bits):
    """Babai's nearest plane: QR of the inputs, weights from the last to the first."""
    order = np.argsort(np.diag(inputs.T @ inputs))
    R = np.linalg.qr(inputs[:, order])[1]
    codes = np.zeros_like(weights)
    aim = R @ weights[:, order].T
    for j in range(len(order) - 1, -1, -1):
        wanted = aim[j] / R[j, j]
        codes[:, order[j]] = np.clip(np.rint(wanted / scales), *_range(bits))
        aim -= np.outer(R[:, j], codes[:, order[j]] * scales)
    return codes.astype(int)


def step_by_step(weights, inputs, scales, bits):
    """For each row, the single change by one that helps most, until none does."""
    low, high = _range(bits)
    H = inputs.T @ inputs
    codes = _nearest(weights, scales, bits)
    for row in range(len(codes)):
        for _ in range(200):
            slope = (codes[row] * scales[row] - weights[row]) @ H * 2 * scales[row]
            bend = np.diag(H) * scales[row] ** 2
            change = np.stack([slope + bend, bend - slope])
            change[0][codes[row] >= high] = np.inf
            change[1][codes[row] <= low] = np.inf
            way, place = np.unravel_index(change.argmin(), change.shape)
            if change[way, place] >= -1e-12:
                break
            codes[row, place] += 1 - 2 * way
    return codes


def sweeps(weights, inputs, scales, bits):
    """Each code in turn the best one, given all others."""
    H, codes = inputs.T @ inputs, _nearest(weights, scales, bits)
    for _ in range(20):
        for j in range(len(H)):
            step = (weights - codes * scales[:, None]) @ H[:, j] / (H[j, j] * scales)
            codes[:, j] = np.clip(np.rint(codes[:, j] + step), *_range(bits))
    return codes


def carried(weights, inputs, scales, bits):
    codes, error = np.zeros_like(weights), np.zeros(len(weights))
    for j in range(weights.shape[1]):
        wanted = weights[:, j] + error
        codes[:, j] = np.clip(np.rint(wanted / scales), *_range(bits))
        error = wanted - codes[:, j] * scales
    return codes


def by_lot(weights, inputs, scales, bits):
    lot = np.random.default_rng(0).random(weights.shape)
    return np.clip(np.floor(weights / scales[:, None] + lot), *_range(bits))


def best_of_many(weights, inputs, scales, bits, tries=40):
    """The best of many roundings by lot, row by row: the score without the skill."""
    rng = np.random.default_rng(0)
    best, least = None, np.full(len(weights), np.inf)
    for _ in range(tries):
        lot = 0.3 + 0.4 * rng.random(weights.shape)
        tried = np.clip(np.floor(weights / scales[:, None] + lot), *_range(bits))
        error = ((inputs @ (weights - tried * scales[:, None]).T) ** 2).sum(axis=0)
        best = tried if best is None else np.where((error < least)[:, None], tried, best)
        least = np.minimum(error, least)
    return best


RIGHT = {
    "GPTQ": feedback,
    "nearest plane": nearest_plane,
    "step by step": step_by_step,
    "sweeps": sweeps,
}
WRONG = {
    "nearest": (lambda w, x, s, bits: _nearest(w, s, bits), "nearest code"),
    "towards zero": (
        lambda w, x, s, bits: np.clip(np.trunc(w / s[:, None]), *_range(bits)),
        "one sign",
    ),
    "carried on": (carried, "carried to the next"),
    "by lot": (by_lot, "times those of"),
    "best of many": (best_of_many, "times those of"),
    "one scale for all": (
        lambda w, x, s, bits: np.clip(np.rint(w / s.max()), *_range(bits)),
        "times those of",
    ),
    "floats in disguise": (lambda w, x, s, bits: w / s[:, None], "whole number"),
    "the weights read back": (
        lambda w, x, s, bits: feedback(w, x, s, bits) * s[:, None],
        "whole number",
    ),
    "more bits": (lambda w, x, s, bits: feedback(w, x, s / 16, bits + 4), "whole number"),
    "all zero": (lambda w, x, s, bits: np.zeros_like(w), "times those of"),
}

HARMLESS = {
    "sign: order = np.argsort(-together.diagonal()) -> *": "any order is near; the largest "
    "first is the best by a little",
    "argument order: …es[:, column] = np.clip(np.rint(left[:, place] / scales), low, high) -> "
    "…es[:, column] = np.clip(low, *": "the same numbers",
}
