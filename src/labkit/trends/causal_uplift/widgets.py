"""The exploration of the lesson: turn up the confounding, and watch the estimators leave the truth.

A picture and its controls are two outputs of one cell. The picture is a plain PNG that the
controls replace in place (a display with an id), so the saved notebook keeps it: without a kernel
the sliders are gone, the picture stays. Drawing is left to `plots`, numbers to the world and to
`baselines`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import ipywidgets
import numpy as np
from IPython.display import DisplayHandle, display
from numpy.typing import NDArray

from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.plots import Plot, drift
from labkit.trends.causal_uplift.world.retailer import Customers, Market, draw_customers

CUSTOMERS, SEED = 20_000, 2


class Explorer:
    """A picture that follows its controls; as the last value of a cell it shows both.

    `controls` maps the names of arguments to widgets with a value, in the order shown; `draw`
    takes those arguments and returns the picture.
    """

    def __init__(self, draw: Callable[..., Plot], controls: Mapping[str, Any]) -> None:
        self.draw = draw
        self.controls = dict(controls)
        # On a narrow page one row would squeeze the sliders until nothing is left to pull.
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


def explore_confounding() -> Explorer:
    """Sliders for confounding, certainty of the offer and trimming, four estimators, one truth.

    The customers and their luck stay the same, only the rules of who gets an offer change.
    """
    confounding = _slider(0.6, 0.0, 0.95, 0.05, "confounding")
    certainty = _slider(1.0, 0.25, 4.0, 0.25, "certainty")
    trim = _slider(0.0, 0.0, 0.2, 0.01, "trimming")
    return Explorer(_drift, {"confounding": confounding, "certainty": certainty, "trim": trim})


def _slider(value: float, low: float, high: float, step: float, name: str) -> Any:
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


def _drift(confounding: float, certainty: float, trim: float) -> Plot:
    customers, propensity = _customers(confounding, certainty)
    x, offer, margin = customers.x, customers.offer, customers.margin
    kept = (propensity > trim) & (propensity < 1 - trim)
    estimates = {
        "naive difference": baselines.difference_in_means(offer, margin),
        "regression": baselines.ols(x, offer, margin),
        "weighting": baselines.ipw_ate(propensity, offer, margin),
        "weighting, trimmed": baselines.ipw_ate(propensity, offer, margin, trim),
    }
    return drift(
        propensity, offer, estimates, customers.ate, float(customers.effect[kept].mean()), trim
    )


@lru_cache(maxsize=8)  # trimming asks for the same customers again
def _customers(confounding: float, certainty: float) -> tuple[Customers, NDArray[np.float64]]:
    market = Market(
        confounding=confounding,
        overlap=1 / certainty,
        treated_share=0.25,
        curved_outcome=True,
        noise=4.0,
    )
    customers = draw_customers(CUSTOMERS, SEED, market)
    return customers, baselines.fit_propensity(customers.x, customers.offer)
