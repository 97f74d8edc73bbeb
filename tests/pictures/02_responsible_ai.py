"""Samples of the pictures and explorations of module 02."""

import numpy as np

from labkit.trends.responsible_ai import data, plots, widgets
from labkit.trends.responsible_ai.world.lending import above, rates


def lending_by_cut_off():
    curves, groups = data.score_curves()
    policy = above([80, 100, 90, 80], 198)
    return plots.lending_by_cut_off(curves, groups, [40, 50, 45, 40], rates(curves, policy), 0.97)


def frontier():
    stored = data.figure("frontier")
    return plots.frontier(stored["bounds"], stored["share"])


def two_tables():
    noise = np.random.default_rng(1).laplace(0, 2, (2, 1_000))
    return plots.two_tables(100 + noise[0], 98 + noise[1], 1.0, 0.9)


PLOTS = {
    "largest_gaps": lambda: plots.largest_gaps(
        np.random.default_rng(1).uniform(0.05, 0.3, 500), 8, 60
    ),
    "error_rates": lambda: plots.error_rates(
        {
            "Black": {"false alarm": 0.45, "missed": 0.28},
            "white": {"false alarm": 0.2, "missed": 0.5},
        }
    ),
    "frontier": frontier,
    "lending_by_cut_off": lending_by_cut_off,
    "moved": lambda: plots.moved(
        {"white": 4_500, "Black": 200}, {"white": 4_000, "Black": 550}, "accepted of 10,000"
    ),
    "two_tables": two_tables,
}
EXPLORERS = {
    "explore_cut_offs": (
        widgets.explore_cut_offs,
        {"white": 40.0, "black": 30.0, "hispanic": 35.0, "asian": 45.0},
    ),
    "explore_release": (widgets.explore_release, {"visits": 5, "covered": 5, "epsilon": 2.0}),
}
