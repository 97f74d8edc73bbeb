"""Task `budget`: shops with a season that misleads."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.budget import gain, random_model

USUAL_ERROR = 1.5
"""The reference may be off by this many standard errors in a world that is used."""


SHOPS, WEEKS = 6, 260


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, six shops.

    Each has ``weeks``, ``seed``, ``model`` and ``steady_sales``, which draw its data, the
    ``increase`` of the budget (0.1 for 10 %), the true ``gain`` in thousand euros a week, the
    ``error`` of the reference, and ``traps``, estimates of known mistakes by name.
    """
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
