"""The parts of secure aggregation: whole numbers, streams of a key, secrets dealt in shares.

The protocol is that of Bonawitz et al. (2017), "Practical secure aggregation for privacy-preserving
machine learning", with numbers small enough to print. Prime and generator are for learning alone: a
real system takes an elliptic curve and an authenticated channel.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Words = NDArray[np.uint32]

PRIME = 2**127 - 1
"""A Mersenne prime: keys and shares are whole numbers from 0 to PRIME - 1."""

GENERATOR = 3
STEPS = 2**16
"""Steps a unit when an update becomes whole numbers."""


def encode(update: ArrayLike) -> NDArray[np.int64]:
    """Turn an update into whole numbers, `STEPS` to the unit, so that sums are exact."""
    return np.rint(np.asarray(update, dtype=np.float64) * STEPS).astype(np.int64)


def decode(total: ArrayLike) -> NDArray[np.float64]:
    """Turn a sum of encoded updates, modulo 2**32, back into real numbers.

    The sum has to lie between -2**31 and 2**31 - 1 steps, or it comes back as another number.
    """
    return np.asarray(total, dtype=np.uint64).astype(np.uint32).astype(np.int32) / STEPS


def stream(key: int, round_number: int, n: int) -> Words:
    """Return n numbers from 0 to 2**32 - 1 that nobody without the key can tell from chance.

    The same key and round always give the same numbers; another round gives others.
    """
    seed = f"{int(key)}:{int(round_number)}".encode()
    return np.frombuffer(hashlib.shake_256(seed).digest(4 * n), dtype="<u4").copy()


def public_part(secret: int) -> int:
    """What a client tells everybody about its secret, which cannot be computed back from it."""
    return pow(GENERATOR, secret, PRIME)


def agree(secret: int, public: int) -> int:
    """The key that two clients share: both get it, each from its own secret (Diffie-Hellman)."""
    return pow(public, secret, PRIME)


def deal(
    secret: int, threshold: int, holders: Sequence[int], rng: np.random.Generator
) -> dict[int, int]:
    """Deal a secret in shares: any `threshold` of them tell it, fewer tell nothing (Shamir 1979).

    The share of holder h is the value at h of a polynomial of degree threshold - 1 over the whole
    numbers modulo `PRIME`, whose value at 0 is the secret.

    Args:
        secret: from 0 to PRIME - 1.
        threshold: how many shares tell it.
        holders: numbers from 1 on, at least `threshold` of them.
        rng: the source of the other coefficients.
    """
    rest = [int.from_bytes(rng.bytes(16), "big") % PRIME for _ in range(threshold - 1)]
    coefficients = [secret, *rest]
    return {
        holder: sum(c * pow(holder, power, PRIME) for power, c in enumerate(coefficients)) % PRIME
        for holder in holders
    }
