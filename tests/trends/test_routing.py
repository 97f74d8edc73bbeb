"""Trucks under a moving storm keep to their specification."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trends.rl_supply_chain.pyvrp_dispatch import solve_days_with_pyvrp
from labkit.trends.rl_supply_chain.world import routing
from labkit.trends.rl_supply_chain.world.routing import (
    FEATURES,
    REQUESTS,
    Days,
    draw_days,
    drive,
    follow,
    nearest_request,
    paired_saving,
    rollout,
    route,
)

seeds = st.integers(0, 2**32 - 1)


def linear(seed):
    weights = np.random.default_rng(seed).normal(size=len(FEATURES)).astype(np.float32)
    return lambda table: table @ weights


@pytest.fixture
def calm(monkeypatch):
    monkeypatch.setitem(routing.USUAL_STORM, "peak", 0.0)


def three_on_a_line():
    """One day of three requests on a line east of the depot, two of them known early."""
    return Days(
        places=np.array([[[0.6, 0.5], [0.8, 0.5], [0.9, 0.5]]], np.float32),
        revealed=np.array([[0.0, 0.0, 1.0]], np.float32),
        storm_start=np.array([[0.0, 0.0]], np.float32),
        storm_velocity=np.zeros((1, 2), np.float32),
    )


def test_the_same_seed_draws_the_same_days():
    for name in ("places", "revealed", "storm_start", "storm_velocity"):
        assert np.array_equal(getattr(draw_days(5, 3), name), getattr(draw_days(5, 3), name))
    assert not np.array_equal(draw_days(5, 3).places, draw_days(5, 4).places)


def test_half_of_the_requests_are_known_in_the_morning():
    revealed = draw_days(50, 0).revealed
    assert ((revealed == 0).sum(1) >= REQUESTS // 2).all()
    assert revealed.max() <= routing.REVEAL_HOURS


@given(seeds, seeds)
@settings(max_examples=20, deadline=None)
def test_every_request_is_visited_once_and_never_before_it_is_known(seed, other):
    days = draw_days(8, seed)
    trips = drive(days, follow(linear(other)))
    assert (np.sort(trips.order, axis=1) == np.arange(REQUESTS)).all()
    known = np.take_along_axis(days.revealed, trips.order, axis=1)
    assert (trips.leave[:, :-1] >= known).all()
    assert (trips.leave[:, 1:] >= trips.arrive[:, :-1]).all()


@given(seeds, seeds)
@settings(max_examples=20, deadline=None)
def test_no_truck_is_faster_than_the_straight_lines_of_its_route(seed, other):
    days = draw_days(8, seed)
    trips = drive(days, follow(linear(other)))
    visited = np.take_along_axis(days.places, trips.order[:, :, None], axis=1)
    depot = np.broadcast_to(routing.DEPOT, (8, 1, 2))
    stops = np.concatenate([depot, visited, depot], axis=1)
    lengths = np.linalg.norm(np.diff(stops, axis=1), axis=2)
    assert (trips.arrive - trips.leave >= lengths - 1e-5).all()


@given(seeds, st.floats(0, 12))
@settings(max_examples=20, deadline=None)
def test_a_storm_never_speeds_up_a_link_and_at_most_makes_it_four_times_as_long(seed, hour):
    days = draw_days(8, seed)
    start = draw_days(8, seed + 1).places[:, 0]
    clock = np.full(8, hour, np.float32)
    times = routing.travel_time(days, start, days.places, clock)
    distance = np.linalg.norm(days.places - start[:, None], axis=2)
    assert (times >= distance - 1e-6).all()
    assert (times <= (1 + routing.USUAL_STORM["peak"]) * distance + 1e-5).all()


@given(seeds, st.floats(0, 100))
@settings(max_examples=20, deadline=None)
def test_the_storm_stays_on_the_map(seed, hour):
    centre = routing.storm_centre(draw_days(8, seed), np.full(8, hour, np.float32))
    assert (centre >= 0).all() and (centre <= 1).all()


@given(seeds, seeds)
@settings(max_examples=10, deadline=None)
def test_a_batch_of_days_ends_as_each_day_alone(seed, other):
    days, score = draw_days(6, seed), linear(other)
    alone = [route(days, score, index).finish[0] for index in range(6)]
    assert rollout(days, score) == pytest.approx(alone, rel=1e-5)


def test_a_route_read_by_hand(calm):
    trips = drive(three_on_a_line(), follow(nearest_request))
    assert trips.order.tolist() == [[0, 1, 2]]
    # 0.1 and 0.2 hours to the first two, wait for the third until hour 1, 0.1 there, 0.4 home.
    assert trips.leave[0] == pytest.approx([0.0, 0.1, 1.0, 1.1], abs=1e-6)
    assert trips.arrive[0] == pytest.approx([0.1, 0.3, 1.1, 1.5], abs=1e-6)


def test_a_day_costs_its_hours_and_the_waiting_of_what_is_urgent(calm):
    urgent = {"x": 0.2, "y": 0.5, "radius": 0.1, "price": 2.0}
    days = Days(
        places=np.array([[[0.8, 0.5], [0.2, 0.5]]], np.float32),
        revealed=np.zeros((1, 2), np.float32),
        storm_start=np.zeros((1, 2), np.float32),
        storm_velocity=np.zeros((1, 2), np.float32),
    )
    # To one end, across to the other and home: 0.3 + 0.6 + 0.3 hours, whichever comes first.
    urgent_last = routing.day_cost(days, lambda table: table[..., 10], urgent)
    urgent_first = routing.day_cost(days, lambda table: -table[..., 10], urgent)
    assert urgent_last == pytest.approx([1.2 + 2 * 0.9], abs=1e-5)
    assert urgent_first == pytest.approx([1.2 + 2 * 0.3], abs=1e-5)


def test_features_read_by_hand(calm):
    days = three_on_a_line()
    open_ = np.array([[True, True, False]])
    here, now = np.array([[0.5, 0.5]], np.float32), np.zeros(1, np.float32)
    table = routing.features(days, here, now, open_)
    assert table.shape == (1, 3, len(FEATURES)) and table.dtype == np.float32
    first = dict(zip(FEATURES, table[0, 0], strict=True))
    assert first["travel time now"] == pytest.approx(0.1, abs=1e-6)
    assert first["distance"] == pytest.approx(0.1, abs=1e-6)
    assert first["nearest open request"] == pytest.approx(0.2, abs=1e-6)
    assert first["mean distance of open requests"] == pytest.approx(0.2, abs=1e-6)
    assert first["open requests nearby"] == pytest.approx(0.2)
    assert first["distance to depot"] == pytest.approx(0.1, abs=1e-6)
    assert first["share of requests open"] == pytest.approx(2 / 3)
    assert (first["x"], first["y"]) == pytest.approx((0.6, 0.5))


def test_features_do_not_tell_of_requests_still_to_come():
    days = draw_days(4, 0)
    open_ = days.revealed == 0
    moved = np.where(open_[..., None], days.places, 1 - days.places)
    other = Days(moved, days.revealed, days.storm_start, days.storm_velocity)
    here, now = np.tile(routing.DEPOT, (4, 1)), np.zeros(4, np.float32)
    known = routing.features(days, here, now, open_)[open_]
    assert np.array_equal(known, routing.features(other, here, now, open_)[open_])


def test_the_forecast_is_the_storm_two_hours_on():
    days = draw_days(4, 1)
    here, now = np.tile(routing.DEPOT, (4, 1)), np.zeros(4, np.float32)
    forecast = FEATURES.index("storm forecast")
    table = routing.features(days, here, now, days.revealed == 0)
    later = routing.storm(days, days.places, np.full(4, 2, np.float32))
    assert table[..., forecast] == pytest.approx(later)


def test_scores_of_a_wrong_shape_are_refused_with_the_right_one():
    with pytest.raises(ValueError, match=r"shape \(3, 20\)"):
        rollout(draw_days(3, 0), lambda table: table[..., :2])


def test_scores_that_are_not_numbers_are_refused():
    with pytest.raises(ValueError, match="finite"):
        rollout(draw_days(3, 0), lambda table: np.nan * table[..., 0])


def test_a_choice_of_a_visited_request_is_refused():
    def stubborn(days, position, clock, open_):
        return np.zeros(len(days), int)

    with pytest.raises(ValueError, match="not open"):
        drive(draw_days(2, 0), stubborn)


def test_a_saving_is_a_share_of_the_baseline():
    saving, half = paired_saving(np.array([9.0, 9.0, 9.0]), np.array([10.0, 10.0, 10.0]))
    assert (saving, half) == pytest.approx((0.1, 0.0))


def test_pyvrp_finds_the_shortest_tour_when_everything_is_known_and_calm(calm):
    days = Days(
        places=np.array([[[0.6, 0.5], [0.4, 0.5], [0.9, 0.5], [0.1, 0.5]]], np.float32),
        revealed=np.zeros((1, 4), np.float32),
        storm_start=np.zeros((1, 2), np.float32),
        storm_velocity=np.zeros((1, 2), np.float32),
    )
    # Out to one end, across to the other and home: 1.6 sides; nearest-request zigzags.
    assert solve_days_with_pyvrp(days).finish[0] == pytest.approx(1.6, abs=1e-4)


def test_a_storm_priced_for_good_changes_what_pyvrp_plans():
    days = draw_days(6, 0)
    hoping = solve_days_with_pyvrp(days, iterations=10, storm_stays=0.0)
    fearing = solve_days_with_pyvrp(days, iterations=10, storm_stays=1.0)
    assert (np.sort(fearing.order, axis=1) == np.arange(REQUESTS)).all()
    assert not np.array_equal(hoping.order, fearing.order)
