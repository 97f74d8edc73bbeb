"""Samples of the pictures and explorations of module 00."""

import json
from importlib.resources import files

import numpy as np

from labkit.trends.new_module import plots, widgets, world


def shares():
    return plots.shares(json.loads((files(plots.__package__) / "figures/shelf.json").read_text()))


def demand_and_stock():
    return plots.demand_and_stock(world.draw_demand(np.random.default_rng(0), 100), 12)


PLOTS = {"shares": shares, "demand_and_stock": demand_and_stock}
EXPLORERS = {"explore_stock": (widgets.explore_stock, {"stock": 15})}
