"""Samples of the pictures and explorations of module 09."""

import json
from importlib.resources import files

import numpy as np

from labkit.trends.causal_uplift import data, plots, widgets
from labkit.trends.causal_uplift.world.retention import draw_retention


def headline():
    report = json.loads((files(plots.__package__) / "figures" / "lalonde.json").read_text())
    return plots.forest(report["estimates"], data.EXPERIMENT, report["unit"], "experiment")


def customers(seed=0):
    drawn = draw_retention(2_000, seed, confounding=1.0)
    return drawn.truth["propensity"], drawn.observed["offer"], drawn


def curves():
    share = np.linspace(0, 1, 11)
    return {"uplift": (share, 100 * share * (1.4 - share)), "risk": (share, 40 * share)}


def by_decile():
    _, offer, drawn = customers()
    stayed = drawn.observed["stayed"]
    return plots.uplift_by_decile(drawn.truth["uplift"], offer, stayed, "probability of staying")


def drifting(naive=12.0):
    propensity, offer, _ = customers()
    estimates = {"naive difference": naive, "weighting": 5.2}
    return plots.drift(propensity, offer, estimates, 5.0, 4.6, 0.05)


EDGES = [("season", "budget"), ("season", "sales"), ("budget", "sales")]
PLACES = {"season": (1.0, 1.0), "budget": (0.0, 0.0), "sales": (2.0, 0.0)}


def graph():
    return plots.causal_graph(EDGES, PLACES, {"season": "adjust"})


PLOTS = {
    "forest": headline,
    "overlap": lambda: plots.overlap(*customers()[:2], trim=0.1),
    "balance": lambda: plots.balance(["age", "educ"], [-1.2, 0.4], [0.05, -0.02]),
    "drift": drifting,
    "causal_graph": graph,
    "qini_curves": lambda: plots.qini_curves(curves(), "customers kept"),
    "profit_curves": lambda: plots.profit_curves(curves()),
    "uplift_by_decile": by_decile,
}
EXPLORERS = {
    "explore_confounding": (
        widgets.explore_confounding,
        {"confounding": 0.9, "certainty": 4.0, "trim": 0.1},
    ),
}
