"""`Plot`, a figure that carries its alternative text, and the parts that many pictures draw.

Trends and lessons draw with matplotlib itself; here stands only what all pictures have in common:
how a picture shows itself, how axes are dressed, where names and legends go.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from labkit.pictures.palette import GREY, LABEL, PALE, TEXT, fills
from labkit.pictures.words import percent_apart


class Plot(Figure):
    """A figure with alternative text: `alt`, one or two sentences for who cannot see it.

    As the last value of a cell it shows itself once, and raises ``ValueError`` where `alt` is
    empty. `width` and `height` are in inches of 100 pixels. Without `layout` the caller gives every
    axes its place; a computed layout takes a third of the time that a slider's picture may take.
    """

    def __init__(
        self,
        width: float = 9.0,
        height: float = 5.4,
        layout: Literal["constrained"] | None = "constrained",
    ) -> None:
        super().__init__(figsize=(width, height), dpi=100, layout=layout)
        self.alt = ""

    @property
    def alt(self) -> str:
        """The alternative text."""
        return self._alt

    @alt.setter
    def alt(self, text: str) -> None:
        self._alt = percent_apart(text)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        for text in self.findobj(Text):
            text.set_text(percent_apart(text.get_text()))
        file = io.BytesIO()
        # The lightest compression: a slider's answer waits for it.
        self.savefig(file, format="png", pil_kwargs={"compress_level": 1})
        return file.getvalue()

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        # Jupyter asks for this first, so the picture appears once, whether or not pyplot is
        # loaded, and the alternative text is saved with it.
        if not self.alt.strip():
            raise ValueError(
                "This picture has no alternative text, so who cannot see it learns nothing. Set "
                "`plot.alt` to one or two sentences that say what is to be seen, with its numbers."
            )
        image = base64.b64encode(self.png()).decode()
        return {"image/png": image, "text/plain": self.alt}, {"image/png": {"alt": self.alt}}


def picture(
    x: str, y: str, alt: str = "", width: float = 9.0, height: float = 5.4
) -> tuple[Plot, Axes]:
    """Return an empty plot and its only axes, named `x` and `y`, with units in the names.

    Whoever knows the alternative text only after drawing sets ``plot.alt`` then.
    """
    plot = Plot(width, height)
    plot.alt = alt
    axes = plot.subplots()
    dress(axes, x, y)
    return plot, axes


def dress(axes: Axes, x: str, y: str) -> None:
    """Name the axes, make their text readable at half size, and put a pale grid behind the data."""
    axes.set_xlabel(x, fontsize=LABEL)
    axes.set_ylabel(y, fontsize=LABEL)
    axes.tick_params(labelsize=TEXT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=PALE, lw=0.8)
    axes.set_axisbelow(True)


# --- names --------------------------------------------------------------------------------------


def write(
    axes: Axes,
    text: str,
    place: tuple[Any, Any],
    offset: tuple[float, float] = (0.0, 0.0),
    **settings: Any,
) -> None:
    """Write `text` at a `place` in the data's units, moved by `offset` in points.

    `settings` are those of ``Axes.annotate``, for example ``ha``, ``color``, or
    ``path_effects=white_rim()`` over other marks.
    """
    options = {"textcoords": "offset points", "fontsize": TEXT, **settings}
    axes.annotate(text, place, offset, **options)


def white_rim(width: float = 4.0) -> list[Any]:
    """Return path effects that keep text readable over lines: a white rim of `width` points."""
    return [withStroke(linewidth=width, foreground="white")]


def name_rows(axes: Axes, names: Sequence[str]) -> None:
    """Name rows 0, 1, … on the vertical axis, the first one at the top."""
    axes.set_yticks(range(len(names)), list(names))
    axes.set_ylim(len(names) - 0.5, -0.5)


def bars_in_rows(axes: Axes, names: Sequence[str], found: Mapping[str, Sequence[float]]) -> None:
    """Draw for each named row a bar a series, one below the other; `found` maps series to rows."""
    height = 0.8 / len(found)
    for place, ((series, values), fill) in enumerate(zip(found.items(), fills(found), strict=True)):
        axes.barh(
            np.arange(len(names)) + (place - (len(found) - 1) / 2) * height,
            values,
            height,
            color=fill.colour,
            hatch=fill.hatch,
            edgecolor="white",
            label=series,
        )
    name_rows(axes, names)


def legend_above(axes: Axes, columns: int, centre: float = 0.5) -> None:
    """Put the legend above the plot, where it hides nothing; `centre` is a share of the width."""
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(centre, 1.0),
        ncols=columns,
        fontsize=TEXT,
        frameon=False,
    )


def legend_below(axes: Axes, columns: int, distance: float) -> None:
    """Put the legend below the plot; `distance`, in shares of its height, spares the axis' name."""
    axes.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -distance),
        ncols=columns,
        fontsize=TEXT,
        frameon=False,
    )


# --- levels and ticks ---------------------------------------------------------------------------


def label_levels(axes: Axes, levels: Mapping[str, float], unit: str) -> None:
    """Draw up to three horizontal lines on a log scale, named at the right edge with their value.

    Names of lines that are nearer than a factor of 1.4 step aside. Raises ``ValueError`` for more.
    """
    strokes = ("--", "-.", ":")
    if len(levels) > len(strokes):
        raise ValueError(f"{len(levels)} levels: a picture has room for {len(strokes)} levels.")
    names = sorted(levels, key=lambda name: -levels[name])
    for place, (name, stroke) in enumerate(zip(names, strokes, strict=False)):
        level = levels[name]
        above = place > 0 and levels[names[place - 1]] < 1.4 * level
        below = place + 1 < len(names) and level < 1.4 * levels[names[place + 1]]
        axes.axhline(level, color=GREY, lw=1.8, ls=stroke)
        write(
            axes,
            f"{name} {level:.3g} {unit}",
            (1, level),
            (6, 0),
            xycoords=axes.get_yaxis_transform(),
            va="top" if above else "bottom" if below else "center",
        )


def plain_log_ticks(axis: Axis, write_number: Callable[[float], str] = "{:g}".format) -> None:
    """Ticks of a log scale at 1, 2, 5, 10, … as plain numbers instead of powers of ten."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=99))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: write_number(value)))
