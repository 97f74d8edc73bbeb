"""What intervals are held to, wherever an answer returns one."""

from __future__ import annotations

from labkit.exercise.guard import UnusableError

Numbers = tuple[float, float, float]


def ordered(middle: float, low: float, high: float, what: str) -> Numbers:
    """Hand back an estimate and its interval; refuse one that does not hold the estimate."""
    if not low <= middle <= high:
        raise UnusableError(
            f"The interval from {low:.4g} to {high:.4g} does not hold the {what} {middle:.4g}.",
            f"Return the {what} first, then the lower, then the upper end.",
        )
    return middle, low, high
