"""Dispatching with a routing library: PyVRP solves the open requests anew before every drive.

It plans a whole tour home through the requests open now and drives to the first of them. It knows
the storm as it stands, sees no forecast and nothing of the requests to come; a comparison with a
learned score must say so, and say how the solver was told to price the storm, because that decides
the result (see `solve_days_with_pyvrp`). The world and simpler choices are left to `world.routing`.
"""

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxIterations

from labkit.trends.rl_supply_chain.world.routing import (
    DEPOT,
    Days,
    Floats,
    Trips,
    drive,
    travel_time,
)

# PyVRP counts in whole numbers: ten thousandths of an hour, a third of a second.
_UNITS_AN_HOUR = 10_000


def solve_days_with_pyvrp(
    days: Days, iterations: int = 30, storm_stays: float = 0.0, seed: int = 1
) -> Trips:
    """Drive all days by re-solving each of them with PyVRP at every stop.

    The first link of a plan costs what it costs now. `storm_stays` is the share of today's storm
    that the links after it are priced with: 1 is a snapshot, as if the storm would stand still
    for the rest of the day; 0 is the hope that it is gone by then. Against nearest-request on the
    same 400 days, 1 lost 7.1 ± 2.2 % and 0 saved 7.0 ± 1.5 %.

    `iterations` of PyVRP's search are spent at every stop with more than one open request (about
    twenty stops a day; 240 saved no more than 30); `seed` starts its random numbers. Source:
    Wouda, Lan and Kool (2024), PyVRP: a high-performance VRP solver package, INFORMS Journal on
    Computing 36(4).
    """

    def choose(
        days: Days, position: Floats, clock: Floats, open_: NDArray[np.bool_]
    ) -> NDArray[np.integer]:
        chosen = [
            _first_stop(
                days, day, position[day], clock[day], open_[day], storm_stays, iterations, seed
            )
            for day in range(len(days))
        ]
        return np.array(chosen)

    return drive(days, choose)


def _first_stop(
    days: Days,
    day: int,
    position: Floats,
    clock: np.float32,
    open_: NDArray[np.bool_],
    storm_stays: float,
    iterations: int,
    seed: int,
) -> int:
    """The request with which PyVRP's tour from `position` to the depot begins."""
    requests = np.flatnonzero(open_)
    if len(requests) == 1:
        return int(requests[0])
    points = np.concatenate([position[None], DEPOT[None], days.places[day, requests]])
    model = _tour(points, _link_times(days, day, points, clock, storm_stays))
    solution = model.solve(stop=MaxIterations(iterations), seed=seed, display=False).best
    first = next(stop for stop in solution.routes()[0] if stop.is_client())
    return int(requests[first.idx])


def _link_times(
    days: Days, day: int, points: Floats, clock: np.float32, storm_stays: float
) -> NDArray[np.int64]:
    """Times between all points, (points, points); the truck stands at the first."""
    count = len(points)
    now = travel_time(
        days[np.full(count, day)],
        points,
        np.broadcast_to(points, (count, count, 2)),
        np.full(count, clock, np.float32),
    )
    calm = np.linalg.norm(points[:, None] - points[None], axis=-1)
    hours = storm_stays * now + (1 - storm_stays) * calm
    hours[0] = now[0]
    return np.rint(hours * _UNITS_AN_HOUR).astype(np.int64)


def _tour(points: Floats, times: NDArray[np.int64]) -> pyvrp.Model:
    """One truck from the first point through all others to the second, the depot."""
    model = pyvrp.Model()
    locations = [model.add_location(float(x), float(y)) for x, y in points]
    truck, home = model.add_depot(locations[0]), model.add_depot(locations[1])
    for location in locations[2:]:
        model.add_client(location)
    model.add_vehicle_type(1, start_depot=truck, end_depot=home)
    for i, start in enumerate(locations):
        for j, goal in enumerate(locations):
            if i != j:
                model.add_edge(start, goal, distance=int(times[i, j]))
    return model
