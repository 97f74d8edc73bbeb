"""The exploration of the lesson: turn the findings and the doubt, and watch score and verdict.

Drawing is left to `plots`, the lesion to the world, the distribution of the score to `logic`, the
rule to `guideline`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdflib import Graph

from labkit.pictures.explorer import Explorer, decimal, whole
from labkit.pictures.plot import Plot
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.logic import sample_tds
from labkit.trends.neuro_symbolic_diagnosis.plots import diagnosis
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import (
    COLOURS,
    STRUCTURES,
    Lesions,
    make_lesions,
)
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import render
from labkit.trends.neuro_symbolic_diagnosis.world.scores import BANDS

# The order in which the sliders add colours and structures; a brown comes first, as in the world.
COLOUR_ORDER = ("dark_brown", "light_brown", "black", "red", "blue_grey", "white")
STRUCTURE_ORDER = ("homogeneous", "dots", "globules", "network", "streaks")
GEOMETRY = 7
DRAWS = 40_000
"""Monte-Carlo draws; a bar of the distribution is then off by at most about a quarter percent."""


def explore_diagnosis() -> Explorer:
    """Sliders for the four findings, the model's doubt and the threshold of "suspicious".

    The lesion is drawn with the findings as set. Doubt is the probability, finding by finding,
    that the model has no idea and believes every answer alike.
    """
    controls = {
        "asymmetry": whole("asymmetry (axes)", 1, 0, 2),
        "border": whole("border (eighths)", 4, 0, 8),
        "colours": whole("colours (of six)", 3, 1, 6),
        "structures": whole("structures (of five)", 3, 1, 5),
        "doubt": decimal("doubt (share)", 0.2, 0.0, 1.0, 0.05),
        "threshold": decimal("suspicious above (score)", 4.75, 3.75, 5.35, 0.1),
    }
    return Explorer(_diagnosis, controls)


def _diagnosis(
    asymmetry: int, border: int, colours: int, structures: int, doubt: float, threshold: float
) -> Plot:
    lesion = _lesion(asymmetry, border, colours, structures)
    rules = _rules(threshold)
    weights = {name: tenths / 10 for name, tenths in rules.weights.items()}
    points = [
        (f"asymmetry {asymmetry}", weights["asymmetry"] * asymmetry),
        (f"border {border}", weights["border"] * border),
        (_counted(colours, "colour"), weights["colours"] * colours),
        (_counted(structures, "structure"), weights["structures"] * structures),
    ]
    tenths = rules.tenths(lesion.concepts())
    verdict = BANDS[int(rules.bands(tenths)[0])].replace("_", " ")
    distribution = _distribution(asymmetry, border, colours, structures, doubt)
    limits = (threshold, rules.lower["highly_suspicious"])
    rule = f"{rules.rule_ids(tenths)[0]}, {verdict}"
    return diagnosis(render(lesion, size=96)[0], distribution, points, rule, limits)


@cache
def _rules(threshold: float) -> guideline.Guideline:
    return guideline.read(guideline.with_threshold(_shipped(), "suspicious", threshold))


@cache
def _shipped() -> Graph:
    return guideline.load()


@lru_cache(maxsize=64)
def _lesion(asymmetry: int, border: int, colours: int, structures: int) -> Lesions:
    present = _presence(COLOURS, COLOUR_ORDER[:colours])
    kinds = _presence(STRUCTURES, STRUCTURE_ORDER[:structures])
    return make_lesions([asymmetry], [border], present, kinds, seed=GEOMETRY)


@lru_cache(maxsize=64)
def _distribution(
    asymmetry: int, border: int, colours: int, structures: int, doubt: float
) -> NDArray[np.float64]:
    concepts = _lesion(asymmetry, border, colours, structures).concepts()
    return sample_tds(_beliefs(concepts, doubt), draws=DRAWS)[0]


def _presence(names: tuple[str, ...], shown: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([[int(name in shown) for name in names]])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number > 1)}"


def _beliefs(concepts: Mapping[str, Any], doubt: float) -> dict[str, NDArray[np.float64]]:
    """What a model believes that sees each finding correctly, or with `doubt` has no idea."""
    level = np.eye(3)[concepts["asymmetry"]], np.eye(9)[concepts["border"]]
    return {
        "asymmetry": (1 - doubt) * level[0] + doubt / 3,
        "border": (1 - doubt) * level[1] + doubt / 9,
        "colours": (1 - doubt) * concepts["colours"] + doubt / 2,
        "structures": (1 - doubt) * concepts["structures"] + doubt / 2,
    }
