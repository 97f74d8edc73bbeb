"""Exact costs: published figures, simulation, and answers to bad input."""

import numpy as np
import pytest
from scipy import integrate

from labkit.trends.rl_supply_chain import baselines, distributions, metrics
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec

POISSON = {"distribution": "poisson", "mean": 5.0}
DISTRIBUTIONS = [
    POISSON,
    {"distribution": "negative_binomial", "mean": 8.0, "sd": 6.0},
    {"distribution": "discrete", "values": [7, 1.5, 0], "probabilities": [0.2, 0.5, 0.3]},
    {"distribution": "normal", "mean": 50.0, "sd": 8.0},
    {"distribution": "gamma", "mean": 20.0, "sd": 15.0},
    {"distribution": "uniform", "low": 3.0, "high": 9.0},
]


@pytest.mark.parametrize(
    ("holding", "penalty", "cost"), [(1.0, 4.0, 11.1985), (0.18, 0.70, 1.9976)]
)
def test_published_newsvendor_costs_are_met(holding, penalty, cost):
    # stockpyl's newsvendor_normal gives these optimal costs for mean 50 and sd 8.
    distribution = {"distribution": "normal", "mean": 50.0, "sd": 8.0}
    quantity = distributions.frozen(distribution).ppf(penalty / (penalty + holding))
    assert metrics.newsvendor_cost(quantity, distribution, holding, penalty) == pytest.approx(
        cost, abs=5e-5
    )


def expected_by_definition(quantity, distribution, holding, penalty):
    """Sum or integrate the cost over the distribution, with no formula for it."""

    def cost(asked):
        return holding * max(quantity - asked, 0) + penalty * max(asked - quantity, 0)

    if distribution["distribution"] in ("poisson", "negative_binomial", "discrete"):
        values, probabilities = distributions.pmf(distribution, tail=1e-15)
        return sum(p * cost(value) for value, p in zip(values, probabilities, strict=True))
    density = distributions.frozen(distribution).pdf
    low, high = distributions.frozen(distribution).ppf([1e-15, 1 - 1e-15])
    middle = float(np.clip(quantity, low, high))
    pieces = np.concatenate([np.linspace(low, middle, 20), np.linspace(middle, high, 40)[1:]])
    return sum(
        integrate.quad(lambda d: cost(d) * density(d), a, b, epsabs=1e-12)[0]
        for a, b in zip(pieces[:-1], pieces[1:], strict=True)
    )


@pytest.mark.parametrize(
    "distribution", DISTRIBUTIONS, ids=lambda distribution: distribution["distribution"]
)
def test_newsvendor_cost_is_the_expectation_it_claims_for_every_law(distribution):
    spread = distributions.mean(distribution)
    for quantity in (-1.0, 0.0, 0.4 * spread, spread, 1.7 * spread, 3.1 * spread):
        expected = expected_by_definition(quantity, distribution, 1.3, 4.1)
        cost = metrics.newsvendor_cost(quantity, distribution, 1.3, 4.1)
        assert cost == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    "distribution", DISTRIBUTIONS, ids=lambda distribution: distribution["distribution"]
)
def test_newsvendor_cost_takes_a_whole_curve_at_once(distribution):
    quantities = np.linspace(0, 20, 7)
    curve = metrics.newsvendor_cost(quantities, distribution, 1.0, 4.0)
    one_by_one = [
        metrics.newsvendor_cost(quantity, distribution, 1.0, 4.0) for quantity in quantities
    ]
    assert curve == pytest.approx(one_by_one, rel=1e-12)


def test_an_infinite_quantity_is_refused():
    with pytest.raises(ValueError, match="must be finite"):
        metrics.newsvendor_cost(float("nan"), DISTRIBUTIONS[0], 1.0, 4.0)


def test_rows_of_the_grid_are_its_states_in_order():
    shelf = (3, POISSON, 1.0, 4.0)
    states = metrics.all_states(*shelf)
    shape = metrics.grid_shape(*shelf)
    assert states.dtype == np.float32 and states.shape == (np.prod(shape), 3)
    assert states[np.ravel_multi_index((7, 2, 9), shape)].tolist() == [7, 2, 9]


@pytest.mark.parametrize("lead_time", [1, 2, 4])
def test_exact_and_simulated_cost_of_a_policy_agree(lead_time):
    shelf = (lead_time, POISSON, 1.0, 4.0)
    largest = metrics.max_order(*shelf)

    def policy(states):
        # A crooked policy, so that each place of the pipeline matters in its own way.
        crooked = 13 - states @ np.linspace(1.0, 0.3, lead_time)
        return np.clip(np.rint(crooked), 0, largest)

    exact = metrics.lost_sales_cost(policy(metrics.all_states(*shelf)), *shelf)
    copies, periods = 4000, 500
    env = LostSalesVec(copies, lead_time, POISSON, 1.0, 4.0, 10**6, largest)
    state, _ = env.reset(seed=1)
    total = np.zeros(copies)
    for period in range(50 + periods):
        state, rewards, *_ = env.step(policy(state))
        if period >= 50:
            total -= rewards
    each = total / periods
    assert abs(each.mean() - exact) < 4 * each.std() / np.sqrt(copies)


SETS = {"distribution": "discrete", "values": [6, 0], "probabilities": [0.5, 0.5]}


def test_the_exact_cost_of_lumpy_demand_is_that_of_the_simulator():
    shelf = (3, SETS, 1.0, 3.0)
    assert metrics.grid_shape(*shelf) == (19, 9, 9)  # 3 of 4 periods, 1 of 2, and 2 units
    orders = baselines.capped_base_stock(metrics.all_states(*shelf), 12, 8)
    exact = metrics.lost_sales_cost(orders, *shelf)
    env = LostSalesVec(4000, 3, SETS, 1.0, 3.0, 10**6, 8)
    state, _ = env.reset(seed=2)
    total = np.zeros(4000)
    for period in range(550):
        state, rewards, *_ = env.step(baselines.capped_base_stock(state, 12, 8))
        total -= rewards if period >= 50 else 0.0
    assert abs(total.mean() / 500 - exact) < 4 * total.std() / 500 / np.sqrt(4000)


@pytest.mark.parametrize(
    "demand",
    [
        {"distribution": "discrete", "values": [0, 1.5], "probabilities": [0.5, 0.5]},
        {"distribution": "discrete", "values": [-1, 1], "probabilities": [0.5, 0.5]},
    ],
)
def test_a_grid_of_states_needs_demand_in_whole_units(demand):
    with pytest.raises(ValueError, match="whole units of at least 0"):
        metrics.grid_shape(2, demand, 1.0, 4.0)


def test_cost_of_a_policy_with_no_single_long_run_is_that_of_its_usual_start():
    # Orders repeat what was ordered two periods ago, for ever: what is on its way never changes.
    states = metrics.all_states(3, POISSON, 1.0, 4.0)
    cost = metrics.lost_sales_cost(states[:, 1], 3, POISSON, 1.0, 4.0)
    constant = metrics.lost_sales_cost(np.full(len(states), 5), 3, POISSON, 1.0, 4.0)
    assert cost == pytest.approx(constant, rel=1e-3)


def test_a_state_costs_more_by_what_it_costs_now_and_leads_to():
    demand = {"distribution": "discrete", "values": [0, 1, 3], "probabilities": [0.3, 0.5, 0.2]}
    shelf = (2, demand, 1.0, 4.0)
    states = metrics.all_states(*shelf)
    orders = baselines.capped_base_stock(states, 4, 2)
    average = metrics.lost_sales_cost(orders, *shelf)
    met, costs = metrics.relative_costs(orders, *shelf)
    known = {tuple(state): cost for state, cost in zip(met.tolist(), costs, strict=True)}
    for (on_hand, arriving), cost in known.items():
        order = baselines.capped_base_stock([[on_hand, arriving]], 4, 2)[0]
        ahead = 0.0
        for taken, chance in zip(demand["values"], demand["probabilities"], strict=True):
            left, lost = max(on_hand - taken, 0), max(taken - on_hand, 0)
            ahead += chance * (left + 4 * lost + known[left + arriving, order])
        assert cost + average == pytest.approx(ahead, abs=1e-5)


def test_the_shape_of_an_ordering_table_does_not_matter_but_its_size_does():
    shelf = (2, POISSON, 1.0, 4.0)
    orders = baselines.capped_base_stock(metrics.all_states(*shelf), 17, 5)
    flat = metrics.lost_sales_cost(orders, *shelf)
    assert metrics.lost_sales_cost(orders.reshape(metrics.grid_shape(*shelf)), *shelf) == flat
    with pytest.raises(ValueError, match="expected one order for each of the"):
        metrics.lost_sales_cost(orders[:-1], *shelf)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0, 1000.0])
def test_orders_off_the_grid_are_refused(bad):
    shelf = (2, POISSON, 1.0, 4.0)
    orders = np.full(len(metrics.all_states(*shelf)), 5.0)
    orders[3] = bad
    with pytest.raises(ValueError, match="orders must be finite and lie between 0 and 15"):
        metrics.lost_sales_cost(orders, *shelf)


def test_baselines_do_what_their_names_say():
    states = np.array([[3.0, 2.0], [9.0, 4.0], [0.0, 0.0]])
    assert baselines.constant_order(states, 4).tolist() == [4, 4, 4]
    assert baselines.base_stock(states, 12).tolist() == [7, 0, 12]
    assert baselines.capped_base_stock(states, 12, 6).tolist() == [6, 0, 6]


EXAMPLE = {
    "lead_times": (1, 1, 2),
    "holding": (7.0, 4.0, 2.0),
    "penalty": 37.12,
    "mean": 5.0,
    "sd": 1.0,
}


def test_the_published_levels_of_the_three_stage_example_cost_what_is_published():
    # Snyder and Shen, example 6.1; stockpyl gives levels 6.484, 12.028, 22.720 and 47.665.
    cost = metrics.serial_cost((6.484, 12.028, 22.720), **EXAMPLE)
    assert cost == pytest.approx(47.665, rel=2e-4)


def test_a_single_stage_is_a_newsvendor():
    distribution = {"distribution": "normal", "mean": 15.0, "sd": 2.0 * np.sqrt(3)}
    for level in (12.0, 16.0, 21.0):
        serial = metrics.serial_cost([level], [3], [1.5], 9.0, 5.0, 2.0)
        assert serial == pytest.approx(
            metrics.newsvendor_cost(level, distribution, 1.5, 9.0), rel=1e-12
        )


def test_a_level_above_its_suppliers_is_worth_no_more_than_theirs():
    cost = metrics.serial_cost((6.5, 30.0, 22.0), **EXAMPLE)
    assert cost == pytest.approx(metrics.serial_cost((6.5, 22.0, 22.0), **EXAMPLE), rel=1e-9)
    starved = metrics.serial_cost((40.0, 30.0, 20.0), **EXAMPLE)
    assert starved == pytest.approx(metrics.serial_cost((20.0, 20.0, 20.0), **EXAMPLE), rel=1e-9)


def test_serial_cost_refuses_input_that_does_not_fit():
    with pytest.raises(ValueError, match="one entry a stage, got 2, 3 and 3"):
        metrics.serial_cost((6.5, 12.0), **EXAMPLE)
    with pytest.raises(ValueError, match="finite"):
        metrics.serial_cost((6.5, 12.0, float("nan")), **EXAMPLE)
