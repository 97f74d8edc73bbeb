"""What intervals are held to, wherever an answer returns one."""

from __future__ import annotations

from labkit.exercise.guard import UnusableError

Numbers = tuple[float, float, float]

NARROW, WIDE = 0.6, 1.6
"""Width of intervals against the reference's. Right answers lie between 0.72 and 1.03 (3 draws, six
ways); one standard error to each side makes 0.51."""


def ordered(middle: float, low: float, high: float, what: str) -> Numbers:
    """Hand back an estimate and its interval; refuse one that does not hold the estimate."""
    if not low <= middle <= high:
        raise UnusableError(
            f"The interval from {low:.4g} to {high:.4g} does not hold the {what} {middle:.4g}.",
            f"Return the {what} first, then the lower, then the upper end.",
        )
    return middle, low, high


def width_trap(width: float) -> str:
    """Name the mistake behind a width, as a multiple of the right one."""
    if width < NARROW:
        return "One standard error to each side misses the truth in a third of all cases."
    if width > WIDE:
        return (
            "The interval is that of single people or weeks, not that of their mean: the mean is "
            "known far better than the next one."
        )
    return ""
