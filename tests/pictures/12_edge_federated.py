"""Samples of the pictures and explorations of module 12."""

import numpy as np

from labkit.trends.edge_federated import plots, widgets
from labkit.trends.edge_federated.data import figure


def own_and_common():
    rng = np.random.default_rng(1)
    here, common, away = (rng.uniform(*ends, 10) for ends in ((0.8, 1), (0.7, 0.9), (0.2, 0.6)))
    return plots.own_and_common(here, common, away, 0.82)


def mixes_and_gap():
    shares = np.random.default_rng(2).dirichlet(np.full(5, 0.1), 8)
    gaps = {"1 step a round": 0.9 ** np.arange(20), "30 steps a round": [0.3, 0.1] + 18 * [0.03]}
    return plots.mixes_and_gap(shares, gaps)


def accuracy_against_epsilon():
    lines = {
        f"{clients:,} clients": {
            "epsilon": [0.5, 2.0, 8.0],
            "accuracy": np.array([0.6, 0.7, 0.78]) + clients / 1e5,
            "without": 0.8,
        }
        for clients in (100, 1_000)
    }
    return plots.accuracy_against_epsilon(lines)


def two_worlds():
    return plots.two_worlds(1.5, 30, 0.4, {"300 clients": 0.7, "1,000 clients": 0.78},
                            "300 clients", 1.0)  # fmt: skip


def sending_curves():
    share = np.linspace(0, 1, 11)
    curves = {"least sure": (share, 0.75 + 0.4 * share - 0.2 * share**2)}
    return plots.sending_curves(curves, 0.75)


PLOTS = {
    "own_and_common": own_and_common,
    "gaps_by_round": lambda: plots.gaps_by_round(figure("gaps")["alphas"]["0.1"]),
    "mixes_and_gap": mixes_and_gap,
    "accuracy_against_epsilon": accuracy_against_epsilon,
    "two_worlds": two_worlds,
    "sending_curves": sending_curves,
}
EXPLORERS = {
    "explore_drift": (widgets.explore_drift, {"alpha": 100.0, "steps": 3}),
    "explore_privacy": (widgets.explore_privacy, {"clients": 1_000, "epsilon": 4.0}),
}
