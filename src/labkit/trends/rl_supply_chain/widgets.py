"""The two explorations of the lesson: base-stock against the optimum, and a storm day to play.

A picture and its controls are two outputs of one cell. The picture is a plain PNG that the
controls replace in place (a display with an id), so the saved notebook keeps it: without a kernel
the sliders are gone, the picture stays. Drawing is left to `plots`, numbers to the world and to
the tables in `data`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import ipywidgets
import numpy as np
from IPython.display import DisplayHandle, display
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain.plots import Plot, ordering_surface, storm_day
from labkit.trends.rl_supply_chain.world.routing import (
    Days,
    Score,
    drive,
    follow,
    nearest_request,
)


class Explorer:
    """A picture that follows its controls; as the last value of a cell it shows both.

    `controls` maps the names of arguments to widgets with a value, in the order shown; `draw`
    takes those arguments and returns the picture.
    """

    def __init__(
        self,
        draw: Callable[..., Plot],
        controls: Mapping[str, Any],
        extra: tuple[ipywidgets.Widget, ...] = (),
    ) -> None:
        self.draw = draw
        self.controls = dict(controls)
        # On a narrow page one row would squeeze the sliders until nothing is left to pull.
        wrapped = ipywidgets.Layout(flex_flow="row wrap")
        self.box = ipywidgets.HBox([*extra, *self.controls.values()], layout=wrapped)
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


def explore_base_stock() -> Explorer:
    """Sliders for lead time, penalty and base-stock level, against the optimal orders.

    Lost sales, Poisson demand with mean 5 a period, holding cost 1. The lead times and penalties
    are those for which `data/optimal_orders.npz` holds the optimal orders.
    """
    lead_times, penalties = _choices()
    start = (max(lead_times), penalties[0])
    lead_time = ipywidgets.SelectionSlider(
        options=lead_times, value=start[0], description="lead time"
    )
    penalty = ipywidgets.SelectionSlider(options=penalties, value=start[1], description="penalty")
    level = ipywidgets.IntSlider(value=_table(*start)[1], min=5, max=40, description="level")
    return Explorer(_surface, {"lead_time": lead_time, "penalty": penalty, "level": level})


def _surface(lead_time: int, penalty: int, level: int) -> Plot:
    orders, best, gap = _table(lead_time, penalty)
    title = f"Lead time {lead_time}, penalty {penalty}: base-stock {best} costs {gap:.1%} too much"
    return ordering_surface(orders, level, best, title)


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
    hour = ipywidgets.FloatSlider(
        value=last, min=0.0, max=last, step=0.1, description="hour", readout_format=".1f"
    )
    play = ipywidgets.Play(min=0, max=round(last / 0.1), interval=250, description="play the day")

    def move(change: Any) -> None:
        hour.value = min(0.1 * change["new"], last)

    play.observe(move, names="value")
    return Explorer(lambda hour: storm_day(one, trips, hour=hour), {"hour": hour}, (play,))
