"""One truck a day under a moving storm: the routing world, batched over days in NumPy.

This module draws days, drives the truck and describes every open request in numbers. It leaves the
choice of the next request to a score: a function from features to one number a request. Learning
such a score belongs to the reader, re-solving with a routing library to `pyvrp_dispatch`.

Specification
-------------
Map      The unit square; one side is `SIDE_KM` kilometres, which the truck drives in one hour in
         calm weather. A distance is therefore also a number of hours. The depot is the middle.
Requests `REQUESTS` a day, most of them in three towns. Half are known at hour 0, the others are
         revealed at random over the first `REVEAL_HOURS` hours.
Storm    A round storm drifts in a straight line, `speed` map sides an hour, and turns back at the
         edge of the map. It adds `peak` hours to every hour of driving at its centre, less and
         less further out (a Gaussian of width `width`). The forecast looks `forecast` hours ahead.
         These four stand in a dictionary such as `USUAL_STORM`.
Link     Leaving `a` for `b` at hour `t` takes the distance times one plus the mean of the storm at
         the middle of the link and at `b`, both at hour `t`: the time is fixed on departure.
Day      The truck starts at the depot at hour 0. It visits one open request after the other and
         waits where it stands when none is open. The day ends when it is back at the depot.
Aim      Finish early, or at little cost where some requests are urgent (`day_cost`). Nobody knows
         future requests; where the storm drifts is known (a forecast).

The problem class is dynamic vehicle routing with time-dependent travel times (Pillac, Gendreau,
Guéret and Medaglia 2013, European Journal of Operational Research 225, 1-11).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Score = Callable[[Floats], NDArray[np.floating]]
Choice = Callable[["Days", Floats, Floats, NDArray[np.bool_]], NDArray[np.integer]]

REQUESTS = 20
SIDE_KM = 50
REVEAL_HOURS = 2.0
NEIGHBOUR = 0.25
DEPOT = np.array([0.5, 0.5], np.float32)
USUAL_STORM = {"peak": 3.0, "width": 0.22, "speed": 0.25, "forecast": 2.0}
TOWNS = np.array([[0.25, 0.75], [0.8, 0.7], [0.6, 0.2]], np.float32)

FEATURES = (
    "travel time now",
    "distance",
    "storm now",
    "storm forecast",
    "nearest open request",
    "mean distance of open requests",
    "open requests nearby",
    "distance to depot",
    "share of requests open",
    "hour of the day",
    "x",
    "y",
)


@dataclass(frozen=True)
class Days:
    """Days of work as plain arrays, one row a day.

    Attributes:
        places: (days, requests, 2) map coordinates of the requests
        revealed: (days, requests) hour at which a request becomes known
        storm_start: (days, 2) centre of the storm at hour 0
        storm_velocity: (days, 2) drift of the storm in map sides an hour
        storm: peak, width, speed and forecast hours of the storm, like `USUAL_STORM`
    """

    places: Floats
    revealed: Floats
    storm_start: Floats
    storm_velocity: Floats
    storm: dict[str, float] = field(default_factory=USUAL_STORM.copy)

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: slice | NDArray) -> "Days":
        """Some of the days, still as a batch."""
        return Days(
            self.places[rows],
            self.revealed[rows],
            self.storm_start[rows],
            self.storm_velocity[rows],
            self.storm,
        )

    @cached_property
    def between(self) -> Floats:
        """(days, requests, requests) distances between requests."""
        return _length(self.places[:, :, None] - self.places[:, None, :])

    @cached_property
    def neighbours(self) -> Floats:
        """(days, requests, requests) 1 for each other request that is nearer than `NEIGHBOUR`."""
        others = ~np.eye(self.places.shape[1], dtype=bool)
        return ((self.between < NEIGHBOUR) & others).astype(np.float32)

    @cached_property
    def depot_distance(self) -> Floats:
        """(days, requests) distances to the depot."""
        return _length(self.places - DEPOT)


def draw_days(count: int, seed: int, storm: dict[str, float] = USUAL_STORM) -> Days:
    """Draw `count` days under storms of one kind; the same seed gives the same days."""
    rng = np.random.default_rng(seed)
    town = TOWNS[rng.integers(len(TOWNS), size=(count, REQUESTS))]
    in_town = np.clip(town + rng.normal(0, 0.12, (count, REQUESTS, 2)), 0, 1)
    anywhere = rng.random((count, REQUESTS, 2))
    places = np.where(rng.random((count, REQUESTS, 1)) < 0.7, in_town, anywhere)
    revealed = rng.random((count, REQUESTS)) * REVEAL_HOURS
    revealed[:, : REQUESTS // 2] = 0.0
    angle = rng.random(count) * 2 * np.pi
    drift = storm["speed"] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Days(
        places.astype(np.float32),
        revealed.astype(np.float32),
        rng.random((count, 2)).astype(np.float32),
        drift.astype(np.float32),
        storm,
    )


def storm_centre(days: Days, clock: Floats) -> Floats:
    """(days, 2) centre of the storm at the hour `clock` (days,)."""
    straight = days.storm_start + days.storm_velocity * clock[:, None]
    folded = np.remainder(straight, np.float32(2.0))
    return np.minimum(folded, 2 - folded)


def storm(days: Days, points: Floats, clock: Floats) -> Floats:
    """(days, points) extra hours for an hour of driving at `points` (days, points, 2)."""
    away = points - storm_centre(days, clock)[:, None]
    squared = away[..., 0] ** 2 + away[..., 1] ** 2
    peak, width = days.storm["peak"], days.storm["width"]
    return np.float32(peak) * np.exp(squared * np.float32(-0.5 / width**2))


def travel_time(days: Days, start: Floats, goals: Floats, clock: Floats) -> Floats:
    """(days, goals) hours from `start` (days, 2) to `goals` (days, goals, 2), left at `clock`."""
    return _hours(days, start, goals, clock, storm(days, goals, clock))


def features(days: Days, position: Floats, clock: Floats, open_: NDArray[np.bool_]) -> Floats:
    """What a dispatcher knows about every request, as (days, requests, 12) float32.

    `position` (days, 2) and `clock` (days,) say where and when the truck stands; `open_`
    (days, requests) marks requests revealed and not yet visited. The columns are `FEATURES`: hours,
    map sides, storm as extra hours an hour, counts in fives. Rows of requests that are not open
    carry numbers too; they are never chosen.
    """
    count, requests = open_.shape
    weight = open_.astype(np.float32)
    others = np.maximum(weight.sum(1, keepdims=True) - 1, 1)
    # Distances are symmetric; the least of each column is found faster than that of each row.
    far = days.between + (2 * (1 - weight))[:, :, None]
    diagonal = np.arange(requests)
    far[:, diagonal, diagonal] = 2
    table = np.empty((count, requests, len(FEATURES)), np.float32)
    now = storm(days, days.places, clock)
    table[..., 0] = _hours(days, position, days.places, clock, now)
    table[..., 1] = _length(days.places - position[:, None])
    table[..., 2] = now
    table[..., 3] = storm(days, days.places, clock + np.float32(days.storm["forecast"]))
    table[..., 4] = np.minimum(far.min(1), 2)
    table[..., 5] = (days.between @ weight[:, :, None])[..., 0] / others
    table[..., 6] = (days.neighbours @ weight[:, :, None])[..., 0] / 5
    table[..., 7] = days.depot_distance
    table[..., 8] = weight.mean(1, keepdims=True)
    table[..., 9] = clock[:, None]
    table[..., 10:] = days.places
    return table


@dataclass(frozen=True)
class Trips:
    """What the truck did, one row a day.

    Attributes:
        order: (days, requests) requests in the order visited
        leave, arrive: (days, requests + 1) hours of departure and arrival of every link, the last
            link being the way home
    """

    order: NDArray[np.int64]
    leave: Floats
    arrive: Floats

    @property
    def finish(self) -> Floats:
        """(days,) hour at which the truck is back at the depot."""
        return self.arrive[:, -1]


def drive(days: Days, choose: Choice) -> Trips:
    """Drive all days, asking `choose(days, position, clock, open_)` for the next request of each.

    Raises:
        ValueError: if a chosen request is not open.
    """
    count, requests = days.revealed.shape
    row = np.arange(count)
    position = np.tile(DEPOT, (count, 1))
    clock = np.zeros(count, np.float32)
    waiting = np.ones((count, requests), bool)
    order = np.empty((count, requests), np.int64)
    leave = np.empty((count, requests + 1), np.float32)
    arrive = np.empty((count, requests + 1), np.float32)
    for visit in range(requests):
        # With nothing open the truck waits for the next reveal, so one request is always open.
        next_reveal = np.where(waiting, days.revealed, np.inf).min(1)
        clock = np.maximum(clock, next_reveal).astype(np.float32)
        open_ = waiting & (days.revealed <= clock[:, None])
        chosen = choose(days, position, clock, open_)
        if not open_[row, chosen].all():
            raise ValueError("the choice fell on a request that is not open; look at open_")
        goal = days.places[row, chosen]
        order[:, visit], leave[:, visit] = chosen, clock
        clock = clock + travel_time(days, position, goal[:, None], clock)[:, 0]
        arrive[:, visit] = clock
        position = goal
        waiting[row, chosen] = False
    leave[:, -1] = clock
    home = np.tile(DEPOT, (count, 1, 1))
    arrive[:, -1] = clock + travel_time(days, position, home, clock)[:, 0]
    return Trips(order, leave, arrive)


def follow(score: Score) -> Choice:
    """The choice that visits the open request with the highest score next."""

    def choose(
        days: Days, position: Floats, clock: Floats, open_: NDArray[np.bool_]
    ) -> NDArray[np.integer]:
        scores = np.asarray(score(features(days, position, clock, open_)))
        if scores.shape != open_.shape:
            raise ValueError(
                f"the score returned shape {scores.shape}; return one number a request, "
                f"shape {open_.shape}"
            )
        if not np.isfinite(scores).all():
            raise ValueError("the score returned NaN or infinity; return finite numbers")
        return np.where(open_, scores, -np.inf).argmax(1)

    return choose


def rollout(days: Days, score: Score) -> Floats:
    """(days,) hours at which the truck is home when it always visits the best-scored open request.

    `score` takes features (days, requests, 12) and returns scores (days, requests).

    Raises:
        ValueError: if the scores have the wrong shape or are not finite.
    """
    return drive(days, follow(score)).finish


def route(days: Days, score: Score, index: int) -> Trips:
    """The trip of day `index` alone, still as a batch of one: for maps and for reading."""
    return drive(days[np.array([index])], follow(score))


def day_cost(days: Days, score: Score, urgent: dict[str, float]) -> Floats:
    """(days,) what a day costs when the best-scored open request is always visited next.

    An hour of the truck costs 1, until it is back. An hour that a request waits, from when it is
    known to when the truck is there, costs up to `price` in an urgent district and next to nothing
    elsewhere: a Gaussian around `x` and `y` of width `radius`, in map sides. `urgent` holds these
    four numbers.

    Raises:
    ------
    ValueError
        if the scores have the wrong shape or are not finite.
    """
    trips = drive(days, follow(score))
    reached = np.empty_like(days.revealed)
    np.put_along_axis(reached, trips.order, trips.arrive[:, :-1], axis=1)
    away = days.places - np.array([urgent["x"], urgent["y"]], np.float32)
    near = np.exp((away**2).sum(axis=2) * np.float32(-0.5 / urgent["radius"] ** 2))
    waited = (near * (reached - days.revealed)).sum(axis=1)
    return trips.finish + np.float32(urgent["price"]) * waited


def nearest_request(table: Floats) -> Floats:
    """The baseline score: the request that can be reached soonest now is best."""
    return -table[..., 0]


def paired_saving(finish: Floats, baseline: Floats) -> tuple[float, float]:
    """Mean saving against the baseline on the same days, and half its 95 % interval.

    Both as a share of the baseline's mean: 0.05 is five percent. The interval treats the baseline's
    mean as known, which it is to a much higher precision than the saving.
    """
    gain = np.asarray(baseline, float) - np.asarray(finish, float)
    mean = float(np.mean(baseline))
    return float(gain.mean()) / mean, 1.96 * float(gain.std(ddof=1)) / len(gain) ** 0.5 / mean


def _hours(days: Days, start: Floats, goals: Floats, clock: Floats, at_goals: Floats) -> Floats:
    """The travel time, where the storm at the goals is known already."""
    half = np.float32(0.5)
    middle = half * (goals + start[:, None])
    slower = half * (storm(days, middle, clock) + at_goals)
    return _length(goals - start[:, None]) * (1 + slower)


def _length(vectors: Floats) -> Floats:
    return np.sqrt(vectors[..., 0] ** 2 + vectors[..., 1] ** 2)
