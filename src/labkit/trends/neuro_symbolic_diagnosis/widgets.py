"""The exploration of the lesson: turn the findings and the doubt, and watch score and verdict.

A picture and its controls are two outputs of one cell. The picture is a plain PNG that the
controls replace in place (a display with an id), so the saved notebook keeps it: without a kernel
the sliders are gone, the picture stays. Drawing is left to `plots`, the lesion to the world, the
distribution of the score to `logic`, the rule to `guideline`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import ipywidgets
import numpy as np
from IPython.display import DisplayHandle, display
from numpy.typing import NDArray
from rdflib import Graph

from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.logic import sample_tds
from labkit.trends.neuro_symbolic_diagnosis.plots import Plot, diagnosis
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


class Explorer:
    """A picture that follows its controls; as the last value of a cell it shows both.

    `controls` maps the names of arguments to widgets with a value, in the order shown; `draw`
    takes those arguments and returns the picture.
    """

    def __init__(self, draw: Callable[..., Plot], controls: Mapping[str, Any]) -> None:
        self.draw = draw
        self.controls = dict(controls)
        wrapped = ipywidgets.Layout(flex_flow="row wrap")
        self.box = ipywidgets.HBox([*self.controls.values()], layout=wrapped)
        self._shown: DisplayHandle | None = None
        for control in self.controls.values():
            control.observe(self._redraw, names="value")

    @property
    def picture(self) -> Plot:
        """The picture for the controls as they stand."""
        return self.draw(**{name: control.value for name, control in self.controls.items()})

    def _redraw(self, change: Any) -> None:
        if self._shown is not None:
            self._shown.update(self.picture)

    def _ipython_display_(self) -> None:
        self._shown = display(self.picture, display_id=True)
        # Where widgets cannot run, this text stands in for the controls.
        bundle = self.box._repr_mimebundle_()
        bundle["text/plain"] = "Sliders: run this cell in a live notebook to move them."
        display(bundle, raw=True)


def explore_diagnosis() -> Explorer:
    """Sliders for the four findings, the model's doubt and the threshold of "suspicious".

    The lesion is drawn with the findings as set. Doubt is the probability, finding by finding,
    that the model has no idea and believes every answer alike.
    """
    controls = {
        "asymmetry": _whole(1, 0, 2, "asymmetry"),
        "border": _whole(4, 0, 8, "border"),
        "colours": _whole(3, 1, 6, "colours"),
        "structures": _whole(3, 1, 5, "structures"),
        "doubt": _decimal(0.2, 0.0, 1.0, 0.05, "doubt"),
        "threshold": _decimal(4.75, 3.75, 5.35, 0.1, "suspicious >"),
    }
    return Explorer(_diagnosis, controls)


def _whole(value: int, low: int, high: int, name: str) -> Any:
    return ipywidgets.IntSlider(
        value=value, min=low, max=high, description=name, continuous_update=False
    )


def _decimal(value: float, low: float, high: float, step: float, name: str) -> Any:
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        readout_format=".2f",
        # The picture is drawn when the hand lets go; drawing all the way would lag behind it.
        continuous_update=False,
    )


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
    """What a model believes that sees each finding rightly, or with `doubt` has no idea."""
    level = np.eye(3)[concepts["asymmetry"]], np.eye(9)[concepts["border"]]
    return {
        "asymmetry": (1 - doubt) * level[0] + doubt / 3,
        "border": (1 - doubt) * level[1] + doubt / 9,
        "colours": (1 - doubt) * concepts["colours"] + doubt / 2,
        "structures": (1 - doubt) * concepts["structures"] + doubt / 2,
    }
