"""Samples of the pictures and explorations of module 10."""

import numpy as np

from labkit.trends.mlops import data, metrics, plots, widgets

PLOTS = {
    "offline_and_served": lambda: plots.offline_and_served(
        {"of today": (0.92, 0.79), "known": (0.79, 0.79)}
    ),
    "alarms": lambda: plots.alarms(data.alarms()),
    "p_values": lambda: plots.p_values(
        np.geomspace(100, 1e6, 20), metrics.expected_p(0.1, np.geomspace(100, 1e6, 20)), 1_000,
        metrics.shift_distance(0.1)[0], 0.1,
    ),
    "rollbacks": lambda: plots.rollbacks(metrics.false_rollbacks(0.05, 5), 0.05, 5),
}  # fmt: skip
EXPLORERS = {
    "explore_drift": (widgets.explore_drift, {"shift": 0.1, "rows": 10_000}),
    "explore_looks": (widgets.explore_looks, {"level": 1.0, "every": 1}),
}
