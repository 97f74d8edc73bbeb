"""Benchmarks of which a model has seen some items: what it and an honest model make of each item.

An item's score is the mean log-probability per token. Easy items score high with every model. An
item that was trained on scores higher than its difficulty explains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Benchmark:
    """One benchmark.

    Attributes:
        target: scores of the items under the model in question, shape (items,).
        reference: their scores under a model that has seen none of them, shape (items,).
        fresh: pairs (target, reference) of items written after both were trained, shape (m, 2).
        seen: whether the model in question was trained on an item, shape (items,).
    """

    target: Floats
    reference: Floats
    fresh: Floats
    seen: NDArray[np.bool_]


def draw_benchmark(
    seed: int,
    items: int,
    fresh: int,
    share: float,
    gain: float = 0.8,
    slope: float = 0.7,
    shift: float = 0.3,
    difficulty: float = 0.8,
    noise: float = 0.2,
) -> Benchmark:
    """Draw a benchmark.

    Args:
        seed: of the draw.
        items: how many are asked about.
        fresh: how many were written later.
        share: of the items that the model has seen.
        gain: by how much having seen an item raises its score, on average.
        slope: how the model's score follows the reference's.
        shift: by how much the model is better in general.
        difficulty: standard deviation of the reference's scores.
        noise: standard deviation of what difficulty does not explain.
    """
    rng = np.random.default_rng(seed)
    reference = rng.normal(-2.5, difficulty, items + fresh)
    target = -2.5 + shift + slope * (reference + 2.5) + rng.normal(0, noise, items + fresh)
    seen = rng.random(items) < share
    target[:items] += seen * gain * rng.uniform(0.7, 1.3, items)
    order = np.column_stack([target, reference])
    return Benchmark(target[:items], reference[:items], order[items:], seen)
