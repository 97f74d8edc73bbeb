"""The pictures of the module: words and meaning, votes, payments, defences, the approval inbox.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from labkit.pictures.palette import BLACK, BLUE, GREY, ORANGE, SILVER, VERMILION, fills, looks
from labkit.pictures.plot import Plot, dress, legend_above, name_rows, picture, write


def known_and_new(scores: Mapping[str, Sequence[float]], groups: Sequence[str]) -> Plot:
    """Bars of F1, a group for each entry of `groups`, a bar for each entry of `scores`."""
    plot, axes = picture("mails labelled by hand", "macro F1", height=4.8)
    width = 0.8 / len(scores)
    for number, ((name, values), fill) in enumerate(
        zip(scores.items(), fills(scores), strict=True)
    ):
        places = np.arange(len(groups)) + (number - (len(scores) - 1) / 2) * width
        axes.bar(
            places, values, 0.9 * width, color=fill.colour, hatch=fill.hatch, ec="white", label=name
        )
        for place, value in zip(places, values, strict=True):
            write(axes, f"{value:.2f}", (place, value), (0, 4), ha="center")
    axes.set_xticks(range(len(groups)), groups)
    axes.set_ylim(0, 1.1)
    legend_above(axes, 3)
    parts = "; ".join(
        f"{name}: " + ", ".join(f"{g} {v:.2f}" for g, v in zip(groups, values, strict=True))
        for name, values in scores.items()
    )
    plot.alt = f"F1 of priorities by two methods, with few and many labelled mails. {parts}."
    return plot


def votes(readings: Sequence[int], right: ArrayLike, single: float) -> Plot:
    """Share of requests read correctly, by the number of readings that vote."""
    share = np.asarray(right, float)
    plot, axes = picture("readings that vote", "requests read correctly", height=4.6)
    axes.axhline(single, color=GREY, ls=":", lw=2)
    axes.plot(readings, share, "o-", color=BLUE, lw=2.8, ms=9)
    axes.set_xticks(list(readings))
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_ylim(0.65, 1.02)
    write(axes, "one reading", (readings[-1], single), (0, 6), ha="right", color=GREY)
    ends = ", ".join(f"{n} readings {s:.1%}" for n, s in zip(readings, share, strict=True))
    plot.alt = f"Share of requests read correctly by the number of votes: {ends}."
    return plot


def repeated_calls(ways: Mapping[str, tuple[float, float]]) -> Plot:
    """Two bars for each way to repeat a call: not paid, and paid too often, of 1,000 invoices."""
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(11.0, 4.4, layout=None)
    axes = plot.add_axes((0.24, 0.16, 0.72, 0.68))
    dress(axes, "of 1,000 invoices", "")
    rows = np.arange(len(ways))
    unpaid, double = (np.array([pair[part] for pair in ways.values()]) for part in (0, 1))
    axes.barh(rows - 0.19, unpaid, 0.34, color=SILVER, hatch="//", ec=BLACK, label="not paid")
    axes.barh(rows + 0.19, double, 0.34, color=VERMILION, ec=BLACK, label="paid too often")
    for row, first, second in zip(rows, unpaid, double, strict=True):
        write(axes, f"{first:.1f}", (first, row - 0.19), (6, -4))
        write(axes, f"{second:.1f}", (second, row + 0.19), (6, -4))
    name_rows(axes, list(ways))
    axes.set_xlim(0, max(1.0, 1.15 * float(max(unpaid.max(), double.max()))))
    legend_above(axes, 2)
    parts = "; ".join(
        f"{n}: {a:.1f} not paid, {b:.1f} paid too often" for n, (a, b) in ways.items()
    )
    plot.alt = f"Of 1,000 invoices, by what is done after a time-out. {parts}."
    return plot


def defences(measured: Mapping[str, tuple[float, float]]) -> Plot:
    """Work that is done against effects that a stranger chose, a mark for each defence."""
    plot, axes = picture(
        "attacked mails with an effect that a stranger chose", "tasks done", width=10.0, height=5.6
    )
    for (name, (done, harm)), look in zip(measured.items(), looks(measured), strict=True):
        axes.plot(harm, done, look.mark, color=look.colour, mec=BLACK, ms=15)
        right = harm > 0.7
        write(axes, name, (harm, done), (-14 if right else 14, -4), ha="right" if right else "left")
    for set_axis in (axes.xaxis, axes.yaxis):
        set_axis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set(xlim=(-0.04, 1.06), ylim=(-0.06, 1.06))
    parts = "; ".join(f"{n}: {d:.0%} done, {h:.0%} of attacks" for n, (d, h) in measured.items())
    plot.alt = f"Tasks done against attacks that succeed, by defence. {parts}."
    return plot


def inbox(
    thresholds: ArrayLike, costs: ArrayLike, here: float, read: float, questions: int, words: str
) -> Plot:
    """On the left what a day costs by threshold, on the right the meter of attention.

    Args:
        thresholds: euros, ascending, positive.
        costs: euros a day at each.
        here: the threshold that is chosen.
        read: share of the questions that are read there.
        questions: how many are asked there.
        words: what the day costs, in a line.
    """
    grid, cost = np.asarray(thresholds, float), np.asarray(costs, float)
    plot = Plot(12.0, 5.0, layout=None)
    left = plot.add_axes((0.08, 0.15, 0.50, 0.71))
    right = plot.add_axes((0.68, 0.15, 0.29, 0.71))
    dress(left, "ask from this harm on (€, log scale)", "cost of a day (€)")
    left.plot(grid, cost, color=BLUE, lw=2.8)
    left.set_xscale("log")
    now = float(np.interp(here, grid, cost))
    left.plot([here], [now], "o", color=ORANGE, mec=BLACK, ms=13)
    left.set_ylim(0, 1.1 * cost.max())
    left.set_title(words, fontsize=13, loc="left")
    dress(right, "the meter of attention", "questions a day")
    right.bar([0], [questions * read], 0.6, color=BLUE, label="read")
    right.bar(
        [0], [questions * (1 - read)], 0.6, bottom=[questions * read],
        color=SILVER, hatch="//", ec=BLACK, label="clicked away",
    )  # fmt: skip
    right.set_xticks([])
    right.set_ylim(0, max(100, 1.1 * questions))
    legend_above(right, 1)
    plot.alt = (
        f"An approval inbox that asks from {here:,.0f} € on: {questions} questions a day, of which "
        f"{read:.0%} are read. {words}. The curve has its least cost, {cost.min():,.0f} €, at "
        f"{grid[cost.argmin()]:,.0f} €."
    )
    return plot
