"""Samples of the pictures and explorations of module 07."""

import numpy as np

from labkit.trends.neuro_symbolic_diagnosis import plots, widgets
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

SIZES = (25, 50, 100)
ARMS = {
    "findings": np.array([[0.7, 0.8], [0.8, 0.82], [0.84, 0.86]]),
    "regression": np.array([[0.6, 0.7], [0.7, 0.75], [0.8, 0.82]]),
}
POINTS = [("asymmetry 1", 1.3), ("border 4", 0.4), ("3 colours", 1.5), ("3 structures", 1.5)]
SPREAD = np.bincount([30, 40, 47, 48, 55, 70], minlength=90) / 6


def lesions():
    titles = [f"lesion number {number}" for number in ("one", "two", "three", "four", "five")]
    return plots.gallery(draw_cases(5, seed=0).images, titles)


def reasons():
    answers = {"verdict": 0.83, "colours": 0.55}
    return plots.right_for_which_reason({"verdicts only": answers, "described": answers})


def silence():
    share = np.linspace(0.01, 1, 50)
    return plots.risk_of_answering(share, {"surest first": 0.2 * share, "by lot": 0 * share + 0.2})


def traced():
    image = draw_cases(1, seed=0).images[0]
    return plots.diagnosis(image, SPREAD, POINTS, "rule TDS-1, benign")


PLOTS = {
    "gallery": lesions,
    "label_efficiency": lambda: plots.label_efficiency(SIZES, ARMS, 0.53),
    "right_for_which_reason": reasons,
    "risk_of_answering": silence,
    "score_distribution": lambda: plots.score_distribution(SPREAD),
    "diagnosis": traced,
}
EXPLORERS = {
    "explore_diagnosis": (
        widgets.explore_diagnosis,
        {
            "asymmetry": 2,
            "border": 8,
            "colours": 5,
            "structures": 1,
            "doubt": 0.6,
            "threshold": 4.55,
        },
    ),
}
