"""Ways to apply a guideline to beliefs that answers of several tasks use."""

from __future__ import annotations

import numpy as np
import torch

from labkit.trends.neuro_symbolic_diagnosis import guideline


def bands(posterior, book):
    place = book.bands(np.arange(posterior.shape[1]))
    return np.stack([np.asarray(posterior)[:, place == k].sum(1) for k in range(3)], axis=1)


def weighted_posterior(believed, weights):
    """The score's distribution for any weights, by a dictionary of scores."""
    table = {0: 1.0}
    w = [weights[name] for name in ("asymmetry", "border", "colours", "structures")]
    findings = [
        *(
            (believed[name], weight)
            for name, weight in zip(("asymmetry", "border"), w, strict=False)
        ),
        *((np.stack([1 - p, p], 1), w[2]) for p in believed["colours"].T),
        *((np.stack([1 - p, p], 1), w[3]) for p in believed["structures"].T),
    ]
    for chances, weight in findings:
        fresh = {}
        for score, so_far in table.items():
            for level in range(chances.shape[1]):
                key = score + weight * level
                fresh[key] = fresh.get(key, 0.0) + so_far * chances[:, level]
        table = fresh
    posterior = np.zeros((len(believed["border"]), max(table) + 1))
    for score, chance in table.items():
        posterior[:, score] = chance
    return posterior


def adapting(weights_of, book_of):
    def band_chances(believed, turtle):
        new, old = guideline.read(guideline.load(turtle)), guideline.read(guideline.load())
        books = {"new": new, "old": old}
        posterior = weighted_posterior(believed, books[weights_of].weights)
        return torch.tensor(bands(posterior, books[book_of]))

    return band_chances
