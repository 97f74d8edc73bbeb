"""Task `mask`: clients with pairwise keys and updates to hide.

The streams are those of the world, so an instance needs numbers alone. Judging is left to the
checks.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from labkit.trends.edge_federated.world import secure

CASES, LENGTH = 3, 600
"""Enough numbers for a test of uniformity that finds a bias of one bit in a fifth."""

LATER = (0, 1, 2, 10, 100, 256)


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``clients`` (their numbers, not in order), ``keys``, by client and peer as text,
    ``updates``, whole numbers by client, some below zero, and ``rounds``: three in a row, and
    some that end as the first one does, in decimal and in binary digits.
    """
    return {"cases": [_case(rng, n) for n in rng.permutation([3, 4, 6])[:CASES]]}


def _case(rng: np.random.Generator, n: int) -> dict[str, Any]:
    clients = [int(c) for c in rng.choice(np.arange(1, 60), n, replace=False)]
    secrets = {c: int.from_bytes(rng.bytes(15), "big") for c in clients}
    keys: dict[str, dict[str, int]] = {str(c): {} for c in clients}
    for a, b in itertools.combinations(clients, 2):
        keys[str(a)][str(b)] = keys[str(b)][str(a)] = secure.agree(
            secrets[a], secure.public_part(secrets[b])
        )
    first = int(rng.integers(1, 500))
    return {
        "clients": clients,
        "keys": keys,
        "updates": {
            str(c): rng.integers(-3 * secure.STEPS, 3 * secure.STEPS, LENGTH).tolist()
            for c in clients
        },
        "rounds": [first + later for later in LATER],
    }
