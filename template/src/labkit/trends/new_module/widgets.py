"""The exploration of module 00."""

from __future__ import annotations

import numpy as np

from labkit.pictures.explorer import Explorer, whole
from labkit.pictures.plot import Plot
from labkit.trends.new_module.plots import demand_and_stock
from labkit.trends.new_module.world import LARGEST, draw_demand


def explore_stock() -> Explorer:
    """A slider for the stock of each of 500 days."""
    return Explorer(_draw, {"stock": whole("stock", LARGEST // 2, 1, LARGEST)})


def _draw(stock: int) -> Plot:
    return demand_and_stock(draw_demand(np.random.default_rng(1), 500), stock)
