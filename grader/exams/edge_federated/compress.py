"""Task `compress`: few numbers a round, and nothing lost in the long run.

The judge draws the clinics again and runs the rounds with the learner's compression. Here it is
made sure that a memory comes close to sending everything. Judging is left to the checks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.edge_federated import redraw
from labkit.exercise.drawing import until
from labkit.trends.edge_federated.metrics import gap, optimum
from labkit.trends.edge_federated.world.clinics import Clinics, gradient

Floats = NDArray[np.float64]
Compress = Callable[[Floats, Floats], tuple[tuple[Any, Any], Floats]]

CASES, ROUNDS, STEP = 2, 120, 1.0
SHARE = 20
"""A pair of place and value costs two numbers, so a tenth of the bytes is a twentieth of places."""

WITH = 1.5
"""How many times the dense gap the largest entries may leave: .95 to 4.1 times in 24 draws, three
of four at most 1.5. The judge's bar is twice the dense gap and half a point, 2.1 to 2.5 times. What
chooses otherwise and loses nothing is far beyond: entries by lot leave 6.9 to 385 times the dense
gap, the largest with their sign 6.6 to 113 times."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"rounds": …, "step": …, "cases": [...]}``.

    Each case has what `redraw.clinics` needs, ``most``, how many pairs a clinic may send a round,
    and what is left of the gap after the same rounds: ``dense`` with everything sent and
    ``remembered`` with the largest entries and a memory.
    """
    cases = [
        until(lambda: _case(rng), _comes_close, "a gap that a memory closes") for _ in range(CASES)
    ]
    return {"rounds": ROUNDS, "step": STEP, "cases": cases}


def _comes_close(case: dict[str, Any]) -> bool:
    return bool(case["remembered"] <= WITH * case["dense"])


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "clinics": int(rng.integers(4, 7)),
        "alpha": round(float(rng.uniform(0.08, 0.15)), 2),
        "features": int(rng.integers(11, 15)),
        "classes": int(rng.integers(5, 8)),
        "patients": int(rng.integers(100, 160)),
    }
    clinics = redraw.clinics(case)
    most = max(2, clinics.start().size // SHARE)
    best = optimum(clinics)

    def left(way: Compress) -> float:
        return gap(descend(clinics, way, ROUNDS, STEP), clinics, best)

    return case | {"most": most, "dense": left(dense), "remembered": left(largest(most))}


def descend(clinics: Clinics, compress: Compress, rounds: int, step: float) -> Floats:
    """Steps along the mean of what the clinics' slopes became in sending; returns the model."""
    weights = clinics.start()
    kept = [np.zeros(weights.size) for _ in clinics.x]
    part = [size / sum(clinics.sizes) for size in clinics.sizes]
    for _ in range(rounds):
        total = np.zeros(weights.size)
        for k, (x, y) in enumerate(zip(clinics.x, clinics.y, strict=True)):
            (places, values), kept[k] = compress(gradient(weights, x, y).ravel(), kept[k])
            np.add.at(total, places, part[k] * np.asarray(values))
        weights = weights - step * total.reshape(weights.shape)
    return weights


def dense(update: Floats, memory: Floats) -> tuple[tuple[Any, Any], Floats]:
    """Send everything."""
    return (np.arange(update.size), update), memory


def largest(most: int) -> Compress:
    """Send the largest entries, and keep what was not sent for the next round.

    Source: Stich, Cordonnier and Jaggi (2018), Sparsified SGD with memory, arXiv 1809.07599.
    """

    def compress(update: Floats, memory: Floats) -> tuple[tuple[Any, Any], Floats]:
        whole = update + memory
        places = np.argsort(-np.abs(whole))[:most]
        rest = whole.copy()
        rest[places] = 0.0
        return (places, whole[places]), rest

    return compress
