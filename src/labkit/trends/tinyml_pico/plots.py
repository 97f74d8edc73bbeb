"""The pictures of the module: accuracy against cycles, weights on a grid, where cycles go.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator, NullLocator, PercentFormatter
from matplotlib.transforms import ScaledTranslation
from numpy.typing import ArrayLike

from labkit.pictures.palette import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    LABEL,
    ORANGE,
    PURPLE,
    SKY,
    TEXT,
    VERMILION,
    fills,
)
from labkit.pictures.plot import (
    Plot,
    dress,
    legend_above,
    legend_below,
    name_rows,
    picture,
    plain_log_ticks,
    white_rim,
    write,
)

# How a network came about: its marker, its colour, and how many points beside its place it is
# drawn, so that networks of equal cycles do not hide each other.
_HOW = {
    "trained": ("o", BLUE, -17.0),
    "pruned": ("s", ORANGE, 0.0),
    "distilled": ("^", PURPLE, 17.0),
}


# --- the headline -------------------------------------------------------------------------------


def accuracy_against_cycles(
    networks: Sequence[Mapping[str, Any]], kernels: Sequence[Mapping[str, Any]]
) -> Plot:
    """Accuracy against cycles a window; the larger a marker, the more flash.

    `networks` holds ``{"name", "how", "accuracy": [one a seed], "cycles", "flash"}`` with `how`
    "trained", "pruned" or "distilled", flash in bytes; the marker stands at the mean accuracy, the
    bar spans the seeds. Marks of equal cycles stand side by side, in the middle those pruned.
    `kernels` holds ``{"name", "cycles"}``: a line where the network of the lesson would stand with
    another kernel.
    """
    plot, axes = picture(
        "cycles for one window, log scale", "accuracy, people never seen", width=10.0, height=6.2
    )
    axes.set_xscale("log")
    for one in networks:
        alone = sum(other["cycles"] == one["cycles"] for other in networks) == 1
        _draw_network(plot, axes, one, 0.0 if alone else _HOW[one["how"]][2])
    _name_networks(axes, networks)
    _kernel_lines(axes, kernels)
    plain_log_ticks(axes.xaxis, _in_thousands)
    axes.yaxis.set_major_locator(MultipleLocator(0.02))
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
    _set_limits(axes, networks, kernels)
    _legend_of_networks(axes, networks)
    listed = "; ".join(
        f"{one['name']} ({one['how']}) {np.mean(one['accuracy']):.1%} at {one['cycles']:,} cycles "
        f"and {one['flash'] / 1024:.1f} KB"
        for one in networks
    )
    lines = ", ".join(f"{kernel['name']} {kernel['cycles']:,}" for kernel in kernels)
    plot.alt = (
        f"Accuracy on people never seen against cycles for one window: {listed}. Lines show where "
        f"the network of the lesson would stand with other kernels: {lines} cycles."
    )
    return plot


def _draw_network(plot: Plot, axes: Axes, one: Mapping[str, Any], beside: float) -> None:
    """A bar over the seeds and a mark at their mean, some points beside their place."""
    marker, colour, _ = _HOW[one["how"]]
    place = axes.transData + ScaledTranslation(beside / 72, 0, plot.dpi_scale_trans)
    accuracy = np.asarray(one["accuracy"], float)
    axes.plot(
        [one["cycles"]] * 2,
        [accuracy.min(), accuracy.max()],
        color=colour,
        lw=2.5,
        transform=place,
        zorder=2,
    )
    axes.scatter(
        one["cycles"],
        accuracy.mean(),
        s=_area(one["flash"]),
        marker=marker,
        color=colour,
        edgecolors=BLACK,
        transform=place,
        zorder=3,
    )


def _name_networks(axes: Axes, networks: Sequence[Mapping[str, Any]]) -> None:
    """Write each name once, below the lowest bar at its cycles."""
    lowest: dict[tuple[str, float], float] = {}
    for one in networks:
        key = (one["name"], one["cycles"])
        lowest[key] = min(*one["accuracy"], lowest.get(key, np.inf), 1.0)
    for (name, cycles), low in lowest.items():
        write(axes, name, (cycles, low), (0, -10), ha="center", va="top", path_effects=white_rim())


def _set_limits(
    axes: Axes, networks: Sequence[Mapping[str, Any]], kernels: Sequence[Mapping[str, Any]]
) -> None:
    """Room for all marks: they are drawn beside their places, so matplotlib does not see them."""
    cycles = [one["cycles"] for one in (*networks, *kernels)]
    accuracy = [value for one in networks for value in one["accuracy"]]
    room = 0.18 * (max(accuracy) - min(accuracy)) + 0.005
    axes.set_xlim(min(cycles) / 1.5, max(cycles) * 1.25)
    axes.set_ylim(min(accuracy) - 1.4 * room, max(accuracy) + room)


def _area(flash: float) -> float:
    """Marker area in points², proportional to bytes of flash."""
    return flash / 40


def _kernel_lines(axes: Axes, kernels: Sequence[Mapping[str, Any]]) -> None:
    places = [kernel["cycles"] for kernel in kernels]
    for kernel in kernels:
        # The name stands on the right of its line, or on the left where another line is near.
        near = any(1 < place / kernel["cycles"] < 1.2 for place in places)
        axes.axvline(kernel["cycles"], color=GREY, lw=2, ls="--", zorder=1)
        write(
            axes,
            kernel["name"],
            (kernel["cycles"], 0.02),
            (-4, 0) if near else (4, 0),
            xycoords=axes.get_xaxis_transform(),
            rotation=90,
            va="bottom",
            ha="right" if near else "left",
            color=GREY,
            path_effects=white_rim(),
        )


def _in_thousands(cycles: float) -> str:
    return f"{cycles / 1e6:g} M" if cycles >= 1e6 else f"{cycles / 1e3:g} k"


def _legend_of_networks(axes: Axes, networks: Sequence[Mapping[str, Any]]) -> None:
    """Name the ways to a network and two sizes of flash, above the plot."""
    for how in dict.fromkeys(one["how"] for one in networks):
        marker, colour, _ = _HOW[how]
        axes.plot([], [], marker, color=colour, mec=BLACK, ms=10, label=how)
    for flash in (5, 20):
        axes.scatter([], [], s=_area(1024 * flash), color="white", edgecolors=BLACK,
                     label=f"{flash} KB of flash")  # fmt: skip
    legend_above(axes, 5)


# --- quantisation -------------------------------------------------------------------------------


def bits_and_width(
    weights: ArrayLike,
    bits: int,
    accuracy: Mapping[int, float],
    int8_accuracy: float,
    price: str,
) -> Plot:
    """Weights on their grid on the left, accuracy over the bits on the right, on fixed axes.

    `weights` are int8 values, any shape. `accuracy` maps bits to the accuracy with so many bits a
    weight, `bits` is the one marked, `int8_accuracy` that of the chip's network, and `price` says
    in words what the network costs.
    """
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(12.0, 4.8, layout=None)
    left = plot.add_axes((0.066, 0.125, 0.439, 0.775))
    right = plot.add_axes((0.59, 0.125, 0.4, 0.775))
    dress(left, "weight, as a byte", "weights (log scale)")
    _draw_grid(left, np.ravel(weights), bits)
    dress(right, "bits a weight", "accuracy, people never seen")
    right.axhline(int8_accuracy, color=GREEN, lw=2.5, ls="--", zorder=1)
    right.plot(list(accuracy), list(accuracy.values()), "o-", color=BLUE, lw=2.5, ms=7)
    right.plot(bits, accuracy[bits], "D", color=VERMILION, mec=BLACK, ms=14)
    rim = white_rim()
    level = f"int8 on the chip {int8_accuracy:.1%}"
    write(right, level, (min(accuracy), int8_accuracy), (0, 6), path_effects=rim)
    write(
        right,
        f"{accuracy[bits]:.1%}",
        (bits, accuracy[bits]),
        (0, -28),
        ha="center",
        fontsize=LABEL,
        path_effects=rim,
    )
    right.set(ylim=(0, 1.08), xlim=(min(accuracy) - 0.4, max(accuracy) + 0.4))
    right.set_xticks(list(accuracy))
    right.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    right.set_title(price, fontsize=LABEL, y=1.0)  # a height that need not be searched for
    plot.alt = (
        f"Left: {np.size(weights):,} weights as bytes and the {2**bits - 1} values that {bits} "
        f"bits leave of them. Right: accuracy over the bits, {accuracy[bits]:.1%} at {bits} bits "
        f"against {int8_accuracy:.1%} in int8 on the chip. {price}."
    )
    return plot


def grid_step(bits: int) -> float:
    """Distance of the ``2**bits - 1`` values, symmetric around 0, from -127 to 127."""
    return 127 / (2 ** (bits - 1) - 1)


def _draw_grid(axes: Axes, weights: Any, bits: int) -> None:
    edges = np.linspace(-129, 129, 87).tolist()
    rounded = np.round(weights / grid_step(bits)) * grid_step(bits)
    # One outline for all bars: a patch a bar would take long.
    for values, filled, colour, name in (
        (weights, True, SKY, "8 bits"),
        (rounded, False, VERMILION, f"{bits} bits"),
    ):
        counts = np.histogram(values, edges)[0]
        axes.stairs(counts, edges, fill=filled, color=colour, lw=2 - 2 * filled, label=name)
    axes.set_yscale("log")
    # Few ticks in plain figures: those of a log scale take most of the time of a slider's answer.
    axes.set_yticks([1, 10, 100, 1000, 10_000], ["1", "10", "100", "1 k", "10 k"])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set(xlim=(-132, 132), ylim=(0.8, 3 * len(weights)))
    legend_above(axes, 2)


# --- the chip -----------------------------------------------------------------------------------


def cycles_by_kind(
    kernels: Mapping[str, Mapping[str, float]], unit: str = "cycles for one multiply-accumulate"
) -> Plot:
    """One bar a kernel, divided by what its cycles were spent on.

    `kernels` maps names to ``{kind of instruction: cycles}``; all have the same kinds.
    """
    plot, axes = picture(unit, "", width=10.0, height=1.7 + 0.75 * len(kernels))
    for row, kinds in enumerate(kernels.values()):
        start = 0.0
        for (kind, cycles), fill in zip(kinds.items(), fills(kinds), strict=True):
            axes.barh(row, cycles, left=start, height=0.62, color=fill.colour, hatch=fill.hatch,
                      edgecolor="white", label=kind if row == 0 else None)  # fmt: skip
            start += cycles
        write(axes, f"{start:.1f}", (start, row), (6, 0), va="center", fontsize=LABEL)
    name_rows(axes, list(kernels))
    axes.margins(x=0.08)
    axes.grid(axis="y", visible=False)
    legend_above(axes, 4, 0.42)
    listed = "; ".join(
        f"{name} {sum(kinds.values()):.1f}, of these "
        + ", ".join(f"{kind} {cycles:.1f}" for kind, cycles in kinds.items())
        for name, kinds in kernels.items()
    )
    plot.alt = f"Where the cycles go, in {unit}: {listed}."
    return plot


def seeds(accuracy: Sequence[tuple[float, float]]) -> Plot:
    """Accuracy in floating point and in int8, a pair of marks for each seed.

    `accuracy` holds (float, int8) for one seed after the other, shares between 0 and 1.
    """
    pairs = np.asarray(accuracy, float)
    order = np.argsort(pairs[:, 0], kind="stable")
    plot, axes = picture("seed of the training", "accuracy, people never seen", height=4.8)
    places = np.arange(len(pairs))
    axes.vlines(places, *pairs[order].T, color=GREY, lw=2, zorder=1)
    axes.plot(places, pairs[order, 0], "o", color=BLUE, ms=12, label="floating point")
    axes.plot(places, pairs[order, 1], "D", color=VERMILION, ms=9, label="int8")
    axes.set_xticks(places, [str(seed) for seed in order])
    axes.yaxis.set_major_locator(MultipleLocator(0.01))
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
    axes.legend(loc="upper left", fontsize=TEXT)
    lost = pairs[:, 1] - pairs[:, 0]
    plot.alt = (
        f"Accuracy of {len(pairs)} trainings that differ in the seed alone: from "
        f"{pairs[:, 0].min():.1%} to {pairs[:, 0].max():.1%} in floating point. int8 moves it by "
        f"{lost.min():+.1%} to {lost.max():+.1%}."
    )
    return plot


# --- the signal ---------------------------------------------------------------------------------


def strip(
    signal: ArrayLike,
    rate: float,
    verdicts: Sequence[tuple[float, str, str]],
    second: float,
    window: float,
    classes: Sequence[str],
) -> Plot:
    """The signal of the watch over time, and below it the chip's verdict on each window.

    `signal` is (steps, 3), one column an axis, `rate` its steps a second. `verdicts` holds (end of
    the window in seconds, verdict, truth); those after `second` are not shown yet. `window` is the
    length of a window in seconds; the one that ends last is shaded.
    """
    values = np.asarray(signal, float)
    time = np.arange(len(values)) / rate
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(11.0, 6.2, layout=None)
    above = plot.add_axes((0.175, 0.585, 0.815, 0.34))
    below = plot.add_axes((0.175, 0.165, 0.815, 0.39), sharex=above)
    dress(above, "", "acceleration (g)")
    above.tick_params(labelbottom=False)
    seen = time <= second
    for column, (name, colour, style) in enumerate(
        (("x", BLUE, "-"), ("y", VERMILION, "--"), ("z", GREEN, "-."))
    ):
        above.plot(time[seen], values[seen, column], color=colour, ls=style, lw=1.6, label=name)
    above.set_ylim(values.min() - 0.2, values.max() + 0.2)
    legend_above(above, 3)
    dress(below, "time (s)", "")
    shown = [one for one in verdicts if one[0] <= second + 1e-9]
    rows = {name: row for row, name in enumerate(classes)}
    below.step(
        [end for end, *_ in verdicts],
        [rows[truth] for *_, truth in verdicts],
        where="pre",
        color=GREY,
        lw=7,
        alpha=0.35,
        label="done",
    )
    for right, marker, colour, name in (
        (True, "o", BLUE, "chip: right"),
        (False, "X", VERMILION, "chip: wrong"),
    ):
        chosen = [(end, rows[said]) for end, said, truth in shown if (said == truth) is right]
        x, y = zip(*chosen, strict=True) if chosen else ((), ())
        below.plot(x, y, marker, color=colour, ms=10, label=name)
    if shown:
        above.axvspan(shown[-1][0] - window, shown[-1][0], color=ORANGE, alpha=0.3, lw=0)
    name_rows(below, classes)
    below.set_xlim(0, time[-1])
    legend_below(below, 3, 0.22)
    right_ones = sum(said == truth for _, said, truth in shown)
    now = f" The last one: {shown[-1][1]}, in truth {shown[-1][2]}." if shown else ""
    plot.alt = (
        f"Acceleration over the first {min(second, time[-1]):.0f} of {time[-1]:.0f} seconds, and "
        f"the chip's verdicts: {right_ones} of {len(shown)} windows right.{now}"
    )
    return plot
