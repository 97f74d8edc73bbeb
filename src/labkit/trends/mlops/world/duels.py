"""Duels of an old and a new model on the same cases, with a segment each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KINDS = ("equal", "better", "worse", "harmful")

HARM, LEAST = 5.0, 30
"""Standard errors by which a harmful model is behind in one segment, and cases in which the models
differ there at least: of 25 all would have to be lost."""


@dataclass(frozen=True)
class Duel:
    """Which of the cases each model decides correctly (0 or 1), and the segment of each, (n,)."""

    old: NDArray[np.int64]
    new: NDArray[np.int64]
    segment: NDArray[np.int64]


def draw_duel(
    rng: np.random.Generator,
    cases: int,
    kind: str,
    gain: float,
    differ: float = 0.08,
    segments: int = 8,
) -> Duel:
    """Draw a duel; the models agree on most cases.

    Segments are of different sizes, in any order; the largest is nearly twice the smallest. A
    harmful model wins and loses as many cases as a better one: what tells it apart is one segment,
    in which it is five standard errors behind.

    Args:
        rng: moves on.
        cases: how many.
        kind: "equal"; "better" or "worse" in every segment; "harmful": better on the whole, and
            much worse in one segment, whichever.
        gain: difference of the shares of correct decisions, above 0.
        differ: share of the cases in which one model alone is right.
        segments: how many.

    Raises:
        ValueError: there is no such kind, or the models differ in too few cases for this gain, or
            for harm in a segment.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind '{kind}'; choose from {', '.join(KINDS)}")
    sizes = rng.permutation(np.arange(segments + 1, 2 * segments + 1))
    shares = sizes / sizes.sum()
    segment = rng.choice(segments, cases, p=shares)
    net = gain * {"equal": 0, "better": 1, "worse": -1, "harmful": 1}[kind]
    # Chances that only the new model is right, and that only the old one is, by segment.
    wins, losses = np.full(segments, (differ + net) / 2), np.full(segments, (differ - net) / 2)
    if kind == "harmful":
        one = int(rng.integers(segments))
        within = cases * shares[one]
        apart = max(differ, LEAST / within)
        behind = HARM * np.sqrt(apart / within)
        for chances, share in ((wins, (apart - behind) / 2), (losses, (apart + behind) / 2)):
            chances -= (share - chances) * shares[one] / (1 - shares[one])
            chances[one] = share
    if min(wins.min(), losses.min()) < 0:
        raise ValueError(f"the models differ in too few of {cases} cases: a share of {differ}")
    chance, both = rng.random(cases), rng.random(cases) < 0.8
    only_new, only_old = chance < wins[segment], chance > 1 - losses[segment]
    old = np.where(only_old, 1, np.where(only_new, 0, both))
    new = np.where(only_new, 1, np.where(only_old, 0, both))
    return Duel(old.astype(np.int64), new.astype(np.int64), segment.astype(np.int64))
