"""The pictures of the module: heat maps, accuracies, contributions, slopes, gaps.

Every function returns a `Plot` with its alternative text. Numbers are computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.pictures.palette import BLUE, GREY, ORANGE, TEXT, VERMILION, looks
from labkit.pictures.plot import (
    Plot,
    bars_in_rows,
    dress,
    legend_above,
    name_rows,
    picture,
    plain_log_ticks,
)

Floats = NDArray[np.float64]
HEAT = "magma"


def headline(
    image: ArrayLike, heat: ArrayLike, share: float, accuracies: Mapping[str, float]
) -> Plot:
    """A picture, its heat map, and how often the network is right on kinds of pictures."""
    plot = Plot(11.0, 4.4)
    shown, map_, axes = plot.subplots(1, 3, width_ratios=(1, 1, 1.5))
    _image(shown, image, "what it sees")
    _heat(map_, heat, f"where it looks: {share:.0%} sticker")
    names, values = list(accuracies), list(accuracies.values())
    dress(axes, "right calls (%)", "")
    axes.barh(range(len(names)), [100 * value for value in values], color=BLUE)
    for place, value in enumerate(values):
        axes.text(100 * value + 2, place, f"{100 * value:.0f}", va="center", size=TEXT)
    axes.axvline(50, color=GREY, ls=":", lw=2)
    axes.set_xlim(0, 118)
    name_rows(axes, names)
    said = ", ".join(f"{name} {100 * value:.0f} %" for name, value in accuracies.items())
    plot.alt = (
        f"A lesion with a sticker, and a heat map of which {share:.0%} lies in the sticker. Beside "
        f"it, bars of right calls: {said}."
    )
    return plot


def heat_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], shares: Mapping[str, float]) -> Plot:
    """A picture and its heat maps by several methods, with the share of each in the sticker."""
    plot = Plot(11.0, 3.4)
    panels = plot.subplots(1, 1 + len(maps))
    _image(panels[0], image, "picture")
    for axes, (name, heat) in zip(panels[1:], maps.items(), strict=True):
        title = name.replace(" ", "\n").replace("backp", "back-\np")
        _heat(axes, heat, f"{title}\n{shares[name]:.0%} in sticker")
    said = ", ".join(f"{name} {shares[name]:.0%}" for name in maps)
    plot.alt = f"A lesion with a sticker and heat maps of it; shares in the sticker: {said}."
    return plot


def cascade(alike: Mapping[str, Sequence[float]], layers: Sequence[str]) -> Plot:
    """How alike maps stay as layers lose what they learned; a line a method."""
    plot, axes = picture("layers drawn anew, from the last one on", "alike (rank correlation)")
    for (name, values), look in zip(alike.items(), looks(list(alike)), strict=True):
        axes.plot(
            range(len(layers)),
            values,
            color=look.colour,
            ls=look.stroke,
            marker=look.mark,
            ms=9,
            lw=3,
            label=name,
        )
    axes.set_xticks(range(len(layers)), layers)
    axes.set_ylim(-0.1, 1.05)
    legend_above(axes, 3)
    ends = ", ".join(f"{name} {values[-1]:.2f}" for name, values in alike.items())
    plot.alt = (
        f"Lines fall from 1 as layers are drawn anew. With every layer new, maps are still alike "
        f"by: {ends}."
    )
    return plot


def contributions(said: Mapping[str, Sequence[float]], names: Sequence[str], unit: str) -> Plot:
    """What each column contributed for one person, as bars; a colour a way to compute it."""
    plot, axes = picture(f"contribution ({unit})", "", height=1.6 + 0.5 * len(names))
    bars_in_rows(axes, list(names), said)
    axes.axvline(0, color=GREY, lw=2)
    legend_above(axes, 2)
    first = next(iter(said))
    strongest = sorted(range(len(names)), key=lambda one: -abs(said[first][one]))[:3]
    words = ", ".join(
        f"{names[one]} " + " and ".join(f"{values[one]:+.2f}" for values in said.values())
        for one in strongest
    )
    plot.alt = f"Bars of contributions ({unit}), {' and '.join(said)}. The largest: {words}."
    return plot


def gaps(rows: Mapping[str, tuple[float, float, float]]) -> Plot:
    """For each model: its raw gap, the group's weight by SHAP, and the gap among real people."""
    plot, axes = picture("log-odds", "", height=1.8 + 0.6 * len(rows))
    marks = (
        ("raw gap", "D", GREY),
        ("SHAP's weight of the group", "s", ORANGE),
        ("gap with all else equal, real people", "o", VERMILION),
    )
    for place, (label, marker, colour) in enumerate(marks):
        axes.plot(
            [row[place] for row in rows.values()],
            range(len(rows)),
            marker,
            color=colour,
            ms=12,
            label=label,
        )
    axes.axvline(0, color=GREY, lw=1.5)
    name_rows(axes, list(rows))
    legend_above(axes, 2)
    said = "; ".join(f"{name} {a:.2f}, {b:.2f}, {c:.2f}" for name, (a, b, c) in rows.items())
    plot.alt = f"Raw gap, weight by SHAP, and gap with all else equal, of each model: {said}."
    return plot


def deletion(
    image: ArrayLike,
    removed: ArrayLike,
    curves: Mapping[str, ArrayLike],
    share: float,
    grey: float,
) -> Plot:
    """A picture with its hottest pixels replaced, and what the network says while they go.

    Args:
        image: with pixels replaced, shape (S, S).
        removed: which pixels are, shape (S, S).
        curves: chances of "malignant" for shares from 0 to 1, by order of deletion.
        share: of the pixels that are replaced in `image`.
        grey: what they are replaced by; 0 is black, 1 white, beyond that nothing a camera writes.
    """
    plot = Plot(10.0, 4.6)
    shown, axes = plot.subplots(1, 2, width_ratios=(1, 1.6))
    _image(shown, image, f"{100 * share:.0f} % replaced by {grey:g}")
    shown.contour(np.asarray(removed, float), [0.5], colors=[ORANGE], linewidths=1.5)
    dress(axes, "pixels replaced (%)", "chance that it is malignant")
    steps = np.linspace(0, 100, len(np.asarray(next(iter(curves.values())))))
    for (name, values), look in zip(curves.items(), looks(list(curves)), strict=True):
        axes.plot(steps, values, color=look.colour, ls=look.stroke, lw=3, label=name)
    axes.axvline(100 * share, color=GREY, lw=2, ls=":")
    axes.set_ylim(-0.03, 1.03)
    legend_above(axes, 2)
    areas = ", ".join(f"{name} {np.mean(np.asarray(v)):.2f}" for name, v in curves.items())
    plot.alt = (
        f"A lesion with {100 * share:.0f} % of its pixels replaced by {grey:g}, and the chance "
        f"that the network says malignant while pixels go. Area under the curve: {areas}."
    )
    return plot


def widths(
    grid: ArrayLike, exact: Mapping[str, ArrayLike], now: float, found: Mapping[str, Any]
) -> Plot:
    """Exact slopes against the kernel's width, a line a column, and what some runs found."""
    plot, axes = picture("kernel width", "slope of LIME's line", height=5.0)
    for (name, values), look in zip(exact.items(), looks(list(exact)), strict=True):
        axes.plot(grid, values, color=look.colour, ls=look.stroke, lw=3, label=name)
        runs = np.asarray(found[name], float)
        axes.plot(np.full(len(runs), now), runs, look.mark, color=look.colour, ms=8, mfc="white")
    axes.axvline(now, color=GREY, lw=2, ls=":")
    axes.axhline(0, color=GREY, lw=1)
    axes.set_xscale("log")
    plain_log_ticks(axes.xaxis, "{:g}".format)
    legend_above(axes, 4)
    place = int(np.abs(np.asarray(grid, float) - now).argmin())
    said = ", ".join(
        f"{name} {np.asarray(values)[place]:.2f} (runs from {np.min(found[name]):.2f} to "
        f"{np.max(found[name]):.2f})"
        for name, values in exact.items()
    )
    plot.alt = f"Lines of exact slopes against the kernel's width. At {now:g}: {said}."
    return plot


def _image(axes: Any, image: ArrayLike, title: str) -> None:
    axes.imshow(np.asarray(image, float), cmap="gray", vmin=0, vmax=1)
    _bare(axes, title)


def _heat(axes: Any, heat: ArrayLike, title: str) -> None:
    axes.imshow(np.asarray(heat, float), cmap=HEAT)
    _bare(axes, title)


def _bare(axes: Any, title: str) -> None:
    axes.set_title(title, size=TEXT)
    axes.set_axis_off()
