"""Samples of the pictures and explorations of module 03."""

import numpy as np

from labkit.trends.explainable_ai import plots, widgets

PICTURE = np.random.default_rng(0).uniform(size=(16, 16))


def headline():
    right = {"as in the hospital": 0.97, "no sticker": 0.71, "sticker misleads": 0.29}
    return plots.headline(PICTURE, PICTURE**4, 0.31, right)


def heat_maps():
    maps = {"saliency": PICTURE, "Grad-CAM": PICTURE**2, "occlusion": PICTURE**4}
    return plots.heat_maps(PICTURE, maps, dict.fromkeys(maps, 0.2))


def cascade():
    alike = {"guided": [1, 0.7, 0.7, 0.1], "saliency": [1, 0.5, 0.3, 0.0]}
    return plots.cascade(alike, ("all trained", "last", "second", "first"))


def contributions():
    said = {"exact": [0.2, -0.3, 0.05], "fast": [0.25, -0.26, 0.04]}
    return plots.contributions(said, ["income", "debts", "arrears"], "chance")


def gaps():
    return plots.gaps({"honest": (-1.0, 0.0, 0.0), "hidden": (-1.9, -0.1, -0.9)})


def deletion():
    falling = np.linspace(1, 0, 26)
    curves = {"hottest first": falling**3, "in random order": falling}
    return plots.deletion(PICTURE, PICTURE > 0.9, curves, 0.1, 0.7)


def widths():
    exact = {"income": np.linspace(2, 1, 5), "debt": np.linspace(-0.4, 0.3, 5)}
    return plots.widths(
        np.geomspace(0.1, 5, 5), exact, 0.5, {"income": [1.4, 1.6], "debt": [0.0, 0.1]}
    )


PLOTS = {
    "headline": headline,
    "heat_maps": heat_maps,
    "cascade": cascade,
    "contributions": contributions,
    "gaps": gaps,
    "deletion": deletion,
    "widths": widths,
}
EXPLORERS = {
    "explore_deletion": (widgets.explore_deletion, {"share": 0.2, "grey": 3.0}),
    "explore_width": (widgets.explore_width, {"width": 2.0, "points": 1000, "seed": 2}),
}
