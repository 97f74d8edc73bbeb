"""The pictures of the module: forests of estimates, overlap, balance, graphs and targeting curves.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from labkit.pictures.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LABEL,
    ORANGE,
    PURPLE,
    SILVER,
    SKY,
    TEXT,
    VERMILION,
    looks,
)
from labkit.pictures.plot import Plot, dress, legend_above, name_rows, picture, white_rim, write

Floats = NDArray[np.float64]

# One marker and colour an estimand, so that a right answer to another question is seen as such.
_MARKS = {"ATT": ("o", BLUE), "ATE": ("s", VERMILION)}
_OTHER_MARK = ("D", GREY)
_UNSIGNED = FuncFormatter(lambda value, _: f"{abs(value):,.0f}")


# --- estimates ----------------------------------------------------------------------------------


def forest(
    estimates: Sequence[Mapping[str, Any]],
    truth: float,
    unit: str,
    truth_name: str = "truth",
) -> Plot:
    """Forest plot: one row an estimate with its 95 % interval, and a line at the truth.

    `estimates` holds ``{"name", "estimand", "estimate", "low", "high"}`` from the top down, in
    `unit`. Estimands "ATT" and "ATE" have a mark of their own; every other has a third one.
    """
    plot, axes = picture(
        f"estimated effect ({unit})", "", width=9.5, height=1.6 + 0.5 * len(estimates)
    )
    axes.axvline(0, color="#AAAAAA", lw=1)
    axes.axvline(truth, color=GREEN, lw=3, ls="--", zorder=1)
    number = _in_one_form([truth, *(one["estimate"] for one in estimates)])
    for row, one in enumerate(estimates):
        marker, colour = _MARKS.get(one["estimand"], _OTHER_MARK)
        axes.plot([one["low"], one["high"]], [row, row], color=colour, lw=2.5, zorder=2)
        axes.plot(one["estimate"], row, marker, color=colour, ms=10, zorder=3)
        write(
            axes,
            number(one["estimate"]),
            (1.01, row),
            xycoords=axes.get_yaxis_transform(),
            va="center",
        )
    name_rows(axes, [str(one["name"]) for one in estimates])
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(6))  # long numbers would run into each other
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    _legend_of_marks(
        axes, [str(one["estimand"]) for one in estimates], f"{truth_name} {number(truth)}"
    )
    listed = ", ".join(f"{one['name']} {number(one['estimate'])}" for one in estimates)
    plot.alt = (
        f"Forest plot of {len(estimates)} estimates in {unit} against the {truth_name} at "
        f"{number(truth)}: {listed}."
    )
    return plot


def _in_one_form(values: Sequence[float]) -> Callable[[float], str]:
    """Return how to write numbers of the size of `values`: one decimal where all are small."""
    digits = 0 if max(abs(value) for value in values) >= 100 else 1
    return lambda value: f"{value:,.{digits}f}".replace("-", "−")


def _legend_of_marks(axes: Axes, estimands: Sequence[str], truth: str) -> None:
    """Name the marks that occur and the line, above the plot where they hide nothing."""
    for estimand in dict.fromkeys(estimands):
        marker, colour = _MARKS.get(estimand, _OTHER_MARK)
        axes.plot([], [], marker, color=colour, ms=10, label=estimand)
    axes.plot([], [], color=GREEN, lw=3, ls="--", label=truth)
    legend_above(axes, 4, 0.4)


# --- who is comparable with whom ----------------------------------------------------------------


def overlap(propensity: ArrayLike, treated: ArrayLike, trim: float = 0.0) -> Plot:
    """Histograms of the propensity, treated upwards and the others downwards.

    `propensity` and `treated` have shape (n,). With `trim` above 0 the ends that are left out are
    shaded.
    """
    plot, axes = picture("propensity: probability of treatment", "people (log scale)", height=4.8)
    alone = _draw_overlap(axes, np.asarray(propensity, float), np.asarray(treated), trim)
    # Groups may differ a hundredfold in size; what counts is where one of them is empty.
    axes.set_yscale("symlog", linthresh=1)
    top = 10 * axes.get_ylim()[1]
    axes.set_ylim(-top, top)
    axes.yaxis.set_major_formatter(_UNSIGNED)
    axes.legend(loc="upper center", fontsize=TEXT, ncols=2)
    cut = f" Shaded: cut off below {trim:g} and above {1 - trim:g}." if trim else ""
    plot.alt = (
        "Histograms of the probability of treatment, the treated above the line and the others "
        f"below. {alone:.0%} of the treated have a probability above 0.95, where hardly anybody "
        f"is left to compare them with.{cut}"
    )
    return plot


def _draw_overlap(axes: Axes, propensity: Floats, treated: NDArray[Any], trim: float) -> float:
    """Draw both histograms; return the share of the treated beyond 0.95."""
    edges = np.linspace(0, 1, 41)
    up, down = (np.histogram(propensity[treated == arm], edges)[0] for arm in (1, 0))
    # One outline for all bars: forty patches would take most of the time of a slider's answer.
    axes.stairs(up, edges, fill=True, color=BLUE, label="treated")
    axes.stairs(-down, edges, fill=True, fc=ORANGE, ec="white", hatch="//", label="not treated")
    axes.axhline(0, color=BLACK, lw=1)
    top = 1.35 * max(up.max(), down.max())
    axes.set(xlim=(0, 1), ylim=(-top, top))
    axes.yaxis.set_major_formatter(_UNSIGNED)
    for start, end in ((0, trim), (1 - trim, 1)) if trim else ():
        axes.axvspan(start, end, color=GREY, alpha=0.3, lw=0)
    return float((propensity[treated == 1] > 0.95).mean())


def balance(names: Sequence[str], before: ArrayLike, after: ArrayLike) -> Plot:
    """Standardised differences of each covariate, before weighting and after ("love plot").

    `before` and `after` have one number a name, in deviations of the treated.
    """
    raw, weighted = np.asarray(before, float), np.asarray(after, float)
    plot, axes = picture(
        "difference of means, treated less others (standard deviations)",
        "",
        height=1.8 + 0.42 * len(names),
    )
    rows = np.arange(len(names))
    axes.axvspan(-0.1, 0.1, color=GREEN, alpha=0.2, lw=0, label="within 0.1")
    axes.hlines(rows, raw, weighted, color=SILVER, lw=1.5, zorder=1)
    axes.plot(raw, rows, "s", color=VERMILION, ms=9, label="as observed")
    axes.plot(weighted, rows, "o", color=BLUE, ms=9, label="weighted")
    name_rows(axes, names)
    legend_above(axes, 3, 0.45)
    worst = int(np.abs(raw).argmax())
    plot.alt = (
        f"Standardised differences of {len(names)} covariates. As observed the largest is "
        f"{raw[worst]:.2f} ({names[worst]}); after weighting none exceeds "
        f"{np.abs(weighted).max():.2f} in size."
    )
    return plot


def drift(
    propensity: ArrayLike,
    treated: ArrayLike,
    estimates: Mapping[str, float],
    truth: float,
    truth_kept: float,
    trim: float,
) -> Plot:
    """Overlap on the left, estimators against the truth on the right, on axes that never move.

    `estimates` maps names to effects in euros, `truth` is the mean effect over all customers and
    `truth_kept` over those whom trimming leaves. An estimate beyond the axis is shown at its rim
    with an arrow.
    """
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(12.0, 4.8, layout=None)
    left = plot.add_axes((0.075, 0.125, 0.345, 0.775))
    right = plot.add_axes((0.597, 0.125, 0.393, 0.775))
    dress(left, "propensity: probability of an offer", "customers")
    _draw_overlap(left, np.asarray(propensity, float), np.asarray(treated), trim)
    left.legend(loc="upper center", fontsize=TEXT, ncols=2)
    dress(right, "estimated effect of an offer (€)", "")
    low, high = truth - 10, truth + 15
    right.axvline(truth, color=GREEN, lw=3, ls="--", label=f"truth, all: {truth:.1f}")
    right.axvline(truth_kept, color=GREY, lw=2, ls=":", label=f"truth, kept: {truth_kept:.1f}")
    for row, (value, look) in enumerate(zip(estimates.values(), looks(estimates), strict=True)):
        beyond = ">" if value > high else "<" if value < low else "o"
        right.plot(np.clip(value, low, high), row, beyond, color=look.colour, ms=12, clip_on=False)
        write(
            right,
            f"{value:.1f}",
            (np.clip(value, low, high), row),
            (0, 11),
            ha="center",
            path_effects=white_rim(),
        )
    name_rows(right, list(estimates))
    right.set(xlim=(low - 1, high + 1), ylim=(len(estimates) - 0.5, -0.7))
    legend_above(right, 2, 0.45)
    listed = ", ".join(f"{name} {value:.1f}" for name, value in estimates.items())
    plot.alt = (
        "Left: overlap of customers with and without an offer. Right: estimates in euros "
        f"({listed}) against the true mean effect of {truth:.1f} over all customers and "
        f"{truth_kept:.1f} over those kept."
    )
    return plot


# --- graphs -------------------------------------------------------------------------------------


def causal_graph(
    edges: Sequence[tuple[str, str]],
    places: Mapping[str, tuple[float, float]],
    marked: Mapping[str, str] | None = None,
) -> Plot:
    """A causal graph: arrows from cause to effect.

    `places` gives every node its (x, y), in units of about one box. `marked` maps nodes to a word
    below their name, for example "adjust" or "leave alone"; such a node is drawn in colour, one
    colour a word.
    """
    words = dict(marked or {})
    colours = dict(zip(dict.fromkeys(words.values()), (SKY, ORANGE, PURPLE, GREEN), strict=False))
    x, y = np.array(list(places.values()), float).T
    plot = Plot(max(6.0, 2.6 * (np.ptp(x) + 1)), max(2.6, 1.6 * (np.ptp(y) + 1)))
    axes = plot.subplots()
    axes.set(xlim=(x.min() - 0.6, x.max() + 0.6), ylim=(y.min() - 0.5, y.max() + 0.5))
    axes.axis("off")
    boxes = {}
    for node, place in places.items():
        word = words.get(node, "")
        boxes[node] = axes.annotate(
            f"{node}\n({word})" if word else node,
            place,
            ha="center",
            va="center",
            fontsize=LABEL,
            zorder=3,
            bbox={"boxstyle": "round,pad=0.5", "fc": colours.get(word, "white"), "ec": BLACK},
        )
    for cause, effect in edges:
        axes.annotate(
            "",
            places[effect],
            places[cause],
            arrowprops={
                "arrowstyle": "-|>,head_width=0.35,head_length=0.7",
                "lw": 2,
                "color": GREY,
                "patchA": boxes[cause].get_bbox_patch(),
                "patchB": boxes[effect].get_bbox_patch(),
                "shrinkA": 2,
                "shrinkB": 2,
            },
            zorder=2,
        )
    arrows = "; ".join(f"{cause} to {effect}" for cause, effect in edges)
    notes = "".join(f" {node} is marked: {word}." for node, word in words.items())
    plot.alt = f"Causal graph with arrows from {arrows}.{notes}"
    return plot


# --- targeting ----------------------------------------------------------------------------------


def qini_curves(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], unit: str) -> Plot:
    """Qini curves against the straight line of a random order.

    `curves` maps names to (share of customers, extra outcome in `unit`), each (corners,), from
    the origin to the same end.
    """
    plot, axes = picture("share of customers, best score first", f"extra outcome, Qini ({unit})")
    end = float(np.asarray(next(iter(curves.values()))[1])[-1])
    axes.plot([0, 1], [0, end], color=GREY, lw=2, ls=":", label="random order")
    _draw_curves(axes, curves)
    legend_above(axes, 3, 0.45)
    tops = "; ".join(f"{name} {_highest(curve)}" for name, curve in curves.items())
    plot.alt = (
        f"Qini curves over the share of customers, best score first. Highest points: {tops}. A "
        f"random order rises straight to {end:,.4g} {unit}."
    )
    return plot


def profit_curves(curves: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Plot:
    """Profit in euros over the share of customers contacted, one curve a way to rank them.

    `curves` maps names to (share of customers, profit), each (corners,), from the origin. The best
    point of each is marked.
    """
    plot, axes = picture("share of customers with an offer, best first", "profit (€)")
    axes.axhline(0, color=BLACK, lw=1)
    _draw_curves(axes, curves)
    for curve, look in zip(curves.values(), looks(curves), strict=True):
        share, profit = (np.asarray(part, float) for part in curve)
        axes.plot(share[profit.argmax()], profit.max(), "o", color=look.colour, ms=10)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.legend(loc="lower left", fontsize=TEXT)
    tops = "; ".join(f"{name} {_highest(curve)}" for name, curve in curves.items())
    plot.alt = f"Profit in euros over the share of customers with an offer. Best points: {tops}."
    return plot


def _draw_curves(axes: Axes, curves: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> None:
    for (name, curve), look in zip(curves.items(), looks(curves), strict=True):
        axes.plot(*curve, color=look.colour, lw=2.5, ls=look.stroke, label=name)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))


def _highest(curve: tuple[ArrayLike, ArrayLike]) -> str:
    share, height = (np.asarray(part, float) for part in curve)
    top = int(height.argmax())
    return f"{height[top]:,.4g} at {share[top]:.0%}"


def uplift_by_decile(
    score: ArrayLike, treated: ArrayLike, outcome: ArrayLike, unit: str, groups: int = 10
) -> Plot:
    """Observed uplift in each tenth of the customers, sorted by a score, with 95 % intervals.

    `score`, `treated` and `outcome` have shape (n,); treatment must have been drawn by lot, or the
    difference within a tenth is no effect. Diamonds show the mean score, which is what a model of
    the effect promised.
    """
    rank, group = np.asarray(score, float), np.asarray(treated)
    result = np.asarray(outcome, float)
    tenths = np.array_split(np.argsort(-rank, kind="stable"), groups)
    rows = np.array([_difference(group[tenth], result[tenth]) for tenth in tenths])
    promised = np.array([rank[tenth].mean() for tenth in tenths])
    plot, axes = picture("tenth of the customers, best score first", f"uplift ({unit})")
    places = np.arange(1, groups + 1)
    shade = np.where(rows[:, 0] >= 0, BLUE, VERMILION)
    axes.bar(places, rows[:, 0], color=shade, width=0.75, label="observed (red: below zero)")
    axes.errorbar(
        places, rows[:, 0], 1.96 * rows[:, 1], fmt="none", ecolor=BLACK, lw=1.8, capsize=4
    )
    axes.plot(places, promised, "D", color=ORANGE, mec=BLACK, ms=8, label="promised by the score")
    axes.axhline(0, color=BLACK, lw=1)
    axes.set_xticks(places)
    axes.legend(loc="upper right", fontsize=TEXT)
    plot.alt = (
        f"Observed uplift by tenth of the customers, best score first: {rows[0, 0]:.3g} {unit} in "
        f"the first tenth, {rows[-1, 0]:.3g} in the last; the score promised {promised[0]:.3g} and "
        f"{promised[-1]:.3g}."
    )
    return plot


def _difference(treated: NDArray[Any], outcome: Floats) -> tuple[float, float]:
    """Difference in means and its standard error."""
    with_it, without = outcome[treated == 1], outcome[treated == 0]
    variance = with_it.var(ddof=1) / len(with_it) + without.var(ddof=1) / len(without)
    return float(with_it.mean() - without.mean()), float(np.sqrt(variance))
