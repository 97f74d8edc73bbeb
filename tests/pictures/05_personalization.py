"""Samples of the pictures and explorations of module 05."""

import numpy as np

from labkit.trends.personalization import data, plots, widgets


def coverage():
    stored = data.figure("coverage")
    return plots.coverage(stored["effective"], {name: stored[name] for name in ("IPS", "DR")})


def shares():
    stored = data.figure("plans")
    return plots.shares({name: stored[name] for name in ("next click", "raw counts")}, "share")


def privacy():
    stored = data.figure("privacy")
    return plots.privacy(stored["epsilon"], stored["use"], stored["audit"])


PLOTS = {
    "coverage": coverage,
    "batches": lambda: plots.batches(data.figure("live")["batches"]),
    "shares": shares,
    "privacy": privacy,
    "log_weights": lambda: plots.log_weights(np.arange(1.0, 300.0), 0.3, 0.32, 0.05),
    "live_session": lambda: plots.live_session(
        {"tired": 0.4, "curious": 0.6},
        {"comedy": (0.3, 0.1, 0.4), "news": (0.5, 0.0, 0.2)},
        "epsilon 1",
    ),
}
EXPLORERS = {
    "explore_session": (widgets.explore_session, {"items": 3, "bonus": 1.5, "epsilon": 0.3}),
    "explore_log": (widgets.explore_log, {"departs": 1.2, "visits": 500}),
}
