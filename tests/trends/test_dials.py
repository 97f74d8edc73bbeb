"""Dials that nobody explains: what is tried, and what is told."""

import numpy as np
import pytest

from labkit.trends.rl_supply_chain.world import dials
from labkit.trends.rl_supply_chain.world.routing import (
    TOWNS,
    USUAL_STORM,
    day_cost,
    draw_days,
    nearest_request,
)

URGENT = {"x": 0.25, "y": 0.75, "radius": 0.18, "price": 0.65}


def office(seed=0):
    return dials.Office(USUAL_STORM, URGENT, seed)


def at_random(tried, costs, seed):
    return np.random.default_rng(seed).normal(0, 0.3, (dials.SETTINGS, dials.DIALS))


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(dials, "ROUNDS", 3)


def test_with_all_dials_at_zero_the_truck_takes_what_is_reached_soonest():
    days = draw_days(20, 1)
    paid = office().costs(np.zeros((1, dials.DIALS)), days)
    assert paid[0] == pytest.approx(day_cost(days, nearest_request, URGENT))
    assert office().saving(np.zeros((2, dials.DIALS)), 20) == pytest.approx([0, 0])


def test_every_setting_drives_each_day_as_it_would_alone():
    days, settings = draw_days(6, 2), at_random(None, None, 3)[:4]
    together = office().costs(settings, days)
    for row, paid in zip(settings, together, strict=True):
        weights = office().weights(row[None])[0].astype(np.float32)
        assert paid == pytest.approx(day_cost(days, lambda f, w=weights: f @ w, URGENT), rel=1e-5)


def test_dials_turn_the_weights_and_keep_their_length():
    mixing = office().mixing
    assert mixing @ mixing.T == pytest.approx(np.eye(dials.DIALS), abs=1e-12)
    assert np.abs(mixing - office(1).mixing).max() > 0.3


def test_no_direction_of_the_dials_is_preferred():
    drawn = np.array([office(seed).mixing for seed in range(2_000)])
    # An entry's standard deviation is 0.29, that of a mean of 2,000 is 0.0065.
    assert np.abs(drawn.mean(axis=0)).max() < 5 * 0.0065
    assert (drawn**2).mean(axis=0) == pytest.approx(
        np.full((dials.DIALS, dials.DIALS), 1 / dials.DIALS), abs=0.015
    )


def test_a_search_is_told_what_it_tried_and_what_that_cost(short):
    heard = []

    def propose(tried, costs, seed):
        heard.append((tried.copy(), costs.copy(), seed))
        return at_random(tried, costs, seed)

    tried, costs = office().play(propose, luck=7)
    assert tried.shape == (3, dials.SETTINGS, dials.DIALS) and costs.shape == tried.shape[:2]
    for number, (so_far, paid, _) in enumerate(heard):
        assert np.array_equal(so_far, tried[:number]) and np.array_equal(paid, costs[:number])
    assert len({seed for *_, seed in heard}) == 3
    assert np.array_equal(tried[0], at_random(None, None, heard[0][2]))


def test_settings_of_a_round_share_their_days_and_rounds_do_not(short):
    _, costs = office().play(lambda *_: np.zeros((dials.SETTINGS, dials.DIALS)))
    assert (costs == costs[:, :1]).all()
    assert len(set(costs[:, 0])) == 3


def test_wages_and_fuel_are_the_same_for_all_settings_of_a_round(short, monkeypatch):
    _, paid = office().play(at_random)
    monkeypatch.setattr(dials, "FUEL", 0.0)
    _, without_fuel = office().play(at_random)
    monkeypatch.setattr(dials, "WAGES", 0.0)
    _, without_both = office().play(at_random)
    fuel, wages = paid - without_fuel, without_fuel - without_both
    assert max(np.ptp(fuel, axis=1).max(), np.ptp(wages, axis=1).max()) < 1e-9
    assert wages[:, 0] == pytest.approx([0, 10, 20])
    assert 0 < fuel.min() and fuel.max() < 12 and len(set(fuel[:, 0].round(6))) == 3


def test_the_seeds_of_an_answer_tell_nothing_of_the_office(short):
    def seeds_at(of, luck):
        heard = []

        def propose(tried, costs, seed):
            heard.append(seed)
            return np.zeros((dials.SETTINGS, dials.DIALS))

        of.play(propose, luck)
        return heard

    assert seeds_at(office(1), 5) == seeds_at(office(2), 5)
    assert not set(seeds_at(office(1), 5)) & set(seeds_at(office(1), 6))


def test_going_to_the_urgent_town_first_saves():
    setting = np.zeros(dials.DIALS)
    setting[-2:] = 2 * (TOWNS[0] - 0.5) / np.linalg.norm(TOWNS[0] - 0.5)
    there = office()
    assert there.saving((setting @ there.mixing.T)[None], 200)[0] > 0.05
