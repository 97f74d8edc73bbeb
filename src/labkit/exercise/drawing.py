"""Drawing an instance: again until it can tell right from wrong, and as plain data.

Every loop that rejects is bounded, so that a draw which cannot succeed says so instead of running
for ever. `plain` passes what was drawn through JSON, so that practice and exam have exactly the
same types.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from labkit.exercise.task import Instance

Drawn = TypeVar("Drawn")
Draw = Callable[[np.random.Generator], Instance]
"""An exam: draws the instance of a task as plain data, with its reference figures."""

MOST_TRIES = 200
"""A draw that fits less often than one time in twenty is better drawn in another way: it fails
here once in 28,000 draws, and costs time at every other."""


class NothingFitsError(RuntimeError):
    """No draw fitted; the text says what was asked of it."""


def until(
    make: Callable[[], Drawn], fits: Callable[[Drawn], bool], what: str, tries: int = MOST_TRIES
) -> Drawn:
    """Draw until something fits.

    Args:
        make: draws once, from a generator that moves on at each call.
        fits: tells whether what was drawn will do.
        what: what is asked of a draw, in words for the error: "two valid sets that differ".
        tries: how often at most.

    Raises:
        NothingFitsError: none of the draws fitted.
    """
    for _ in range(tries):
        drawn = make()
        if fits(drawn):
            return drawn
    raise NothingFitsError(f"none of {tries} draws had {what}")


def plain(draw: Draw, number: int) -> Instance:
    """Draw the instance that belongs to a seed, always the same one, as JSON has it.

    Raises:
        TypeError: it holds something else than dictionaries, lists, texts and numbers.
        ValueError: it holds a number that is not finite.
    """
    drawn: Instance = json.loads(json.dumps(draw(np.random.default_rng(number)), allow_nan=False))
    return drawn
