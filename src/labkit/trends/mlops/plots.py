"""The pictures of the module: features of the future, alarms, p-values, looks at a canary.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from labkit.pictures.palette import BLACK, BLUE, GREY, ORANGE, SILVER, looks
from labkit.pictures.plot import Plot, dress, legend_above, name_rows, picture, write


def offline_and_served(scores: Mapping[str, tuple[float, float]]) -> Plot:
    """Two bars a row: AUC in the test, and AUC in production."""
    plot, axes = picture("AUC", "", width=10.0, height=4.6)
    rows = np.arange(len(scores))
    test, served = (np.array([pair[part] for pair in scores.values()]) for part in (0, 1))
    axes.barh(rows - 0.19, test, 0.34, color=SILVER, hatch="//", ec=BLACK, label="in the test")
    axes.barh(rows + 0.19, served, 0.34, color=BLUE, ec=BLACK, label="in production")
    for row, first, second in zip(rows, test, served, strict=True):
        write(axes, f"{first:.2f}", (first, row - 0.19), (6, -4))
        write(axes, f"{second:.2f}", (second, row + 0.19), (6, -4))
    name_rows(axes, list(scores))
    axes.set_xlim(0.5, 1.02)
    legend_above(axes, 2)
    parts = "; ".join(
        f"{name}: {a:.2f} in the test, {b:.2f} in production" for name, (a, b) in scores.items()
    )
    plot.alt = f"AUC of a credit scorer, by what its training rows were allowed to see. {parts}."
    return plot


def alarms(measured: Mapping[str, Mapping[str, float]]) -> Plot:
    """Delay against false alarms, a mark for each alarm (at most six)."""
    plot, axes = picture(
        "quiet periods of 20 windows with a false alarm", "windows until drift is seen",
        width=10.0, height=5.6,
    )  # fmt: skip
    for (name, one), look in zip(measured.items(), looks(measured), strict=True):
        axes.plot(one["false"], one["delay"], look.mark, color=look.colour, mec=BLACK, ms=15)
        right = one["false"] > 0.6
        place = (-14 if right else 14, -4)
        write(axes, name, (one["false"], one["delay"]), place, ha="right" if right else "left")
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set(xlim=(-0.04, 1.06), ylim=(0, 1.15 * max(one["delay"] for one in measured.values())))
    parts = "; ".join(
        f"{name}: {one['false']:.0%} false, {one['delay']:.1f} windows"
        for name, one in measured.items()
    )
    plot.alt = f"False alarms and delay of drift alarms on the same streams. {parts}."
    return plot


def p_values(rows: ArrayLike, p: ArrayLike, here: int, index: float, shift: float) -> Plot:
    """P-value of a test for drift against the rows it sees, and the PSI that stays as it is.

    Args:
        rows: of each sample, ascending.
        p: expected p-values at them.
        here: rows of the dashboard.
        index: PSI of the shift.
        shift: in standard deviations, for the title.
    """
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(11.0, 4.8, layout=None)
    axes = plot.add_axes((0.10, 0.16, 0.86, 0.70))
    dress(axes, "rows in each sample (log scale)", "p-value (log scale)")
    grid, values = np.asarray(rows, float), np.maximum(np.asarray(p, float), 1e-12)
    now = float(np.exp(np.interp(np.log(here), np.log(grid), np.log(values))))
    axes.axhline(0.05, color=GREY, ls=":", lw=2)
    axes.plot(grid, values, color=BLUE, lw=2.8)
    axes.plot([here], [now], "o", color=ORANGE, mec=BLACK, ms=13)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(1e-12, 3)
    write(axes, "p = 0.05", (grid[0], 0.05), (4, -18), color=GREY)
    verdict = "an alarm" if now < 0.05 else "no alarm"
    axes.set_title(
        f"shift of {shift:g} sd, {here:,} rows: {verdict}; PSI {index:.3f} at any number",
        fontsize=13, loc="left",
    )  # fmt: skip
    plot.alt = (
        f"P-value of a test for a shift of {shift:g} standard deviations, by the number of rows: "
        f"{values[0]:.2g} with {grid[0]:,.0f} rows, {values[-1]:.2g} with {grid[-1]:,.0f}. With "
        f"{here:,} rows it is {now:.2g}, {verdict}. The PSI is {index:.3f} at any number of rows."
    )
    return plot


def rollbacks(shares: Sequence[float], level: float, every: int) -> Plot:
    """Share of healthy versions that were rolled back, minute by minute."""
    plot = Plot(11.0, 4.8, layout=None)
    axes = plot.add_axes((0.10, 0.16, 0.86, 0.70))
    dress(axes, "minutes since the start", "healthy versions rolled back")
    minutes = np.arange(1, len(shares) + 1)
    axes.axhline(level, color=GREY, ls=":", lw=2)
    axes.step(minutes, shares, where="post", color=BLUE, lw=2.8)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_ylim(0, max(0.5, 1.1 * max(shares)))
    write(
        axes,
        f"level of the test, {level:.0%}",
        (minutes[-1], level),
        (0, 6),
        ha="right",
        color=GREY,
    )
    looks = len(shares) // every
    axes.set_title(
        f"{looks} look{'s' * (looks > 1)} at {level:.0%}: {shares[-1]:.0%} rolled back",
        fontsize=13, loc="left",
    )  # fmt: skip
    plot.alt = (
        f"Share of healthy versions that a test at {level:.0%} rolls back, looked at every {every} "
        f"minutes: {shares[every - 1]:.1%} at the first look, {shares[-1]:.1%} after "
        f"{len(shares)} minutes."
    )
    return plot
