"""References of the inventory tasks: published figures, and instances that ask what they should."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from exams.rl_supply_chain.multi_echelon import base_stock_levels
from exams.rl_supply_chain.newsvendor import newsvendor_quantity
from exams.rl_supply_chain.shelf import (
    base_stock_cost,
    best_base_stock,
    best_capped_base_stock,
    best_constant_order,
    best_level,
    capped_base_stock_cost,
    optimum,
)
from exams.rl_supply_chain.simple_rules import SEES, best_rule
from exams.rl_supply_chain.simulate import simulate_dual_sourcing
from exams.rl_supply_chain.tables import PATH
from labkit.exercise.instances import draw as door
from labkit.trends.rl_supply_chain.metrics import (
    all_states,
    grid_shape,
    lost_sales_cost,
    max_order,
    newsvendor_cost,
    serial_cost,
)

GRADER = Path(__file__).resolve().parents[2] / "grader"
POISSON = {"distribution": "poisson", "mean": 5.0}
SETS = {"distribution": "discrete", "values": [0, 4], "probabilities": [0.5, 0.5]}
SHELF = ("lead_time", "demand", "holding", "penalty")
TASKS = ("simulate", "newsvendor", "multi_echelon", "capped_base_stock", "backprop", "ppo")


def draw(task, seed):
    return door(GRADER, "rl_supply_chain", task, seed)


def shelf_of(instance):
    return tuple(instance[name] for name in SHELF)


# --- published figures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead_time", "penalty", "cost"),
    [(1, 4, 4.0407), (2, 4, 4.3953), (3, 4, 4.5987), (4, 4, 4.7285), (4, 19, 8.8872)],
)
def test_exact_lost_sales_optima_are_met(lead_time, penalty, cost):
    # Zipkin (2008), table 3a: 4.73 and 8.89 for lead time 4.
    assert optimum(lead_time, POISSON, 1.0, penalty).cost == pytest.approx(cost, abs=1e-4)


def test_the_best_simple_policies_cost_what_is_published():
    # Zipkin (2008) and Xin (2021): 4.80 for capped base-stock at lead time 4 and penalty 4.
    level, cap, cost = best_capped_base_stock(4, POISSON, 1.0, 4.0)
    assert (level, cap) == (26, 5)
    assert cost == pytest.approx(4.7978, abs=1e-4)
    optimal = optimum(4, POISSON, 1.0, 4.0).cost
    assert best_base_stock(4, POISSON, 1.0, 4.0)[1] / optimal == pytest.approx(1.099, abs=1e-3)
    assert best_constant_order(POISSON, 1.0, 4.0)[1] / optimal == pytest.approx(1.116, abs=1e-3)


def test_the_three_stage_example_of_clark_and_scarf_is_met():
    chain = {"lead_times": (1, 1, 2), "holding": (7, 4, 2), "penalty": 37.12, "mean": 5, "sd": 1}
    levels, cost = base_stock_levels(**chain)
    assert cost == pytest.approx(47.66, abs=0.005)
    assert levels == pytest.approx([6.484, 12.028, 22.720], abs=0.02)
    assert serial_cost(levels, **chain) == pytest.approx(cost, rel=1e-5)


# --- references hold what they claim ------------------------------------------------------------


@pytest.mark.parametrize(
    "shelf", [(1, POISSON, 1.0, 9.0), (2, POISSON, 0.5, 5.0), (3, SETS, 1.0, 3.0)]
)
def test_the_optimal_orders_cost_the_optimal_cost_and_fit_the_grid_with_room(shelf):
    best = optimum(*shelf)
    assert lost_sales_cost(best.orders, *shelf) == pytest.approx(best.cost, abs=2e-5)
    assert best.orders.max() <= max_order(*shelf) - 2
    # An optimal policy orders only while stock and pipeline are within the shelf of the grid, so
    # that nothing it orders is ever turned away.
    assert all_states(*shelf)[best.orders > 0].sum(1).max() < grid_shape(*shelf)[0]


@pytest.mark.parametrize("shelf", [(1, POISSON, 1.0, 9.0), (2, SETS, 0.5, 1.5)])
def test_the_searches_find_what_trying_everything_finds(shelf):
    levels, caps = range(1, 22), range(1, 12)
    base = min((base_stock_cost(level, *shelf), level) for level in levels)
    assert best_base_stock(*shelf) == (base[1], pytest.approx(base[0]))
    capped = min(capped_base_stock_cost(*pair, *shelf) for pair in product(levels, caps))
    assert best_capped_base_stock(*shelf)[2] == pytest.approx(capped, abs=1e-6)


def test_three_periods_of_dual_sourcing_by_hand():
    costs = simulate_dual_sourcing(
        np.array([[7.0], [1.0], [2.0]]),
        lead_time=2,
        regular_level=8.0,
        expedited_level=4.0,
        holding=1.0,
        backorder=10.0,
        premium=3.0,
    )
    # Period 0: nothing ordered, net 8 - 7 = 1.        Period 1: 3 expedited, 4 regular, net 3.
    # Period 2: 1 expedited, none regular (4 + 4 on the way), net 4 - 2 = 2.
    assert costs[:, 0].tolist() == [1.0, 3.0 + 9.0, 2.0 + 3.0]


@pytest.mark.parametrize("seed", range(3))
def test_reference_quantities_beat_their_neighbours(seed):
    for case in draw("newsvendor", seed)["cases"]:
        demand, costs = case["demand"], (case["holding"], case["penalty"])
        quantity = newsvendor_quantity(demand, *costs)
        assert newsvendor_cost(quantity, demand, *costs) == case["optimal_cost"]
        for nearby in (quantity - 1, quantity + 1, 0.99 * quantity, 1.01 * quantity):
            assert newsvendor_cost(nearby, demand, *costs) >= case["optimal_cost"]


@pytest.mark.parametrize("seed", range(3))
def test_reference_levels_beat_their_neighbours(seed):
    for case in draw("multi_echelon", seed)["cases"]:
        chain = {key: case[key] for key in ("lead_times", "holding", "penalty", "mean", "sd")}
        levels, cost = base_stock_levels(**chain)
        assert case["optimal_cost"] == pytest.approx(cost, rel=1e-4)
        for stage, change in product(range(len(levels)), (-0.3, 0.3)):
            nearby = list(levels)
            nearby[stage] += change * case["sd"]
            # A level above the next one upstream changes nothing: no more than that can arrive.
            assert serial_cost(nearby, **chain) >= (1 - 1e-6) * case["optimal_cost"]
            if max(nearby[:-1]) < nearby[-1]:
                assert serial_cost(nearby, **chain) > case["optimal_cost"]


# --- instances ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_every_kind_of_cost_and_every_mistake_shows_in_every_simulated_case(seed):
    for case in draw("simulate", seed)["cases"]:
        arguments = {key: case[key] for key in ("lead_time", "regular_level", "expedited_level")}
        demand = np.array(case["demand"])
        for price in ("holding", "backorder", "premium"):
            prices = dict.fromkeys(("holding", "backorder", "premium"), 0.0) | {price: 1.0}
            assert simulate_dual_sourcing(demand, **arguments, **prices).mean() > 0.05
        right = np.mean(case["costs"])
        assert len(case["traps"]) == (5 if case["lead_time"] == 1 else 7)
        assert min(abs(cost / right - 1) for cost in case["traps"].values()) > 0.01


@pytest.mark.parametrize("seed", range(20))
def test_no_mistake_passes_for_a_newsvendor_in_any_case(seed):
    for case in draw("newsvendor", seed)["cases"]:
        costs = [
            newsvendor_cost(quantity, case["demand"], case["holding"], case["penalty"])
            for quantity in case["traps"].values()
        ]
        assert len(costs) >= 6
        assert min(costs) > 1.003 * case["optimal_cost"]


@pytest.mark.parametrize("seed", range(10))
def test_no_fixed_cap_is_the_best_on_all_three_shelves(seed):
    cases = draw("capped_base_stock", seed)["cases"]
    for rule in (np.floor, np.rint, np.ceil, lambda m: m + 1, lambda m: m + 2, lambda m: m + 3):
        gaps = []
        for case in cases:
            cap = max(1, int(rule(case["demand"]["mean"])))
            gaps.append(best_level(cap, *shelf_of(case))[1] / case["capped_cost"] - 1)
        assert max(gaps) > 0.003


def in_sets(case):
    """The shelf of a case with a set as its unit, and the units that a set has."""
    demand, lot = case["demand"], max(case["demand"]["values"])
    return (case["lead_time"], {**demand, "values": [0, 1]}, case["holding"], case["penalty"]), lot


@pytest.mark.parametrize("seed", range(3))
def test_no_simple_rule_passes_for_a_trained_policy_on_any_shelf(seed):
    for case in draw("backprop", seed)["cases"]:
        shelf, lot = in_sets(case)
        least = case["optimal_cost"]
        assert case["simple_cost"] > 1.0175 * least
        assert case["position_cost"] >= case["simple_cost"] - 1e-9
        simple = [lot * best_capped_base_stock(*shelf)[2], case["base_stock_cost"]]
        assert min(simple) >= case["position_cost"] - 1e-6
        assert lot * best_constant_order(*shelf[1:])[1] > 1.0175 * least


@pytest.mark.parametrize("seed", range(3))
def test_the_best_orders_on_one_shelf_are_not_good_enough_on_the_other(seed):
    five, four = draw("backprop", seed)["cases"]
    shelf, lot = in_sets(four)
    other, _ = in_sets(five)
    # The nearest that a table for lead time 5 comes to one for lead time 4: nothing arrives next.
    table = optimum(*other).orders.reshape(grid_shape(*other))[:, 0]
    places = np.minimum(np.indices(grid_shape(*shelf)).T, np.array(table.shape) - 1).T
    assert lot * lost_sales_cost(table[tuple(places)], *shelf) > 1.012 * four["optimal_cost"]


def test_every_hidden_shelf_mixes_its_readings_in_its_own_way_and_has_its_own_demand():
    shelves = [shelf for seed in range(3) for shelf in draw("backprop", seed)["cases"]]
    shelves += [draw("ppo", seed) for seed in range(3)]
    for name in ("turn", "seed"):
        assert len({shelf[name] for shelf in shelves}) == len(shelves)


@pytest.mark.parametrize("seed", range(3))
def test_no_rule_of_the_position_alone_orders_slow_movers_well_enough(seed):
    case = draw("ppo", seed)
    assert case["position_cost"] > 1.05 * case["optimal_cost"]
    assert best_base_stock(*shelf_of(case))[1] == pytest.approx(case["base_stock_cost"])


def test_a_shelf_costs_the_same_in_sets_and_in_units():
    demand = {"distribution": "discrete", "values": [0, 3], "probabilities": [0.3, 0.7]}
    units, (sets, lot) = (
        (3, demand, 1.0, 2.5),
        in_sets({"lead_time": 3, "demand": demand, "holding": 1.0, "penalty": 2.5}),
    )
    assert optimum(*units).cost == pytest.approx(lot * optimum(*sets).cost, rel=1e-4)
    assert best_base_stock(*units)[1] == pytest.approx(lot * best_base_stock(*sets)[1])


@pytest.mark.parametrize("sees", SEES)
def test_no_other_order_in_any_group_of_states_makes_a_simple_rule_cheaper(sees):
    demand = {"distribution": "discrete", "values": [0, 1], "probabilities": [0.25, 0.75]}
    shelf = (4, demand, 1.0, 2.5)
    rule, cost = best_rule(sees, optimum(*shelf), *shelf)
    states = np.indices(grid_shape(*shelf)).reshape(4, -1)
    groups = np.unique([states.sum(axis=0), *states[list(sees)]], axis=1, return_inverse=True)[
        1
    ].ravel()
    assert cost == pytest.approx(lost_sales_cost(rule, *shelf))
    for group in range(groups.max() + 1):
        orders = np.unique(rule[groups == group])
        assert len(orders) == 1
        for order in {0, 1, 2} - set(orders):
            changed = np.where(groups == group, order, rule)
            assert lost_sales_cost(changed, *shelf) > cost - 1e-6


def test_the_table_in_the_package_is_the_optimum():
    with np.load(PATH) as table:
        assert PATH.stat().st_size < 1_000_000
        for row, lead_time in enumerate(table["lead_times"][:3]):
            for column, penalty in enumerate(table["penalties"]):
                shelf = (int(lead_time), POISSON, 1.0, float(penalty))
                orders = table[f"orders_L{lead_time}_p{penalty}"]
                assert lost_sales_cost(orders, *shelf) == pytest.approx(
                    table["optimal_cost"][row, column], abs=2e-5
                )
                level = int(table["base_stock_level"][row, column])
                assert best_base_stock(*shelf)[0] == level


def test_the_curves_in_the_package_keep_what_the_lesson_says_of_them():
    curves = json.loads(PATH.with_name("gap_curves.json").read_text())
    ends = [
        (run["cpu_seconds"][-1], run["gap_percent"][-1])
        for run in curves["methods"]
        if run["name"] == "back-propagation"
    ]
    assert len(ends) >= 5
    assert all(seconds <= 8 and gap <= 0.15 for seconds, gap in ends)
    assert {run["name"] for run in curves["methods"]} == {"back-propagation", "PPO"}
    measured = [11.55, 9.92, 1.47]
    assert list(curves["baselines"].values()) == pytest.approx(measured, abs=0.01)
