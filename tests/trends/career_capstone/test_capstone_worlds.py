"""The worlds of module 14 have the truths that their docstrings state."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn.linear_model import LinearRegression

from catalogue import ROOT
from labkit.trends.career_capstone import widgets
from labkit.trends.career_capstone.world import skills, year
from labkit.trends.career_capstone.world.pilot import draw_pilot
from labkit.trends.career_capstone.world.season import YEAR, draw_days

SEEDS = st.integers(0, 2**20)


def test_the_graph_is_that_of_the_courses_own_list():
    listed = yaml.safe_load((ROOT / "course/course.yml").read_text())["modules"]
    kept = [
        {name: one[name] for name in skills.Module._fields} for one in listed
    ]  # after a change: python benchmarks/career_capstone/make_course.py
    found = [module._asdict() for module in skills.modules()]
    assert [
        {k: list(v) if isinstance(v, tuple) else v for k, v in m.items()} for m in found
    ] == kept


def _closed_sets():
    names = [module.name for module in skills.modules()]
    needs = {module.name: set(module.prerequisites) for module in skills.modules()}
    for size in range(len(names) + 1):
        for some in combinations(names, size):
            if all(needs[name] <= set(some) for name in some):
                yield set(some)


def test_a_path_is_the_shortest_of_all_closed_sets_and_in_an_order_that_can_be_learned():
    minutes = {module.name: module.minutes for module in skills.modules()}
    closed = list(_closed_sets())
    assert len(closed) == 6_912
    for role in skills.OCCUPATIONS:
        found = skills.path(role)
        least = min(sum(map(minutes.get, one)) for one in closed if set(skills.asked(role)) <= one)
        assert sum(step.minutes for step in found) == least
        for place, step in enumerate(found):
            assert set(step.prerequisites) <= {before.name for before in found[:place]}


def test_every_role_with_an_address_is_asked_for_by_two_modules_or_more():
    assert all(len(skills.asked(role)) >= 2 for role in skills.OCCUPATIONS)
    with pytest.raises(ValueError, match="no module names"):
        skills.asked("Astronaut")


def test_progress_is_the_mean_of_best_scores_and_nothing_for_an_empty_file():
    assert set(skills.reached({}).values()) == {0.0}
    tasks = {f"t{place}": {"best": 0.5} for place in range(7)}
    assert skills.reached({"13_automl": {"tasks": tasks}})["13_automl"] == 0.5
    assert widgets.explore_path({}) is not None


@settings(max_examples=5, deadline=None)
@given(SEEDS, st.sampled_from([-0.5, 0.0, 0.5]))
def test_regressions_find_the_gain_of_a_pilot(seed, along):
    pilot = draw_pilot(20_000, 500, seed, 10.0, 16.0, 30.0, along, 45.0)
    arms = [
        LinearRegression().fit(pilot.x[pilot.offered == one], pilot.profit[pilot.offered == one])
        for one in (1, 0)
    ]
    added = arms[0].predict(pilot.new) - arms[1].predict(pilot.new)
    assert np.abs(added - pilot.gain).mean() < 3.5
    usual = arms[1].predict(pilot.new)
    assert np.corrcoef(usual, pilot.gain)[0, 1] == pytest.approx(along, abs=0.15)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_a_shift_moves_the_last_year_alone_from_its_day_on(seed):
    quiet, shifted = draw_days(seed, 50.0, 2.0), draw_days(seed, 50.0, 2.0, -1.0, 100)
    np.testing.assert_array_equal(quiet.known, shifted.known)
    moved = shifted.year - quiet.year
    assert not moved[:100].any()
    np.testing.assert_allclose(moved[100:], -50.0)
    assert (quiet.year - quiet.expected).std() == pytest.approx(50.0, rel=0.15)
    assert len(quiet.year) == YEAR == 52 * 7


@pytest.fixture(scope="module")
def years():
    return [year.draw_year(seed) for seed in range(3)]


def test_no_offers_within_the_bound_earn_more_than_a_linear_programme_and_the_oracle_comes_near(
    years,
):
    for one in years:
        offers, _ = year.oracle(one)
        assert year.gap(one, offers) <= year.BOUND + 1e-9
        worth = one.worth()
        rates = [(one.region == r) / (one.region == r).sum() for r in range(3)]
        rows = [a - b for a in rates for b in rates]
        best = -linprog(-worth, A_ub=rows, b_ub=[year.BOUND] * len(rows), bounds=(0, 1)).fun
        assert 0.98 * best < worth[offers].sum() <= best + 1e-6


def test_the_oracles_parts_cost_least_of_all_quantities(years):
    one = years[0]
    offers, parts = year.oracle(one)
    costs = [-year.balance(one, offers, tried)["parts"] for tried in range(0, 1_200, 5)]
    assert -year.balance(one, offers, parts)["parts"] <= min(costs) + 1e-9


def test_each_decision_taken_carelessly_costs_something_in_every_year(years):
    for one in years:
        offers, parts = year.oracle(one)
        best = year.balance(one, offers, parts)["sum"]
        late = year.allowed(one, one.worth(year.WEEKS))
        blind = one.worth() > 0
        value = one.usual.argsort().argsort() >= len(offers) - offers.sum()
        last_year = year.enough(one, np.zeros(len(offers), bool))
        for careless in (
            (late, year.enough(one, late)),
            (blind, year.enough(one, blind)),
            (value, year.enough(one, value)),
            (offers, last_year),
        ):
            assert year.balance(one, *careless)["sum"] < 0.85 * best


def test_parts_have_the_mean_that_winter_and_buyers_give(years):
    one = years[0]
    offers, _ = year.oracle(one)
    factor = sum(chance * size for chance, size in year.WINTERS)
    expected = factor * (year.BASE + year.RATE * one.chance[offers].sum())
    assert one.seasons(offers).mean() == pytest.approx(expected, rel=0.05)
