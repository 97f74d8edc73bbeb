"""Right and wrong answers of task `upper`, which prove its judge."""

from __future__ import annotations

import numpy as np


def by_singular_values(features, items, rewards, visitors, titles, ridge, width):
    """Each title's ridge from the singular values of its rows."""
    size = features.shape[1]
    found = np.zeros((len(visitors), titles))
    for title in range(titles):
        rows = np.vstack([features[items == title], np.zeros((size, size))])
        y = np.concatenate([rewards[items == title], np.zeros(size)])
        u, s, vt = np.linalg.svd(rows, full_matrices=False)
        weights = vt.T @ (s / (s**2 + ridge) * (u.T @ y))
        along = visitors @ vt.T
        found[:, title] = visitors @ weights + width * np.sqrt((along**2 / (s**2 + ridge)).sum(1))
    return found.tolist()


def row_by_row(features, items, rewards, visitors, titles, ridge, width):
    """Sherman and Morrison's update of the inverse, visit by visit."""
    size = features.shape[1]
    inverse = np.tile(np.eye(size) / ridge, (titles, 1, 1))
    sums = np.zeros((titles, size))
    for x, item, reward in zip(features, items, rewards, strict=True):
        step = inverse[item] @ x
        inverse[item] -= np.outer(step, step) / (1 + x @ step)
        sums[item] += reward * x
    weights = np.einsum("kij,kj->ki", inverse, sums)
    return visitors @ weights.T + width * np.sqrt(
        np.einsum("ni,kij,nj->nk", visitors, inverse, visitors)
    )


def _answer(root=True, pooled=False, strength=None, sign=1.0, rewards_used=True, seen_only=False):
    def upper(features, items, rewards, visitors, titles, ridge, width):
        columns = []
        for title in range(titles):
            seen = (items == title) | pooled
            if seen_only and not seen.any():
                columns.append(np.zeros(len(visitors)))
                continue
            x, y = features[seen], rewards[seen]
            matrix = x.T @ x + (ridge if strength is None else strength) * np.eye(x.shape[1])
            mean = visitors @ np.linalg.solve(matrix, x.T @ y)
            spread = np.einsum("ij,ji->i", visitors, np.linalg.solve(matrix, visitors.T))
            columns.append(mean + sign * width * (np.sqrt(spread) if root else spread))
        return np.array(columns).T

    return upper


def by_counts(features, items, rewards, visitors, titles, ridge, width):
    """UCB1 without features: the mean, and a bonus from the number of visits."""
    n = np.bincount(items, minlength=titles)
    mean = np.bincount(items, rewards, titles) / np.maximum(n, 1)
    return np.tile(
        mean + width * np.sqrt(np.log(len(items)) / np.maximum(n, 1)), (len(visitors), 1)
    )


def popularity(features, items, rewards, visitors, titles, ridge, width):
    mean = np.bincount(items, rewards, titles) / np.maximum(np.bincount(items, minlength=titles), 1)
    return np.tile(mean, (len(visitors), 1))


RIGHT = {"singular values": by_singular_values, "row by row": row_by_row}

WRONG = {
    "no root": (_answer(root=False), "square root"),
    "greedy": (_answer(sign=0), "estimates alone"),
    "every title learns from all": (_answer(pooled=True), "from all visits"),
    "ridge of one": (_answer(strength=1.0), "taken as 1"),
    "no ridge to speak of": (_answer(strength=1e-6), "the bound is"),
    "lower bounds": (_answer(sign=-1), "lower bounds"),
    "never shown, never worth": (_answer(seen_only=True), "shown 0 times"),
    "UCB1": (by_counts, "the bound is"),
    "popularity": (popularity, "the bound is"),
}
