"""What customers write: what they use a product for, and how good it is. Never how it is packed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

USES = {
    0: (
        "I need it every day in the kitchen",
        "We take it to work each morning",
        "It has its place next to the stove",
        "Bought it for ourselves, for daily jobs",
        "The third one in our household",
        "It replaces an old one at home",
        "My own, for the office",
        "Used twice a week since spring",
    ),
    1: (
        "A present for my sister",
        "Given to a colleague who retires",
        "My nephew unwrapped it at once",
        "For the birthday of a friend",
        "Ordered as a surprise for grandmother",
        "Put under the Christmas tree",
        "A wedding gift from all of us",
        "Handed over at a farewell party",
    ),
}
"""Phrases by use: 0 everyday, 1 gift."""

VERDICTS = {
    0: (
        "the handle came loose",
        "flimsy and badly glued",
        "scratched after two days",
        "a seam has split already",
        "wobbles on a flat table",
        "the lid does not fit",
    ),
    1: (
        "does what it should",
        "decent for the price",
        "nothing to complain about",
        "an ordinary piece",
        "works as described",
        "neither better nor worse than others",
    ),
    2: (
        "beautifully made",
        "solid down to the screws",
        "every edge is smooth",
        "will last for decades",
        "astonishing craftsmanship",
        "heavy and precise",
    ),
}
"""Phrases by verdict: 0 poor, 1 plain, 2 excellent."""

OTHER = (
    "Came on Tuesday.",
    "The courier rang twice.",
    "Size as stated.",
    "Ordered in the evening.",
    "The invoice was by mail.",
    "My first order here.",
    "Delivered to the neighbour.",
    "Colour as in the list.",
)


PHRASES = {"use": tuple(USES.values()), "verdict": tuple(VERDICTS.values()), "other": OTHER}
"""What customers of the lesson's shop can write."""


def write(
    use: ArrayLike,
    verdict: ArrayLike,
    seed: int,
    words: int,
    phrases: Mapping[str, Sequence[Any]] = PHRASES,
) -> list[str]:
    """Write a review a product.

    Args:
        use: 0 everyday, 1 gift, shape (n,).
        verdict: 0, 1 or 2, shape (n,).
        seed: of what use and verdict leave open.
        words: seed of the phrases that this shop's customers have: four for a use or verdict.
        phrases: of which these are: "use", lists for 0 and 1; "verdict", lists for 0, 1 and 2; and
            "other", sentences that say nothing of either.
    """
    known = np.random.default_rng(words)
    uses = [known.permutation(some)[:4] for some in phrases["use"]]
    verdicts = [known.permutation(some)[:4] for some in phrases["verdict"]]
    other = phrases["other"]
    draws = np.random.default_rng(seed)
    written = []
    for one, level in zip(np.asarray(use), np.asarray(verdict), strict=True):
        first = str(uses[int(one)][draws.integers(4)])
        second = str(verdicts[int(level)][draws.integers(4)])
        if draws.random() < 0.5:
            first, second = second, first
        text = f"{first[0].upper()}{first[1:]}; {second[0].lower()}{second[1:]}."
        aside = str(other[int(draws.integers(len(other)))])
        written.append(f"{aside} {text}" if draws.random() < 0.5 else f"{text} {aside}")
    return written
