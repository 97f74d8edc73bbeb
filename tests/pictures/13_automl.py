"""Samples of the pictures and explorations of module 13."""

import numpy as np

from labkit.trends.automl import plots, widgets
from labkit.trends.automl.world.curves import draw_runs, losses


def against_trials():
    falling = 1 / np.arange(2, 42)
    return plots.against_trials({"random": falling, "grid": falling + 0.1, "TPE": falling / 2})


def gaps():
    row = {"as it comes": 1.0, "straight line": 0.42, "tuned": 0.29, "mean": 0.3}
    return plots.gaps({"churn, 2,500 rows": row, "credit, 800 rows": {**row, "tuned": 0.16}})


def crossing():
    runs = draw_runs(np.random.default_rng(1))
    return plots.crossing(widgets.TREES, losses(*runs, widgets.TREES), 10)


def curse():
    return plots.curse([1, 10, 60], [0.75, 0.765, 0.773], [0.75, 0.755, 0.758], 60)


def claims():
    return plots.claims(
        [("nothing wrong", 0.74, 0.74, 0.73), ("repeated customers", 0.99, 0.52, 0.52)]
    )


PLOTS = {
    "against_trials": against_trials,
    "gaps": gaps,
    "crossing": crossing,
    "curse": curse,
    "claims": claims,
}
EXPLORERS = {
    "explore_stop": (widgets.explore_stop, {"stop": 100, "seed": 2}),
    "explore_curse": (widgets.explore_curse, {"models": 200, "noise": 0.02, "spread": 0.0}),
}
