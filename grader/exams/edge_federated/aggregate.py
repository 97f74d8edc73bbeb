"""Task `aggregate`: updates of unequal clinics, some of which did not answer.

Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until

CASES = 4
APART = 1e-3
"""Least distance of what every known mistake gives from the right mean, in its worst entry."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``updates``, one a clinic: None where it did not answer, else a dictionary from layer
    to nested lists; ``sizes``; the right mean ``expected``, by layer; and ``traps``, what known
    mistakes give, by name and layer. An empty clinic (size 0) sends NaN in the cases that say so by
    ``"nan": true``; in JSON its entries are the text "nan".
    """
    return {
        "cases": [
            until(partial(_case, rng, number), _shows, "every mistake apart from the right mean")
            for number in range(CASES)
        ]
    }


def _case(rng: np.random.Generator, number: int) -> dict[str, Any]:
    n = int(rng.integers(5, 9))
    shapes = {"weight": (int(rng.integers(2, 4)), 3), "bias": (3,)}
    updates: list[dict[str, np.ndarray] | None] = [
        {name: np.round(rng.normal(size=shape), 3) for name, shape in shapes.items()}
        for _ in range(n)
    ]
    sizes = rng.integers(5, 400, n)
    order = rng.permutation(n)
    silent, empty, smallest = (int(place) for place in order[:3])
    updates[silent] = None
    sizes[empty], sizes[smallest] = 0, 1
    present = [k for k in range(n) if updates[k] is not None]
    made = {
        "updates": [_plain(u, number % 2 == 1 and k == empty) for k, u in enumerate(updates)],
        "sizes": sizes.tolist(),
        "expected": _plain(mean([updates[k] for k in present], sizes[present])),
    }
    given = [updates[k] for k in present]
    weights = {
        "plain mean": np.ones(len(present)),
        "plain mean of those with patients": (sizes[present] > 0).astype(float),
        "root of the sizes": np.sqrt(sizes[present]),
    }
    traps = {name: _plain(mean(given, w)) for name, w in weights.items()}
    share = sizes[present].sum() / sizes.sum()
    traps["divided by all sizes"] = {
        name: (share * np.array(value)).tolist() for name, value in made["expected"].items()
    }
    total = sizes[present].sum()
    traps["sum"] = {
        name: (total * np.array(value)).tolist() for name, value in made["expected"].items()
    }
    return {**made, "traps": traps}


def mean(updates: list[Any], weights: np.ndarray) -> dict[str, np.ndarray]:
    """The weighted mean of dictionaries of arrays; those of weight 0 are not looked at."""
    used = [(u, w) for u, w in zip(updates, weights, strict=True) if w > 0]
    total = sum(w for _, w in used)
    return {name: sum(w * u[name] for u, w in used) / total for name in used[0][0]}


def _plain(update: dict[str, np.ndarray] | None, empty: bool = False) -> dict[str, Any] | None:
    if update is None:
        return None
    if empty:
        return {name: np.full(value.shape, "nan").tolist() for name, value in update.items()}
    return {name: value.tolist() for name, value in update.items()}


def _shows(case: dict[str, Any]) -> bool:
    def off(led_to: dict[str, Any]) -> float:
        return max(
            float(np.abs(np.subtract(led_to[name], right)).max())
            for name, right in case["expected"].items()
        )

    return all(off(led_to) > APART for led_to in case["traps"].values())
