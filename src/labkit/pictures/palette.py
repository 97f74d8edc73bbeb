"""Colours, strokes, marks and text sizes of every picture; loads nothing.

Colours are those of Okabe and Ito (2008, "Color Universal Design"), which colour-blind readers can
tell apart. Yellow, their eighth, is too pale for a line on white and is left out.
"""

from __future__ import annotations

from collections.abc import Sized
from typing import NamedTuple

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
# For what stands behind the subject: reference lines and their names, connecting lines, the grid.
GREY, SILVER, PALE = "#666666", "#BBBBBB", "#DDDDDD"

# Font sizes in points that stay readable when a picture is shown at half size: of what is written
# in a picture, and of the names of axes and panels.
TEXT = 13
LABEL = 14


class Look(NamedTuple):
    """How one of several lines is drawn, so that colour alone never tells two apart."""

    colour: str
    stroke: str | tuple[int, tuple[int, ...]]
    mark: str


class Fill(NamedTuple):
    """How one of several areas is filled: a colour, and matplotlib's letters for a hatching."""

    colour: str
    hatch: str


LOOKS = (
    Look(BLUE, "-", "o"),
    Look(VERMILION, "--", "s"),
    Look(GREEN, "-.", "^"),
    Look(PURPLE, (0, (5, 1, 1, 1, 1, 1)), "D"),
    Look(ORANGE, ":", "v"),
    Look(BLACK, (0, (7, 2)), "X"),
)
FILLS = (
    Fill(BLUE, ""),
    Fill(ORANGE, "//"),
    Fill(GREEN, ".."),
    Fill(PURPLE, "xx"),
    Fill(SKY, "\\\\"),
    Fill(VERMILION, "--"),
)


def looks(things: Sized) -> tuple[Look, ...]:
    """Return a look for each of `things`, always in the same order.

    Raises ``ValueError`` where there are more things than looks that can be told apart.
    """
    return LOOKS[: _few(things, len(LOOKS))]


def fills(things: Sized) -> tuple[Fill, ...]:
    """Return a fill for each of `things`; raises as `looks` does."""
    return FILLS[: _few(things, len(FILLS))]


def _few(things: Sized, most: int) -> int:
    if len(things) > most:
        raise ValueError(
            f"{len(things)} things in one picture, but a reader can tell only {most} apart. "
            "Show fewer, or draw several pictures."
        )
    return len(things)
