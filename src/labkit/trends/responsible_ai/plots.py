"""The pictures of the module: gaps by chance, error rates, what a rule costs, whom it moves, noise.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from labkit.pictures.palette import BLACK, BLUE, GREY, ORANGE, SILVER, fills, looks
from labkit.pictures.plot import Plot, dress, legend_above, name_rows, picture, white_rim, write
from labkit.trends.responsible_ai.world.lending import Curves, Rates


def largest_gaps(gaps: ArrayLike, groups: int, people: int) -> Plot:
    """How large the largest gap of groups is that are all alike; `gaps` (draws,) are shares."""
    found = np.asarray(gaps, float)
    plot, axes = picture("largest gap between two groups", "draws", height=4.6)
    axes.hist(found, bins=list(np.arange(0, 0.42, 0.02)), color=BLUE, ec="white")
    axes.axvline(found.mean(), color=ORANGE, lw=3)
    write(axes, f"mean {found.mean():.1%}", (found.mean(), axes.get_ylim()[1]), (8, -8), va="top",
          path_effects=white_rim())  # fmt: skip
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    plot.alt = (
        f"The largest gap between two of {groups} groups of {people} people that all have the same "
        f"rate, in {len(found):,} draws: {found.mean():.1%} on average, in nine of ten draws from "
        f"{np.quantile(found, 0.05):.1%} to {np.quantile(found, 0.95):.1%}."
    )
    return plot


def error_rates(rates: Mapping[str, Mapping[str, float]]) -> Plot:
    """Bars for each rate, side by side for each group; `rates` maps groups to rates by name."""
    plot, axes = picture("share", "", height=5.0)
    names = list(next(iter(rates.values())))
    height = 0.8 / len(rates)
    for place, ((group, values), fill) in enumerate(zip(rates.items(), fills(rates), strict=True)):
        rows = np.arange(len(names)) + (place - (len(rates) - 1) / 2) * height
        shares = [values[name] for name in names]
        axes.barh(rows, shares, height * 0.92, color=fill.colour, hatch=fill.hatch, ec="white",
                  label=group)  # fmt: skip
        for row, share in zip(rows, shares, strict=True):
            write(axes, f"{share:.0%}", (share, row), (5, 0), va="center")
    name_rows(axes, names)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    legend_above(axes, 2)
    plot.alt = "Rates by group. " + "; ".join(
        f"{name}: " + ", ".join(f"{group} {values[name]:.1%}" for group, values in rates.items())
        for name in names
    ) + "."  # fmt: skip
    return plot


def frontier(bounds: Sequence[float], shares: Mapping[str, Sequence[float]]) -> Plot:
    """The highest profit under each rule, as a share of that without, against the gap allowed."""
    plot, axes = picture("gap allowed between the groups", "share of the highest profit",
                         width=10.0, height=5.4)  # fmt: skip
    for (name, values), look in zip(shares.items(), looks(shares), strict=True):
        axes.plot(bounds, values, color=look.colour, ls=look.stroke, marker=look.mark, ms=8, lw=2.8,
                  label=name)  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, 0, " %"))
    axes.set(xlim=(0, 0.4), ylim=(0.68, 1.01))
    legend_above(axes, 3)
    plot.alt = "The highest profit that each rule leaves, against the gap it allows. " + "; ".join(
        f"{name}: {values[0]:.1%} with no gap, {np.interp(0.1, bounds, values):.1%} with a gap of "
        "ten points"
        for name, values in shares.items()
    ) + "."  # fmt: skip
    return plot


def lending_by_cut_off(
    curves: Curves, groups: Sequence[str], cuts: Sequence[float], rates: Rates, share: float
) -> Plot:
    """On the left the curves with the cut-offs, on the right the rates; the profit above.

    Args:
        curves: scores run evenly from 0 to 100.
        groups: names.
        cuts: the score from which each group is accepted.
        rates: of each group under these cut-offs.
        share: of the highest profit.
    """
    plot = Plot(12.0, 5.2, layout=None)
    left = plot.add_axes((0.085, 0.13, 0.435, 0.70))
    right = plot.add_axes((0.62, 0.13, 0.35, 0.70))
    dress(left, "score", "share that repays")
    at = np.linspace(0, 100, len(curves.good))
    for number, (name, look) in enumerate(zip(groups, looks(groups), strict=True)):
        repaid = curves.good[:, number]
        left.plot(at, repaid, color=look.colour, ls=look.stroke, lw=2.5, label=name)
        left.plot(cuts[number], np.interp(cuts[number], at, repaid), look.mark, color=look.colour,
                  mec=BLACK, ms=13)  # fmt: skip
    left.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    legend_above(left, 4)
    dress(right, "share accepted", "")
    rows = np.arange(len(groups))
    kinds = {"of all": rates.selection, "of payers": rates.true_positive,
             "of others": rates.false_positive}  # fmt: skip
    for place, ((name, values), fill) in enumerate(zip(kinds.items(), fills(kinds), strict=True)):
        right.barh(rows + 0.27 * (place - 1), values, 0.25, color=fill.colour, hatch=fill.hatch,
                   ec="white", label=name)  # fmt: skip
    name_rows(right, list(groups))
    right.set_xlim(0, 1)
    right.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    legend_above(right, 3)
    plot.suptitle(f"profit: {share:.1%} of the highest possible", x=0.29, y=0.98, fontsize=14)
    widest = {name: float(np.ptp(values)) for name, values in kinds.items()}
    plot.alt = (
        "Left: the share that repays by score, with cut-offs at "
        + ", ".join(f"{cut:g} ({name})" for cut, name in zip(cuts, groups, strict=True))
        + ". Right: the shares accepted; the groups lie "
        + ", ".join(f"{100 * gap:.1f} points apart {name}" for name, gap in widest.items())
        + f". The profit is {share:.1%} of the highest possible."
    )
    return plot


def moved(before: Mapping[str, float], after: Mapping[str, float], unit: str) -> Plot:
    """How many people of each group are accepted, before and after a change; one row a group."""
    plot, axes = picture(unit, "", width=10.0, height=4.4)
    for row, name in enumerate(before):
        old, new = before[name], after[name]
        axes.plot([old, new], [row, row], color=SILVER, lw=4, zorder=1)
        axes.plot(old, row, "s", color=GREY, ms=12, label="before" if row == 0 else None)
        axes.plot(new, row, "o", color=BLUE if new >= old else ORANGE, mec=BLACK, ms=13,
                  label="after" if row == 0 else None)  # fmt: skip
        write(axes, f"{new - old:+,.0f}".replace("-", "−"), (max(old, new), row), (12, 0),
              va="center")  # fmt: skip
    name_rows(axes, list(before))
    axes.set_xlim(0, 1.15 * max(*before.values(), *after.values()))
    legend_above(axes, 2)
    plot.alt = f"Number of people of each group, {unit}, before and after: " + "; ".join(
        f"{name} {before[name]:,.0f} and {after[name]:,.0f}" for name in before
    ) + "."  # fmt: skip
    return plot


def two_tables(with_person: ArrayLike, without_person: ArrayLike, epsilon: float,
               told: float) -> Plot:  # fmt: skip
    """The counts released with and without one person, and what an attacker can tell from them."""
    one, other = np.asarray(with_person, float), np.asarray(without_person, float)
    plot, axes = picture("count released", "releases", width=10.0, height=4.8)
    low, high = np.quantile(np.concatenate([one, other]), (0.005, 0.995))
    bins = list(np.linspace(low, high, 60))
    for (name, part), look in zip(
        {"with the person": one, "without": other}.items(), looks("ab"), strict=True
    ):
        axes.hist(part, bins, histtype="step", color=look.colour, ls=look.stroke, lw=3, label=name)
    legend_above(axes, 2)
    axes.set_title(f"promised {epsilon:g}, told apart with at least {told:.2f}", loc="right",
                   fontsize=13, pad=34)  # fmt: skip
    plot.alt = (
        f"Counts released with and without one person, centred at {np.median(one):.0f} and "
        f"{np.median(other):.0f}. Promised is epsilon {epsilon:g}; an attacker tells the tables "
        f"apart with at least {told:.2f}."
    )
    return plot
