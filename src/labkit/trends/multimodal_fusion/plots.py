"""The pictures of the module: what is sold, R² under exact ceilings, effects, gaps, the designer.

Every function returns a `Plot` with its alternative text. Numbers are computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.pictures.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LABEL,
    ORANGE,
    SKY,
    TEXT,
    VERMILION,
    looks,
)
from labkit.pictures.plot import Plot, bars_in_rows, dress, legend_above, name_rows, picture

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]


def window(pixels: Pixels, captions: Sequence[str]) -> Plot:
    """Product pictures (n, 48, 48, 3) in a row, a caption under each."""
    plot = Plot(9.0, 2.3)
    for place, (one, words) in enumerate(zip(pixels, captions, strict=True)):
        axes = plot.add_subplot(1, len(captions), place + 1)
        axes.imshow(one)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_xlabel(words, fontsize=LABEL)
    plot.alt = f"{len(captions)} product pictures in a row: " + "; ".join(
        words.replace("\n", ", ") for words in captions
    )
    plot.alt += (
        ". Each shows a box on a light ground, striped if glossy, ribbed round it in a shell."
    )
    return plot


def under_ceilings(reached: Mapping[str, float], ceilings: Mapping[str, float]) -> Plot:
    """A bar a model with its R², and a mark where the best of all models of its kind would end."""
    plot, axes = picture("R² on new products", "", height=1.6 + 0.55 * len(reached))
    names = list(reached)
    for place, name in enumerate(names):
        axes.barh(place, max(reached[name], 0), 0.6, color=BLUE)
        axes.plot([ceilings[name]] * 2, [place - 0.4, place + 0.4], color=VERMILION, lw=4)
        axes.annotate(
            f"{reached[name]:.2f} of {ceilings[name]:.2f}",
            (ceilings[name], place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT,
        )
    axes.set_xlim(0, 1.12)
    name_rows(axes, names)
    axes.plot([], [], color=BLUE, lw=10, label="reached")
    axes.plot([], [], color=VERMILION, lw=4, label="exact ceiling of its kind")
    legend_above(axes, 2)
    said = "; ".join(f"{name} {reached[name]:.2f} of {ceilings[name]:.2f}" for name in names)
    plot.alt = f"Bars of R² and the exact ceiling of each kind of model: {said}."
    return plot


def limits(strengths: ArrayLike, best: Mapping[str, ArrayLike], mark: float) -> Plot:
    """The exact ceilings against the strength of the interaction, and a line at `mark`."""
    plot = Plot(9.0, 4.8, layout=None)
    axes = plot.add_axes((0.1, 0.14, 0.86, 0.68))
    dress(axes, "stars that finish and use move together", "best possible R²")
    x = np.asarray(strengths, float)
    for (name, values), look in zip(best.items(), looks(list(best)), strict=True):
        axes.plot(x, np.asarray(values, float), color=look.colour, ls=look.stroke, lw=3, label=name)
    axes.axvline(mark, color=GREY, lw=2, ls=":")
    axes.set_ylim(0, 1)
    legend_above(axes, 4)
    here = {name: float(np.interp(mark, x, np.asarray(values))) for name, values in best.items()}
    said = ", ".join(f"{name} {value:.2f}" for name, value in here.items())
    plot.alt = (
        f"Lines of the best possible R². With {mark:.2f} stars moved together they are: {said}."
    )
    return plot


def effects(rows: Sequence[tuple[str, float, Mapping[str, tuple[float, float, float]]]]) -> Plot:
    """A row a shop: the true effect as a bar, and each estimate with its interval."""
    ways = list(rows[0][2])
    plot, axes = picture("effect of the style (stars)", "", height=1.5 + 0.62 * len(rows))
    styles = looks(ways)
    for place, (_, true, estimates) in enumerate(rows):
        axes.plot([true] * 2, [place - 0.42, place + 0.42], color=BLACK, lw=4)
        for step, (way, look) in enumerate(zip(ways, styles, strict=True)):
            middle, low, high = estimates[way]
            y = place + (step - (len(ways) - 1) / 2) * 0.2
            axes.plot([low, high], [y, y], color=look.colour, lw=2)
            axes.plot([middle], [y], look.mark, color=look.colour, ms=7)
    for way, look in zip(ways, styles, strict=True):
        axes.plot([], [], look.mark + "-", color=look.colour, label=way)
    axes.plot([], [], color=BLACK, lw=4, label="true")
    name_rows(axes, [name for name, *_ in rows])
    legend_above(axes, 3)
    off = {
        way: np.mean([abs(estimates[way][0] - true) for _, true, estimates in rows]) for way in ways
    }
    said = ", ".join(f"{way} {value:.2f}" for way, value in off.items())
    plot.alt = (
        f"Estimates of an effect in {len(rows)} shops beside the true one. Mean errors: {said}."
    )
    return plot


def gaps(found: Mapping[str, Mapping[str, float]]) -> Plot:
    """Bars of R²: for each pattern of what is missing, a bar a way to deal with it."""
    plot, axes = picture("R² on new products", "", height=4.6)
    patterns, ways = list(found), list(next(iter(found.values())))
    bars_in_rows(axes, patterns, {way: [found[one][way] for one in patterns] for way in ways})
    axes.axvline(0, color=GREY, lw=2)
    legend_above(axes, 3)
    said = "; ".join(
        f"{pattern}: " + ", ".join(f"{way} {value:.2f}" for way, value in row.items())
        for pattern, row in found.items()
    )
    plot.alt = f"Bars of R² where something is missing. {said}."
    return plot


def learning(sizes: Sequence[int], curves: Mapping[str, ArrayLike], ceiling: float) -> Plot:
    """R² against the number of products learned from, and the additive ceiling as a line."""
    plot, axes = picture("products learned from (log scale)", "R² on new products", height=4.6)
    for (name, values), look in zip(curves.items(), looks(list(curves)), strict=True):
        axes.plot(
            sizes, np.asarray(values), color=look.colour, ls=look.stroke, marker=look.mark,
            lw=3, label=name,
        )  # fmt: skip
    axes.axhline(ceiling, color=BLACK, lw=2, ls=":", label="additive ceiling")
    axes.set_xscale("log")
    axes.set_xticks(list(sizes), [f"{one:,}" for one in sizes])
    axes.minorticks_off()
    legend_above(axes, 3)
    ends = ", ".join(
        f"{name} from {np.asarray(one)[0]:.2f} to {np.asarray(one)[-1]:.2f}"
        for name, one in curves.items()
    )
    plot.alt = (
        f"R² with {sizes[0]:,} to {sizes[-1]:,} products: {ends}. The additive ceiling is "
        f"{ceiling:.2f}."
    )
    return plot


def designer(pixels: Pixels, stars: Mapping[str, Mapping[str, float]], share: float) -> Plot:
    """The pack that was designed (48, 48, 3), and what models and truth say of it, by use.

    Args:
        pixels: its picture.
        stars: for each use, stars by who says so.
        share: share of the joint model's variance that is interaction.
    """
    plot = Plot(9.0, 4.0, layout=None)
    shown = plot.add_axes((0.02, 0.12, 0.3, 0.72))
    shown.imshow(pixels)
    shown.set_axis_off()
    axes = plot.add_axes((0.5, 0.3, 0.46, 0.52))
    dress(axes, "stars", "")
    uses, who = list(stars), list(next(iter(stars.values())))
    colours = (SKY, ORANGE, GREEN)
    for place, name in enumerate(who):
        axes.barh(
            np.arange(len(uses)) + (place - (len(who) - 1) / 2) * 0.26,
            [stars[use][name] for use in uses],
            0.25,
            color=colours[place],
            label=name,
        )
    axes.set_xlim(1, 5)
    name_rows(axes, uses)
    legend_above(axes, 3)
    said = "; ".join(
        f"{use}: " + ", ".join(f"{name} {value:.2f}" for name, value in row.items())
        for use, row in stars.items()
    )
    plot.alt = (
        f"The designed pack, and its stars. {said}. Interaction is {100 * share:.0f} % of what the "
        "hybrid model's predictions vary by."
    )
    plot.text(0.5, 0.04, f"interaction: {100 * share:.0f} % of the hybrid variance", fontsize=TEXT)
    return plot
