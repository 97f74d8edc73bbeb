"""Duels of an old and a new model on the same cases, with a segment each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KINDS = ("equal", "better", "worse", "harmful")


@dataclass(frozen=True)
class Duel:
    """Which of the cases each model decides correctly (0 or 1), and the segment of each, (n,)."""

    old: NDArray[np.int64]
    new: NDArray[np.int64]
    segment: NDArray[np.int64]


def draw_duel(
    rng: np.random.Generator, cases: int, kind: str, gain: float, segments: int = 8
) -> Duel:
    """Draw a duel; the models agree on most cases.

    Args:
        rng: moves on.
        cases: how many.
        kind: "equal"; "better" or "worse" in every segment; "harmful": better on the whole, and
            much worse in one segment.
        gain: difference of the shares of correct decisions, above 0.
        segments: how many; the last is the smallest, and the one that is harmed.
    """
    sizes = np.arange(2 * segments, segments, -1, dtype=float)
    segment = rng.choice(segments, cases, p=sizes / sizes.sum())
    # Chances that only the new model is right, and that only the old one is.
    wins, losses = np.full(cases, 0.02), np.full(cases, 0.02)
    if kind == "better":
        wins += gain
    elif kind == "worse":
        losses += gain
    elif kind == "harmful":
        wins += 2 * gain
        wins[segment == segments - 1] = 0.01
        losses[segment == segments - 1] = 7 * gain
    elif kind != "equal":
        raise ValueError(f"there is no kind '{kind}'; choose from {', '.join(KINDS)}")
    chance, both = rng.random(cases), rng.random(cases) < 0.8
    only_new, only_old = chance < wins, chance > 1 - losses
    old = np.where(only_old, 1, np.where(only_new, 0, both))
    new = np.where(only_new, 1, np.where(only_old, 0, both))
    return Duel(old.astype(np.int64), new.astype(np.int64), segment.astype(np.int64))
