"""Pictures of module 00."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from labkit.pictures.palette import BLUE, SILVER, VERMILION, looks
from labkit.pictures.plot import Plot, legend_above, picture
from labkit.trends.new_module.world import LARGEST


def demand_and_stock(demand: NDArray[np.int64], stock: int) -> Plot:
    """How often each demand occurred, and how much the stock covers; `demand` has shape (days,)."""
    plot, axes = picture("demand (units a day)", "days", height=4.2)
    values, days = np.unique(demand, return_counts=True)
    axes.bar(values, days, color=np.where(values > stock, VERMILION, BLUE))
    axes.axvline(stock + 0.5, color=SILVER, lw=2.5)
    axes.set_xlim(0.5, LARGEST + 0.5)
    short = (demand > stock).mean()
    plot.alt = (
        f"Bars show how many of {len(demand)} days asked for 1 to {LARGEST} units. With a stock of "
        f"{stock} units a day, {short:.0%} of the days ask for more than there is."
    )
    return plot


def shares(figures: Mapping[str, Sequence[float]]) -> Plot:
    """Two shares against the stock: of demand that is served, of days on which all of it is.

    `figures` has the lists "stock" (units a day), "demand served" and "days served", shares.
    """
    plot, axes = picture("stock (units a day)", "share", height=4.6)
    names = [name for name in figures if name != "stock"]
    for name, look in zip(names, looks(names), strict=True):
        axes.plot(
            figures["stock"], figures[name], color=look.colour, ls=look.stroke, lw=2.5, label=name
        )
    legend_above(axes, 2)
    half = figures["stock"].index(LARGEST // 2)
    plot.alt = (
        f"Both shares rise with the stock. With {figures['stock'][half]} units a day, "
        f"{figures['demand served'][half]:.0%} of the demand is served, but on only "
        f"{figures['days served'][half]:.0%} of the days is all of it."
    )
    return plot
