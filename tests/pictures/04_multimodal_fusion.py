"""Samples of the pictures and explorations of module 04."""

import numpy as np

from labkit.trends.multimodal_fusion import plots, widgets
from labkit.trends.multimodal_fusion.world.shop import Shop, draw_stars, show


def window():
    kinds, _ = draw_stars(Shop(), 6, 1)
    return plots.window(show(kinds, 1), ["gift\n3.9 stars", "everyday\n2.8 stars"] * 3)


def under_ceilings():
    reached = {"pictures": 0.24, "late, averaged": 0.43, "early": 0.47, "hybrid": 0.87}
    best = dict(zip(reached, (0.36, 0.61, 0.61, 0.9), strict=True))
    return plots.under_ceilings(reached, best)


def limits():
    strengths = np.linspace(0, 0.6, 5)
    lines = {"pictures": 0.4 - strengths / 4, "their sum": 0.8 - strengths / 2, "both": 0.9}
    lines["both"] = np.full(5, 0.9)
    return plots.limits(strengths, lines, 0.3)


def effects():
    ways = {"naive": (-0.55, -0.65, -0.45), "both": (-0.36, -0.42, -0.3)}
    return plots.effects([("shop 1", -0.35, ways), ("shop 2", 0.0, ways)])


def gaps():
    row = {"believed": 0.47, "filled with means": 0.48, "a model for each": 0.53}
    return plots.gaps({"no review": row, "no picture": {**row, "believed": -0.3}})


def learning():
    curves = {"late": [0.39, 0.46, 0.49], "hybrid": [0.83, 0.86, 0.88]}
    return plots.learning([150, 600, 2_400], curves, 0.61)


def designer():
    kinds, _ = draw_stars(Shop(), 1, 1)
    stars = {"late": 3.6, "hybrid": 3.3, "true": 3.2}
    return plots.designer(show(kinds, 1)[0], {"everyday": stars, "gift": stars}, 0.49)


PLOTS = {
    "window": window,
    "under_ceilings": under_ceilings,
    "limits": limits,
    "effects": effects,
    "gaps": gaps,
    "learning": learning,
    "designer": designer,
}
EXPLORERS = {
    "explore_pack": (
        widgets.explore_pack,
        {"shell": "yes", "clutter": "yes", "finish": "glossy", "colour": "violet"},
    ),
    "explore_ceilings": (widgets.explore_ceilings, {"together": 0.1, "apart": 0.8}),
}
