"""Task `aipw`: worlds in which one of two simple models bends, and worlds without overlap."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression

from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.retailer import Customers, Market, draw_customers

from .estimators import aipw_att, ipw_att

CUSTOMERS = 4_000


USUAL_ERROR = 1.5
"""The reference may be off by this many standard errors in a world that is used."""


_MARKETS = {
    "curved outcome": Market(confounding=0.9, heterogeneity=3.0, curved_outcome=True),
    "curved assignment": Market(confounding=0.95, heterogeneity=3.0, curved_assignment=True),
    "no overlap": Market(confounding=0.8, heterogeneity=3.0, overlap=0.2),
}


REFERENCE_OFF, TRAPS_OFF = 1.2, 3.0
"""Standard errors of the mean over worlds of one kind: the reference is off by less, every known
mistake by more in at least one kind."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"worlds": [...]}``, ten worlds in random order.

    Each has ``kind`` (``"curved outcome"``, ``"curved assignment"`` or ``"no overlap"``), ``n``,
    ``seed`` and ``market``, which draw it; the true ``att``; the ``error`` that the reference
    states; and ``traps``, estimates of known mistakes by name.
    """
    poor = int(rng.integers(2, 4))
    kinds = ["curved outcome"] * 4 + ["curved assignment"] * (6 - poor) + ["no overlap"] * poor
    while True:
        worlds = [_world(str(kind), rng) for kind in rng.permutation(kinds)]
        if _tells_right_from_wrong(worlds):
            break
    for world in worlds:
        del world["reference"]
    return {"worlds": worlds}


def _tells_right_from_wrong(worlds: list[dict[str, Any]]) -> bool:
    off: dict[str, list[float]] = {}
    for kind in ("curved outcome", "curved assignment"):
        own = [world for world in worlds if world["kind"] == kind]
        error = np.sqrt(sum(world["error"] ** 2 for world in own)) / len(own)
        for name in ("reference", *own[0]["traps"]):
            guesses = [world["traps"].get(name, world["reference"]) - world["att"] for world in own]
            off.setdefault(name, []).append(abs(np.mean(guesses)) / error)
    reference = off.pop("reference")
    return max(reference) < REFERENCE_OFF and min(map(max, off.values())) > TRAPS_OFF


def _world(kind: str, rng: np.random.Generator) -> dict[str, Any]:
    market = replace(
        _MARKETS[kind],
        effect=round(float(rng.uniform(2, 8)), 2),
        treated_share=round(float(rng.uniform(0.35, 0.45)), 3),
    )
    while True:
        own_seed = int(rng.integers(2**31))
        drawn = draw_customers(CUSTOMERS, own_seed, market)
        att, low, high = aipw_att(drawn.x, drawn.offer, drawn.margin)
        error = (high - low) / (2 * 1.96)
        if kind == "no overlap" or abs(att - drawn.att) < USUAL_ERROR * error:
            break
    return {
        "kind": kind,
        "n": CUSTOMERS,
        "seed": own_seed,
        "market": asdict(market),
        "att": drawn.att,
        "error": error,
        "reference": att,
        "traps": _att_traps(drawn),
    }


def _att_traps(drawn: Customers) -> dict[str, float]:
    x, offer, margin = drawn.x, drawn.offer, drawn.margin
    propensity = baselines.fit_propensity(x, offer)
    others = offer == 0
    without = LinearRegression().fit(x[others], margin[others]).predict(x)
    with_it = LinearRegression().fit(x[~others], margin[~others]).predict(x)
    weight = np.where(others, -1 / (1 - propensity), 1 / propensity)
    correction = weight * (margin - np.where(others, without, with_it))
    return {
        "naive": baselines.difference_in_means(offer, margin),
        "regression": baselines.ols(x, offer, margin),
        "imputation": float((margin - without)[~others].mean()),
        "weighting": ipw_att(propensity, offer, margin),
        "effect on all": float((with_it - without + correction).mean()),
    }
