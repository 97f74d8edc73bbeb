"""Samples of the pictures and explorations of module 08."""

from functools import cache

import numpy as np

from labkit.trends.rl_supply_chain import plots, widgets
from labkit.trends.rl_supply_chain.world import routing


def curves():
    def run(name, seed, scale):
        seconds = np.geomspace(1, 8 + seed, 5)
        return {
            "name": name,
            "seed": seed,
            "cpu_seconds": seconds.tolist(),
            "gap_percent": (scale / seconds).tolist(),
        }

    runs = [run("back-propagation", seed, 1 + seed) for seed in range(3)] + [run("PPO", 0, 9)]
    baselines = {"constant order": 11.6, "base-stock": 9.9, "capped base-stock": 1.47}
    return {"instance": {}, "methods": runs, "baselines": baselines}


def small_orders():
    """Orders for lead time 2: stock on hand 0-5, on its way 0-3."""
    on_hand, coming = np.ogrid[:6, :4]
    return np.maximum(3 - on_hand - coming // 2, 0).astype(np.uint8)


@cache
def trips():
    days = routing.draw_days(2, 0)
    score = routing.follow(routing.nearest_request)
    return days, {"nearest request": routing.drive(days, score)}


PLOTS = {
    "gap_curves": lambda: plots.gap_curves(curves()),
    "ordering_surface": lambda: plots.ordering_surface(small_orders(), 5, 4),
    "storm_day": lambda: plots.storm_day(*trips()),
    "storm_day at an hour": lambda: plots.storm_day(*trips(), hour=1.5),
}
EXPLORERS = {
    "explore_base_stock": (
        widgets.explore_base_stock,
        {"level": 14, "penalty": 19, "lead_time": 1},
    ),
    "play_storm_day": (
        lambda: widgets.play_storm_day(routing.draw_days(1, 0), routing.nearest_request),
        {"hour": 1.0},
    ),
}
