"""The exploration of the lesson: turn up the confounding, and watch the estimators leave the truth.

Drawing is left to `plots`, numbers to the world and to `baselines`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from labkit.pictures.explorer import Explorer, decimal
from labkit.pictures.plot import Plot
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.plots import drift
from labkit.trends.causal_uplift.world.retailer import Customers, Market, draw_customers

CUSTOMERS, SEED = 20_000, 2


def explore_confounding() -> Explorer:
    """Sliders for confounding, certainty of the offer and trimming, four estimators, one truth.

    The customers and their luck stay the same, only the rules of who gets an offer change.
    """
    controls = {
        "confounding": decimal("confounding", 0.6, 0.0, 0.95, 0.05),
        "certainty": decimal("certainty of the offer", 1.0, 0.25, 4.0, 0.25),
        "trim": decimal("trimming (at each end)", 0.0, 0.0, 0.2, 0.01),
    }
    return Explorer(_drift, controls)


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
