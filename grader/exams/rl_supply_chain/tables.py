"""Writes the table of optimal orders that the lesson's first interactive shows.

Run ``python -m exams.rl_supply_chain.tables`` from ``grader/`` after a change of the dynamics or
of the state grid; the result is part of the package.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import labkit.trends.rl_supply_chain
from labkit.trends.rl_supply_chain import metrics

from .shelf import base_stock_cost, best_base_stock, best_capped_base_stock, optimum

MEAN, HOLDING = 5.0, 1.0
DEMAND = {"distribution": "poisson", "mean": MEAN}
LEAD_TIMES = (1, 2, 3, 4)
PENALTIES = (4, 9, 19, 39)
LEVELS = range(5, 41)
PATH = Path(labkit.trends.rl_supply_chain.__file__).parent / "data" / "optimal_orders.npz"


def write_optimal_orders(path: Path = PATH) -> None:
    """Solve every pair of lead time and penalty under Poisson(5) demand and write the answers.

    For each pair, ``orders_L{lead_time}_p{penalty}`` holds the optimal order (uint8) on the grid
    of `metrics.grid_shape`. The arrays ``optimal_cost``, ``base_stock_level``,
    ``base_stock_cost``, ``capped_level``, ``capped_cap`` and ``capped_cost`` have one row a
    lead time and one column a penalty, in the order of ``lead_times`` and ``penalties``;
    ``level_costs`` has a third axis, the cost of base-stock at each of ``levels``.
    """
    arrays: dict[str, Any] = {
        "lead_times": LEAD_TIMES,
        "penalties": PENALTIES,
        "levels": LEVELS,
        "mean": MEAN,
        "holding": HOLDING,
    }
    names = ("optimal_cost", "base_stock_cost", "capped_cost")
    levels = ("base_stock_level", "capped_level", "capped_cap")
    shape = (len(LEAD_TIMES), len(PENALTIES))
    figures: dict[str, Any] = {name: np.zeros(shape) for name in names}
    figures.update({name: np.zeros(shape, np.uint8) for name in levels})
    figures["level_costs"] = np.zeros((*shape, len(LEVELS)))
    for row, lead_time in enumerate(LEAD_TIMES):
        for column, penalty in enumerate(PENALTIES):
            shelf = (lead_time, DEMAND, HOLDING, float(penalty))
            place = row, column
            best = optimum(*shelf)
            table = best.orders.reshape(metrics.grid_shape(*shelf)).astype(np.uint8)
            arrays[f"orders_L{lead_time}_p{penalty}"] = table
            figures["optimal_cost"][place] = best.cost
            level, cost = best_base_stock(*shelf)
            figures["base_stock_level"][place], figures["base_stock_cost"][place] = level, cost
            level, cap, cost = best_capped_base_stock(*shelf)
            figures["capped_level"][place], figures["capped_cap"][place] = level, cap
            figures["capped_cost"][place] = cost
            figures["level_costs"][place] = [base_stock_cost(one, *shelf) for one in LEVELS]
    np.savez_compressed(path, **arrays, **figures)


if __name__ == "__main__":
    write_optimal_orders()
