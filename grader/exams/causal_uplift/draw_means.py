"""Tasks `aipw`, `lalonde` and `budget`: mean effects, their intervals, and numbers of mistakes.

The judge draws the data again from the seeds that stand in an instance; the reference figures tell
how far off a good estimate may be. A world is used only if the reference is not off itself by bad
luck, so that a right answer does not fail for the draw. Judging is left to the checks.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.data import COVARIATES, EXPERIMENT, propensity_terms
from labkit.trends.causal_uplift.world.budget import gain, random_model
from labkit.trends.causal_uplift.world.retailer import Customers, Market, draw_customers

from .estimators import aipw_att, ipw_att

CUSTOMERS = 4_000
USUAL_ERROR = 1.5
"""The reference may be off by this many standard errors in a world that is used."""

# Bent so that a linear regression, or a logistic propensity, is off by several standard errors.
_MARKETS = {
    "curved outcome": Market(confounding=0.9, heterogeneity=3.0, curved_outcome=True),
    "curved assignment": Market(confounding=0.95, heterogeneity=3.0, curved_assignment=True),
    "no overlap": Market(confounding=0.8, heterogeneity=3.0, overlap=0.2),
}
REFERENCE_OFF, TRAPS_OFF = 1.2, 3.0
"""Standard errors of the mean over worlds of one kind: the reference is off by less, every known
mistake by more in at least one kind."""

KEPT = 0.95
SHOPS, WEEKS = 6, 260


def draw_aipw(seed: int) -> dict[str, Any]:
    """Return ``{"worlds": [...]}``, ten worlds in random order.

    Each has ``kind`` (``"curved outcome"``, ``"curved assignment"`` or ``"no overlap"``), ``n``,
    ``seed`` and ``market``, which draw it; the true ``att``; the ``error`` that the reference
    states; and ``traps``, estimates of known mistakes by name.
    """
    rng = np.random.default_rng(seed)
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


def draw_lalonde(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three versions of the observational problem.

    Each has ``seed`` and ``kept``, the share of the survey that the judge keeps, ``lift``, by how
    many dollars it raises the earnings of the trained, ``effect``, which the experiment then shows,
    and ``traps``, estimates of known mistakes by name.
    """
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(3):
        case = {
            "seed": int(rng.integers(2**31)),
            "kept": KEPT,
            "lift": float(rng.integers(24, 60) * 50),
        }
        people = redraw.people(case)
        effect = EXPERIMENT + case["lift"]
        cases.append({**case, "effect": effect, "traps": _lalonde_traps(people)})
    return {"cases": cases}


def _lalonde_traps(people: pd.DataFrame) -> dict[str, float]:
    treated, outcome = people["treat"].to_numpy(), people["re78"].to_numpy()
    propensity = baselines.fit_propensity(propensity_terms(people), treated)
    return {
        "naive": baselines.difference_in_means(treated, outcome),
        "regression": baselines.ols(people[list(COVARIATES)], treated, outcome),
        "effect on all": baselines.ipw_ate(propensity, treated, outcome),
    }


def draw_budget(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, six shops.

    Each has ``weeks``, ``seed``, ``model`` and ``steady_sales``, which draw its data, the
    ``increase`` of the budget (0.1 for 10 %), the true ``gain`` in thousand euros a week, the
    ``error`` of the reference, and ``traps``, estimates of known mistakes by name.
    """
    rng = np.random.default_rng(seed)
    return {"cases": [_shop(rng) for _ in range(SHOPS)]}


def _shop(rng: np.random.Generator) -> dict[str, Any]:
    model = random_model(int(rng.integers(2**31)))
    increase = round(float(rng.uniform(0.05, 0.25)), 2)
    # Without them sales would be proportional to the budget, and their share already the answer.
    steady_sales = float(rng.integers(100, 300))
    while True:
        own_seed = int(rng.integers(2**31))
        case = {
            "weeks": WEEKS,
            "seed": own_seed,
            "model": asdict(model),
            "steady_sales": steady_sales,
            "increase": increase,
        }
        weeks = redraw.weeks(case)
        true_gain = gain(weeks, increase, model)
        estimate, error = budget_gain(weeks, increase)
        if abs(estimate - true_gain) < USUAL_ERROR * error:
            break
    more = increase * float(weeks["budget"].mean())
    columns = {name: weeks[name].to_numpy() for name in weeks}
    season, budget, traffic, sales = (
        columns[name] for name in ("season", "budget", "traffic", "sales")
    )
    return {
        **case,
        "gain": true_gain,
        "error": error,
        "traps": {
            "season left out": more * baselines.ols(np.empty((WEEKS, 0)), budget, sales),
            "adjusts for traffic": more
            * baselines.ols(np.column_stack([season, traffic]), budget, sales),
            "one euro more": baselines.ols(season[:, None], budget, sales),
            "share of sales": increase * float(sales.mean()),
        },
    }


def budget_gain(weeks: pd.DataFrame, increase: float) -> tuple[float, float]:
    """Reference: regression of sales on budget and season; the mean gain and its standard error.

    The budget works through the traffic, so traffic is left out, and the season opens the only
    back door.
    """
    table = np.column_stack([np.ones(len(weeks)), weeks[["budget", "season"]]])
    sales = weeks["sales"].to_numpy()
    coefficients = np.linalg.lstsq(table, sales, rcond=None)[0]
    residuals = sales - table @ coefficients
    variance = residuals @ residuals / (len(weeks) - 3) * np.linalg.inv(table.T @ table)[1, 1]
    more = increase * float(weeks["budget"].mean())
    return float(coefficients[1]) * more, float(np.sqrt(variance)) * more
