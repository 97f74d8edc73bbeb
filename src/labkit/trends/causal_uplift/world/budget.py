"""A shop's weeks: season, budget, traffic and sales, for "what does 10 % more budget bring?".

The season moves the marketing budget, the traffic and the sales at once, so sales look as if the
budget had earned what the season gave. The model is linear with additive noise, so that the gain
of any other budget is known exactly. Estimating it is left to the learner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

EDGES = (
    ("season", "budget"),
    ("season", "traffic"),
    ("season", "sales"),
    ("budget", "traffic"),
    ("traffic", "sales"),
)
"""The causal graph, cause first."""


@dataclass(frozen=True)
class BudgetModel:
    """Structural equations of a week; the season is a standard score.

    ::

        budget  = base_budget + season_to_budget * season + noise         (thousand euros)
        traffic = budget_to_traffic * budget + season_to_traffic * season + noise   (visits)
        sales   = traffic_to_sales * traffic + season_to_sales * season + noise     (thousand euros)

    Noise is normal with the deviations `budget_noise`, `traffic_noise` and `sales_noise`.
    """

    base_budget: float = 100.0
    season_to_budget: float = 10.0
    season_to_traffic: float = 40.0
    season_to_sales: float = 30.0
    budget_to_traffic: float = 5.0
    traffic_to_sales: float = 0.6
    budget_noise: float = 8.0
    traffic_noise: float = 20.0
    sales_noise: float = 15.0


def draw_weeks(n: int, seed: int, model: BudgetModel = BudgetModel()) -> pd.DataFrame:  # noqa: B008
    """Draw `n` weeks: columns ``season``, ``budget``, ``traffic`` and ``sales``, float64."""
    rng = np.random.default_rng(seed)
    season, budget_noise, traffic_noise, sales_noise = (rng.standard_normal(n) for _ in range(4))
    budget = model.base_budget + model.season_to_budget * season + model.budget_noise * budget_noise
    traffic = (
        model.budget_to_traffic * budget
        + model.season_to_traffic * season
        + model.traffic_noise * traffic_noise
    )
    sales = (
        model.traffic_to_sales * traffic
        + model.season_to_sales * season
        + model.sales_noise * sales_noise
    )
    return pd.DataFrame({"season": season, "budget": budget, "traffic": traffic, "sales": sales})


def gain(weeks: pd.DataFrame, increase: float, model: BudgetModel = BudgetModel()) -> float:  # noqa: B008
    """Mean extra sales a week, had every budget of `weeks` been higher by `increase` (0.1: 10 %).

    Exact: each week keeps its season and its luck, only the budget and what follows from it change.
    """
    more_budget = increase * weeks["budget"].mean()
    return float(model.traffic_to_sales * model.budget_to_traffic * more_budget)
