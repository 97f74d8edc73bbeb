"""The two explorations of the lesson: base-stock against the optimum, and a storm day to play.

Drawing is left to `plots`, numbers to the world and to the tables in `data`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.pictures.explorer import Explorer, choice, decimal, play, whole
from labkit.pictures.plot import Plot
from labkit.trends.rl_supply_chain.plots import ordering_surface, storm_day
from labkit.trends.rl_supply_chain.world.routing import (
    Days,
    Score,
    drive,
    follow,
    nearest_request,
)


def explore_base_stock() -> Explorer:
    """Sliders for lead time, penalty and base-stock level, against the optimal orders.

    The title tells what the chosen level costs, beside the best one.

    Lost sales, Poisson demand with mean 5 a period, holding cost 1. The lead times and penalties
    are those for which `data/optimal_orders.npz` holds the optimal orders.
    """
    lead_times, penalties = _choices()
    start = (max(lead_times), penalties[0])
    controls = {
        "lead_time": choice("lead time (weeks)", start[0], lead_times, continuous_update=True),
        "penalty": choice("a lost sale costs (€)", start[1], penalties, continuous_update=True),
        "level": whole("your level (units)", _table(*start)[1], 5, 40, continuous_update=True),
    }
    return Explorer(_surface, controls)


def _surface(lead_time: int, penalty: int, level: int) -> Plot:
    orders, best, gap = _table(lead_time, penalty)
    costs = _costs(lead_time, penalty)
    title = f"best level {best}: {costs[best]:.2f} € a week, {100 * gap:.1f} % above the best rule"
    if level != best:
        title = f"level {level}: {costs[level]:.2f} € a week; {title}"
    return ordering_surface(orders, level, best, title[0].upper() + title[1:])


@cache
def _tables() -> dict[str, NDArray[Any]]:
    source = files("labkit.trends.rl_supply_chain").joinpath("data", "optimal_orders.npz")
    with source.open("rb") as file, np.load(file) as archive:
        return {name: archive[name] for name in archive.files}


def _choices() -> tuple[list[int], list[int]]:
    """Lead times and penalties on file; every pair of them is there."""
    tables = _tables()
    return tables["lead_times"].tolist(), tables["penalties"].tolist()


def _table(lead_time: int, penalty: int) -> tuple[NDArray[Any], int, float]:
    """Optimal orders in every state; the best base-stock level, and its gap to the optimum."""
    tables, (lead_times, penalties) = _tables(), _choices()
    pair = lead_times.index(lead_time), penalties.index(penalty)
    orders = tables[f"orders_L{lead_time}_p{penalty}"]
    gap = tables["base_stock_cost"][pair] / tables["optimal_cost"][pair] - 1
    return orders, int(tables["base_stock_level"][pair]), float(gap)


def _costs(lead_time: int, penalty: int) -> dict[int, float]:
    """Exact cost in euros a week of each base-stock level on file."""
    tables, (lead_times, penalties) = _tables(), _choices()
    costs = tables["level_costs"][lead_times.index(lead_time), penalties.index(penalty)]
    return dict(zip(tables["levels"].tolist(), costs.tolist(), strict=True))


def play_storm_day(days: Days, score: Score, day: int = 0, name: str = "your score") -> Explorer:
    """Play one of `days` on the map, nearest-request beside `score`, with a slider over the hours.

    The button plays from the morning to the evening. `name` stands above the second map. Raises
    what `routing.rollout` raises for a score that does not fit.
    """
    one = days[np.array([day])]
    trips = {
        "nearest request": drive(one, follow(nearest_request)),
        name: drive(one, follow(score)),
    }
    last = float(np.ceil(10 * max(trip.finish[0] for trip in trips.values())) / 10)
    hour = decimal("hour", last, 0.0, last, 0.1, continuous_update=True)
    button = play("play the day", hour, step=0.1, interval=250)
    return Explorer(lambda hour: storm_day(one, trips, hour=hour), {"hour": hour}, (button,))
