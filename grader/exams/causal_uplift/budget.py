"""Task `budget`: shops with a season that misleads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.causal_uplift import redraw
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.budget import BudgetModel, gain

Case = dict[str, Any]

SHOPS, WEEKS = 6, 260

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
    return {"cases": [_shop(round(float(increase), 3), rng) for increase in increases]}


def _shop(increase: float, rng: np.random.Generator) -> Case:
    def candidate() -> Case:
        case = {
            "weeks": WEEKS,
            "seed": int(rng.integers(2**31)),
            "model": asdict(_model(rng)),
            # Without these, sales would be proportional to the budget: their share the answer.
            "steady_sales": float(rng.integers(100, 300)),
            "increase": increase,
        }
        return {**case, **_figures(case)}

    shop = until(candidate, _is_used, "a season that misleads and a reference that is right")
    del shop["reference"]
    return shop


def _model(rng: np.random.Generator) -> BudgetModel:
    """A shop of its own, always with a season that misleads."""
    return BudgetModel(
        base_budget=rng.uniform(80, 150),
        season_to_budget=rng.uniform(8, 14),
        season_to_traffic=rng.uniform(25, 50),
        season_to_sales=rng.uniform(15, 40),
        budget_to_traffic=rng.uniform(2, 6),
        traffic_to_sales=rng.uniform(0.3, 0.8),
        budget_noise=rng.uniform(6, 10),
        traffic_noise=rng.uniform(15, 25),
        sales_noise=rng.uniform(10, 20),
    )


def _is_used(shop: Case) -> bool:
    if abs(shop["reference"] - shop["gain"]) > USUAL_ERROR * shop["error"]:
        return False
    off = [abs(value - shop["gain"]) for value in shop["traps"].values()]
    return min(off) > MISTAKES_OFF * float(shop["error"])


def _figures(case: Case) -> Case:
    weeks, increase = redraw.weeks(case), case["increase"]
    estimate, error = budget_gain(weeks, increase)
    more = increase * float(weeks["budget"].mean())

    def slope_with(*names: str) -> float:
        return baselines.ols(weeks[list(names)], weeks["budget"], weeks["sales"])

    return {
        "gain": gain(weeks, increase, BudgetModel(**case["model"])),
        "error": error,
        "reference": estimate,
        "traps": {
            "season left out": more * slope_with(),
            "adjusts for traffic": more * slope_with("season", "traffic"),
            "one euro more": slope_with("season"),
            "share of sales": increase * float(weeks["sales"].mean()),
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
