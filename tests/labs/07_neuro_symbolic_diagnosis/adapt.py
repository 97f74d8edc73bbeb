"""Right and wrong answers of the task `adapt`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.trends.neuro_symbolic_diagnosis import guideline, perception

from .guidelines import adapting, weighted_posterior


def _by_enumeration(believed, turtle):
    """Every combination of levels and counts, one lesion after the other."""
    book = guideline.read(guideline.load(turtle))
    result = []
    for row in range(len(believed["border"])):
        chances = np.zeros(3)
        counts = []
        for name in ("colours", "structures"):
            count = np.ones(1)
            for p in believed[name][row]:
                count = np.convolve(count, [1 - p, p])
            counts.append(count)
        for a, pa in enumerate(believed["asymmetry"][row]):
            for b, pb in enumerate(believed["border"][row]):
                for c, pc in enumerate(counts[0]):
                    for d, p_d in enumerate(counts[1]):
                        w = book.weights
                        score = w["asymmetry"] * a + w["border"] * b
                        score += w["colours"] * c + w["structures"] * d
                        band = sum(score > round(10 * limit, 6) for limit in book.lower.values())
                        chances[band] += pa * pb * pc * p_d
        result.append(chances)
    return np.array(result).tolist()


def _limits_cut_off(believed, turtle):
    """int(4.75 * 10) is 47, and the score 4.7 is taken for suspicious."""
    book = guideline.read(guideline.load(turtle))
    posterior = weighted_posterior(believed, book.weights)
    first, second = (int(limit * 10) for limit in book.lower.values())
    parts = posterior[:, :first], posterior[:, first:second], posterior[:, second:]
    return np.stack([part.sum(axis=1) for part in parts], axis=1)


def _adapt_most_likely(believed, turtle):
    book = guideline.read(guideline.load(turtle))
    likely = perception.most_likely(believed)
    return np.eye(3)[book.bands(book.tenths(likely))]


def _adapt_by_sampling(believed, turtle):
    book = guideline.read(guideline.load(turtle))
    rng = np.random.default_rng(0)
    n, draws = len(believed["border"]), 500
    total = np.zeros((n, draws))
    for name in ("asymmetry", "border"):
        ends = np.cumsum(believed[name], axis=1)[:, None, :-1]
        total += book.weights[name] * (rng.random((n, draws, 1)) > ends).sum(axis=2)
    for name in ("colours", "structures"):
        there = rng.random((n, draws, believed[name].shape[1])) < believed[name][:, None]
        total += book.weights[name] * there.sum(axis=2)
    place = book.bands(total.astype(int).ravel()).reshape(n, draws)
    return np.stack([(place == k).mean(axis=1) for k in range(3)], axis=1)


RIGHT = {
    "a frame": lambda *a: pd.DataFrame(_by_enumeration(*a), columns=list("abc")),
    "every combination": _by_enumeration,
    "a dictionary of scores": adapting("new", "new"),
}

WRONG = {
    "the old limits": (adapting("new", "old"), "published limits"),
    "the old weights": (adapting("old", "new"), "published ones"),
    "the old guideline": (adapting("old", "old"), "under this guideline"),
    "the most likely findings": (_adapt_most_likely, "most likely findings"),
    "limits cut to whole tenths": (_limits_cut_off, "47 is still below"),
    "sampling": (_adapt_by_sampling, "under this guideline"),
    "bands in the other order": (
        lambda *a: adapting("new", "new")(*a).flip(1),
        "under this guideline",
    ),
    "the chance above the first limit": (
        lambda *a: adapting("new", "new")(*a)[:, 1:].sum(1),
        "should have shape",
    ),
}
