"""Task `budget`: shops with a season that misleads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.causal_uplift import redraw
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.budget import BudgetModel, gain

Case = dict[str, Any]

SHOPS = 6
MOST_WEEKS, FEWEST_WEEKS = 728, 104
LEAST_NOISE, MOST_NOISE = 5.0, 12.0
"""Weeks of a shop, and how far its budget moves by itself, in thousand euros. The shop with the
most weeks moves it most and the one with the fewest least. So the error of a gain, as a share of
the increase, spans a factor of five to ten, and no constant share is the right width for all."""

CHART = 0.55
"""The interval of a plain line through budget and sales is at most so wide against the right one in
the shop with the fewest weeks, where the season moves most of the budget."""

USUAL_ERROR, MISTAKES_OFF = 1.5, 3.5
"""Standard errors by which the reference is off in a shop that is used at most, and every known
mistake at least."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, six shops, from a small increase of the budget to a large one.

    Each has ``weeks``, ``seed``, ``model`` and ``steady_sales``, which draw its data, the
    ``increase`` of the budget (0.1 for 10 %), the true ``gain`` in thousand euros a week, the
    ``error`` of the reference, and ``traps``, estimates of known mistakes by name.
    """
    # Far apart, so that an interval of one width cannot fit all.
    increases = rng.permutation(np.geomspace(0.05, 0.3, SHOPS)) * rng.uniform(0.9, 1.1, SHOPS)
    weeks = np.geomspace(FEWEST_WEEKS, MOST_WEEKS, SHOPS).astype(int)
    noises = np.geomspace(LEAST_NOISE, MOST_NOISE, SHOPS) * rng.uniform(0.95, 1.05, SHOPS)
    cases = [
        _shop(round(float(increase), 3), int(number), float(noise), rng)
        for increase, number, noise in zip(increases, weeks, noises, strict=True)
    ]
    # By their increases: in which order the shops' weeks come is by lot.
    return {"cases": sorted(cases, key=lambda case: float(case["increase"]))}


def _shop(increase: float, weeks: int, noise: float, rng: np.random.Generator) -> Case:
    def candidate() -> Case:
        case = {
            "weeks": weeks,
            "seed": int(rng.integers(2**31)),
            "model": asdict(_model(noise, rng)),
            # Without these, sales would be proportional to the budget: their share the answer.
            "steady_sales": float(rng.integers(100, 300)),
            "increase": increase,
        }
        return {**case, **_figures(case)}

    shop = until(candidate, _is_used, "a season that misleads and a reference that is right")
    del shop["reference"], shop["chart"]
    return shop


def _model(noise: float, rng: np.random.Generator) -> BudgetModel:
    """A shop of its own, always with a season that misleads; `noise` moves its budget."""
    return BudgetModel(
        base_budget=rng.uniform(80, 150),
        season_to_budget=rng.uniform(8, 14),
        season_to_traffic=rng.uniform(25, 50),
        season_to_sales=rng.uniform(15, 40),
        budget_to_traffic=rng.uniform(2, 6),
        traffic_to_sales=rng.uniform(0.3, 0.8),
        budget_noise=noise,
        traffic_noise=rng.uniform(15, 25),
        sales_noise=rng.uniform(10, 20),
    )


def _is_used(shop: Case) -> bool:
    if abs(shop["reference"] - shop["gain"]) > USUAL_ERROR * shop["error"]:
        return False
    if shop["weeks"] == FEWEST_WEEKS and shop["chart"] > CHART * shop["error"]:
        return False
    off = [abs(value - shop["gain"]) for value in shop["traps"].values()]
    return min(off) > MISTAKES_OFF * float(shop["error"])


def _figures(case: Case) -> Case:
    weeks, increase = redraw.weeks(case), case["increase"]
    estimate, error = budget_gain(weeks, increase)
    _, chart = budget_gain(weeks, increase, columns=["budget"])
    more = increase * float(weeks["budget"].mean())

    def slope_with(*names: str) -> float:
        return baselines.ols(weeks[list(names)], weeks["budget"], weeks["sales"])

    return {
        "gain": gain(weeks, increase, BudgetModel(**case["model"])),
        "error": error,
        "reference": estimate,
        "chart": chart,
        "traps": {
            "season left out": more * slope_with(),
            "adjusts for traffic": more * slope_with("season", "traffic"),
            "one euro more": slope_with("season"),
            "share of sales": increase * float(weeks["sales"].mean()),
        },
    }


def budget_gain(
    weeks: pd.DataFrame, increase: float, columns: Sequence[str] = ("budget", "season")
) -> tuple[float, float]:
    """Reference: regression of sales on budget and season; the mean gain and its standard error.

    The budget works through the traffic, so traffic is left out, and the season opens the only
    back door. With the budget alone in `columns` it is the line through a chart of the two.
    """
    table = np.column_stack([np.ones(len(weeks)), weeks[list(columns)]])
    sales = weeks["sales"].to_numpy()
    coefficients = np.linalg.lstsq(table, sales, rcond=None)[0]
    residuals = sales - table @ coefficients
    freedom = len(weeks) - table.shape[1]
    variance = residuals @ residuals / freedom * np.linalg.inv(table.T @ table)[1, 1]
    more = increase * float(weeks["budget"].mean())
    return float(coefficients[1]) * more, float(np.sqrt(variance)) * more
