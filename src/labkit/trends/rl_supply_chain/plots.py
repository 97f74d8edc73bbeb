"""The pictures of the module: gap curves, the ordering surface and the map of a storm day.

Every function returns a `Plot`, which carries its alternative text. Numbers are computed elsewhere;
letting a reader turn them is left to `widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from labkit.pictures.palette import BLACK, BLUE, GREY, LABEL, ORANGE, SKY, TEXT, VERMILION, looks
from labkit.pictures.plot import Plot, dress, label_levels, picture, plain_log_ticks, white_rim
from labkit.trends.rl_supply_chain.world.routing import (
    DEPOT,
    SIDE_KM,
    Days,
    Trips,
    storm_centre,
)


def gap_curves(curves: Mapping[str, Any]) -> Plot:
    """Gap to the optimum against CPU-seconds, both on log scales.

    `curves` holds ``"instance"``, ``"methods"``, a list of ``{"name", "seed", "cpu_seconds",
    "gap_percent"}``, and ``"baselines"``, a dictionary of gaps in percent. One line a method is
    the median over its seeds, the band goes from the best seed to the worst.
    """
    names = list(dict.fromkeys(run["name"] for run in curves["methods"]))
    plot, axes = picture("CPU time of training (seconds)", "gap to the optimal cost (percent)")
    axes.set(xscale="log", yscale="log")
    ends = []
    for name, (colour, *_) in zip(names, looks(names), strict=True):
        runs = [run for run in curves["methods"] if run["name"] == name]
        seconds, gaps = _on_common_seconds(runs)
        middle = np.median(gaps, axis=0)
        axes.fill_between(seconds, gaps.min(0), gaps.max(0), color=colour, alpha=0.2, lw=0)
        axes.plot(seconds, middle, color=colour, lw=2.5, marker="o", ms=5, label=name)
        ends.append(f"{name} ends at {middle[-1]:.2f} percent after {seconds[-1]:.0f} s")
    label_levels(axes, curves["baselines"], "%")
    axes.margins(y=0.12)
    plain_log_ticks(axes.xaxis)
    plain_log_ticks(axes.yaxis)
    axes.legend(loc="lower left", fontsize=TEXT, framealpha=0.95)
    fixed = ", ".join(f"{name} {gap:.3g} percent" for name, gap in curves["baselines"].items())
    plot.alt = (
        "Gap to the optimal cost against CPU time, both on log scales. "
        f"{'; '.join(ends)}. For comparison: {fixed}."
    )
    return plot


def _on_common_seconds(
    runs: Sequence[Mapping[str, Any]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring runs with clocks of their own to common times: (times,), (runs, times)."""
    first = max(run["cpu_seconds"][0] for run in runs)
    last = min(run["cpu_seconds"][-1] for run in runs)
    times = max(len(run["cpu_seconds"]) for run in runs)
    seconds = np.geomspace(first, last, times)
    gaps = [
        np.exp(np.interp(np.log(seconds), np.log(run["cpu_seconds"]), np.log(run["gap_percent"])))
        for run in runs
    ]
    return seconds, np.array(gaps)


def ordering_surface(
    orders: NDArray[np.integer], level: float, best_level: float, title: str = ""
) -> Plot:
    """Optimal orders against a base-stock rule, by inventory position.

    `orders` is the optimal order in units in every state, one axis for the stock on hand and one
    for each order on its way; `level` is the base-stock level to look at, `best_level` the
    cheapest. States with one inventory position differ in what arrives when: a dot shows that
    the order is optimal in some of them, a larger dot in more of them.
    """
    position, order, share = _orders_by_position(orders)
    # The view does not depend on `level`, or a slider would move the axes and not the line.
    last = int(max(position[order > 0].max(), best_level)) + 6
    shown = position <= last
    position, order, share = position[shown], order[shown], share[shown]
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(layout=None)
    plot.subplots_adjust(left=0.075, right=0.99, bottom=0.11, top=0.94)
    axes = plot.subplots()
    dress(axes, "inventory position: on hand and on its way (units)", "order (units)")
    axes.scatter(position, order, s=6 + 110 * share, color=BLUE, lw=0, label="optimal orders")
    mean = np.bincount(position, order * share) / np.bincount(position, share)
    axes.plot(np.arange(len(mean)), mean, color=ORANGE, lw=2.5, label="mean over states")
    line = np.array([0, level, max(level, last)])
    axes.plot(
        line, np.maximum(level - line, 0), color=VERMILION, lw=2.5, label=f"base-stock {level:g}"
    )
    if level != best_level:
        line = np.array([0, best_level, last])
        axes.plot(
            line,
            np.maximum(best_level - line, 0),
            color=GREY,
            lw=2,
            ls="--",
            label=f"best base-stock {best_level:g}",
        )
    top = int(order.max())
    axes.set(xlim=(-0.5, last), ylim=(-0.5, 2.2 * top + 1))
    axes.set_title(title, fontsize=LABEL)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper right", fontsize=TEXT)
    spread = max(np.ptp(order[position == place]) for place in np.unique(position))
    plot.alt = (
        f"Order against inventory position. Base-stock {level:g} falls one unit for each unit in "
        f"stock; the optimal order never exceeds {top} units and, at one inventory position, "
        f"differs by up to {spread} units between states. The best base-stock "
        f"level is {best_level:g}."
    )
    return plot


def _orders_by_position(
    orders: NDArray[np.integer],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Pairs (inventory position, order) that occur, and their share among the position's states."""
    position = sum(np.ogrid[tuple(slice(size) for size in orders.shape)]).ravel()  # type: ignore[union-attr]
    table = np.zeros((position.max() + 1, int(orders.max()) + 1))
    np.add.at(table, (position, orders.ravel()), 1)
    rows, columns = np.nonzero(table)
    return rows, columns, table[rows, columns] / table.sum(1)[rows]


def storm_day(
    days: Days,
    trips: Mapping[str, Trips],
    day: int = 0,
    hour: float | None = None,
    storm_hours: Sequence[float] = (0, 2, 4),
) -> Plot:
    """Map of one day, one panel a dispatcher: where the truck went, when, and where the storm was.

    `trips` maps the name of each dispatcher to its trips over `days`. With an `hour` the map
    shows the day up to then; without one the whole day, with the storm at `storm_hours`.
    """
    names = list(trips)
    # Measured margins instead of a computed layout: that halves the time of a frame when played.
    width = 5.7 * len(names) + 1
    plot = Plot(width, 6.0, layout=None)
    *panels, scale = plot.subplots(
        1,
        len(names) + 1,
        width_ratios=[1.0] * len(names) + [0.035],
        gridspec_kw={"left": 0.75 / width, "right": 1 - 0.6 / width, "bottom": 0.1, "top": 0.94},
    )
    last = max(float(trip.finish[day]) for trip in trips.values())
    shade = Normalize(0, np.ceil(last))
    lines = None
    for axes, name in zip(panels, names, strict=True):
        trip = trips[name]
        _draw_storms(axes, days, day, storm_hours if hour is None else (hour,))
        _draw_requests(axes, days, day, trip, hour)
        lines = _draw_truck(axes, days, day, trip, hour, shade)
        axes.set(xlim=(-4, SIDE_KM + 4), ylim=(-4, SIDE_KM + 4), aspect="equal")
        title = _panel_title(name, float(trip.finish[day]), hour)
        axes.set_title(title, fontsize=LABEL, y=1.0)  # a height that need not be searched for
        axes.set_xlabel("km to the east", fontsize=LABEL)
        axes.tick_params(labelsize=TEXT)
    panels[0].set_ylabel("km to the north", fontsize=LABEL)
    bar = plot.colorbar(lines, cax=scale)  # type: ignore[arg-type]
    bar.set_label("hour of the day", fontsize=LABEL)
    bar.ax.tick_params(labelsize=TEXT)
    finish = ", ".join(f"{name} {trip.finish[day]:.2f} h" for name, trip in trips.items())
    moment = "the whole day" if hour is None else f"up to hour {hour:.2f}"
    plot.alt = (
        f"Map of {SIDE_KM} by {SIDE_KM} km, {moment}: requests with the hour they became known, "
        f"the drifting storm, and the truck's route. Back at the depot: {finish}."
    )
    return plot


def _panel_title(name: str, finish: float, hour: float | None) -> str:
    if hour is None or hour >= finish:
        return f"{name}: home after {finish:.2f} h"
    return f"{name}: on the road at {hour:.2f} h"


def _draw_storms(axes: Axes, days: Days, day: int, hours: Sequence[float]) -> None:
    """One disc an hour; at its rim the storm is 0.6 times as strong as in the middle."""
    one = days[np.array([day])]
    for hour in hours:
        x, y = SIDE_KM * storm_centre(one, np.array([hour], np.float32))[0]
        radius = days.storm["width"] * SIDE_KM
        axes.add_patch(Circle((x, y), radius, color=SKY, alpha=0.3, lw=0, zorder=0))
        axes.add_patch(Circle((x, y), radius, fill=False, ec=BLUE, ls=":", lw=1.5, zorder=1))
        text = axes.text(x, y, f"storm {hour:.3g} h", ha="center", va="center", fontsize=TEXT)
        text.set(color=BLUE, zorder=5, path_effects=white_rim(3))


def _draw_requests(axes: Axes, days: Days, day: int, trip: Trips, hour: float | None) -> None:
    """Filled where known in the morning, hollow with the hour where revealed later."""
    places, revealed = SIDE_KM * days.places[day], days.revealed[day]
    visited = np.empty(len(revealed))
    visited[trip.order[day]] = trip.arrive[day, :-1]
    now = np.inf if hour is None else hour
    for request in np.flatnonzero(revealed <= now):
        x, y = places[request]
        served = hour is not None and visited[request] <= now
        known_early = revealed[request] == 0
        colour = GREY if served else BLACK
        face = colour if served or known_early else "white"
        axes.plot(x, y, "o", ms=9, mfc=face, mec=colour, mew=1.6, zorder=4)
        if not (served or known_early):
            _label_request(axes, places, request, f"{revealed[request]:.1f}")
    axes.plot(*(SIDE_KM * DEPOT), "s", ms=14, color=VERMILION, mec="black", zorder=5)


def _label_request(axes: Axes, places: NDArray[Any], request: np.intp, text: str) -> None:
    """Write beside a request, on the side away from its nearest neighbour."""
    away = places[request] - np.delete(places, request, axis=0)
    distance = np.linalg.norm(away, axis=1)
    nearest = distance.argmin()
    offset = 15 * away[nearest] / max(distance[nearest], 1e-6)
    axes.annotate(
        text,
        places[request],
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=11,
        zorder=5,
        path_effects=white_rim(2.5),
    )


def _draw_truck(
    axes: Axes, days: Days, day: int, trip: Trips, hour: float | None, shade: Normalize
) -> LineCollection:
    """The route up to `hour`, coloured by the clock, and the truck at its end."""
    until = float(trip.finish[day]) if hour is None else hour
    moments = np.linspace(0, until, max(2, int(until * 30)))
    path = SIDE_KM * truck_position(days, trip, day, moments)
    segments = np.stack([path[:-1], path[1:]], axis=1)
    lines = LineCollection(list(segments), cmap="viridis", norm=shade, lw=3.2, zorder=3)
    lines.set_array(moments[1:])
    axes.add_collection(lines)
    if hour is not None:
        axes.plot(*path[-1], marker="D", ms=12, color=ORANGE, mec="black", zorder=6)
    return lines


def truck_position(
    days: Days, trip: Trips, day: int, hours: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where the truck is at `hours` (moments,) of a day: (moments, 2) in map sides."""
    stops = np.concatenate([DEPOT[None], days.places[day, trip.order[day]], DEPOT[None]])
    # Between two drives the truck stands still, so every stop counts twice: reached and left.
    times = np.stack([trip.leave[day], trip.arrive[day]], axis=1).ravel()
    points = np.stack([stops[:-1], stops[1:]], axis=1).reshape(-1, 2)
    return np.stack([np.interp(hours, times, points[:, axis]) for axis in (0, 1)], axis=1)
