"""The hidden shelf: the dynamics of `lost_sales`, seen through readings that nobody explains."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec, lost_sales_step
from labkit.trends.rl_supply_chain.world.readings import HiddenShelf, _rotation, through

DEMANDS = [
    {"distribution": "discrete", "values": [0, 6], "probabilities": [0.5, 0.5]},
    {"distribution": "poisson", "mean": 5.0},
]
COPIES = 16


def hidden(lead_time=3, demand=DEMANDS[0], turn=1):
    return HiddenShelf(lead_time, demand, 2.0, 7.0, turn=turn, seed=4)


def demands_of(shelf, periods):
    """The demand that a new shelf meets, drawn again."""
    rng, sampler = np.random.default_rng(4), distributions.Sampler(shelf._sampler.demand)
    return [sampler(rng, COPIES) for _ in range(periods)]


def some_orders(seed, periods=12):
    return np.random.default_rng(seed).uniform(0, 12, (periods, COPIES)).astype(np.float32)


def slopes_by_autograd(shelf, state, ordered, taken):
    """Slopes of `lost_sales_step` in readings, and which copies are not just sold out."""
    turned, taken = torch.from_numpy(shelf._mixing).float(), torch.from_numpy(taken)
    readings = torch.from_numpy(shelf.read(state)).requires_grad_()
    order = torch.from_numpy(ordered).requires_grad_()
    units = shelf.mean * (readings @ turned.T + 1)
    following, cost = lost_sales_step(units, order, taken, 2.0, 7.0)
    outputs = [*((following / shelf.mean - 1) @ turned).T, cost / (2.0 * shelf.mean)]
    rows = []
    for output in outputs:
        by_readings, by_order = torch.autograd.grad(
            output.sum(), (readings, order), retain_graph=True, materialize_grads=True
        )
        rows.append(torch.cat([by_readings, by_order[:, None]], dim=1))
    return torch.stack(rows, dim=1).numpy(), (state[:, 0] - taken).abs().numpy() > 1e-3


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.sampled_from(DEMANDS), st.integers(0, 1000))
def test_readings_costs_and_slopes_are_those_of_the_differentiable_shelf(lead_time, demand, seed):
    shelf, orders = hidden(lead_time, demand), some_orders(seed)
    mean = distributions.mean(demand)
    state = torch.full((COPIES, lead_time), float(mean))
    state[:, 0] *= 2
    assert shelf.start(COPIES) == pytest.approx(shelf.read(state), abs=1e-5)
    for ordered, taken in zip(orders, demands_of(shelf, len(orders)), strict=True):
        expected, off_the_kink = slopes_by_autograd(shelf, state, ordered, taken)
        seen, costs, slopes = shelf.step_with_slopes(ordered)
        assert slopes[off_the_kink] == pytest.approx(expected[off_the_kink], abs=1e-4)
        state, paid = lost_sales_step(
            state, torch.from_numpy(ordered), torch.from_numpy(taken), 2.0, 7.0
        )
        assert seen == pytest.approx(shelf.read(state), abs=1e-4)
        assert costs == pytest.approx(paid.numpy() / (2.0 * mean), abs=1e-4)


@pytest.mark.parametrize("lead_time", [1, 4])
def test_a_hidden_shelf_plays_as_the_batched_one_does(lead_time):
    shelf, plain = hidden(lead_time), LostSalesVec(COPIES, lead_time, DEMANDS[0], 2.0, 7.0, 50, 12)
    states, _ = plain.reset(seed=0)
    assert shelf.start(COPIES) == pytest.approx(shelf.read(states), abs=1e-6)
    for ordered, taken in zip(some_orders(0), demands_of(shelf, 12), strict=True):
        plain._next_demand = lambda taken=taken: taken
        states, rewards, *_ = plain.step(ordered)
        seen, costs = shelf.step(ordered)
        assert seen == pytest.approx(shelf.read(states), abs=1e-5)
        assert costs == pytest.approx(-rewards / (2.0 * 3.0), abs=1e-5)
        assert seen.dtype == costs.dtype == np.float32


def test_a_shelf_that_is_just_sold_out_has_the_slopes_of_the_differentiable_one():
    shelf = HiddenShelf(
        2, {"distribution": "discrete", "values": [6], "probabilities": [1.0]}, 1.0, 4.0, 1, 2
    )
    shelf.start(1)
    shelf.step(np.array([6.0]))
    state = torch.tensor([[12.0, 6.0]], requires_grad=True)
    demand = torch.tensor([12.0])
    _, cost = lost_sales_step(state, torch.ones(1), demand, 1.0, 4.0)
    cost.sum().backward()
    shelf._state[0] = 1.0  # as much as is asked for
    _, _, slopes = shelf.step_with_slopes(np.ones(1))
    by_stock = slopes[0, -1, :-1] @ shelf._mixing[0]
    assert by_stock == pytest.approx(state.grad[0, 0].item(), abs=1e-5)


def test_gradients_through_the_readings_are_those_of_the_shelf():
    shelf, orders = hidden(), some_orders(3, 9)
    level = torch.tensor(11.0, requires_grad=True)
    seen, total = torch.from_numpy(shelf.start(COPIES)), torch.zeros(())
    weights = torch.from_numpy(shelf._mixing.sum(axis=0)).float()  # the position, in readings
    for extra in torch.from_numpy(orders):
        position = 3.0 * (seen @ weights + 3)
        seen, costs = through(
            shelf.step_with_slopes, seen, torch.relu(level - position) + extra / 12
        )
        total = total + costs.sum()
    total.backward()

    again = torch.tensor(11.0, requires_grad=True)
    state, expected = torch.full((COPIES, 3), 3.0), torch.zeros(())
    state[:, 0] *= 2
    for extra, taken in zip(torch.from_numpy(orders), demands_of(shelf, 9), strict=True):
        order = torch.relu(again - state.sum(1)) + extra / 12
        state, costs = lost_sales_step(state, order, torch.from_numpy(taken), 2.0, 7.0)
        expected = expected + costs.sum() / 6.0
    expected.backward()
    assert total.item() == pytest.approx(expected.item(), rel=1e-4)
    assert level.grad.item() == pytest.approx(again.grad.item(), rel=1e-3)
    assert abs(level.grad.item()) > 0.1


def test_another_turn_shows_the_same_shelf_otherwise():
    states = np.random.default_rng(0).uniform(0, 12, (50, 5))
    one, other = hidden(5, turn=1), hidden(5, turn=2)
    assert np.abs(one.read(states) - other.read(states)).max() > 1
    lengths = [np.linalg.norm(shelf.read(states), axis=1) for shelf in (one, other)]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-5)


def test_no_direction_of_the_readings_is_preferred():
    drawn = np.array([_rotation(5, turn) for turn in range(2_000)])
    # An entry's standard deviation is 0.45, that of a mean of 2,000 is 0.01.
    assert np.abs(drawn.mean(axis=0)).max() < 5 * 0.01
    assert (drawn**2).mean(axis=0) == pytest.approx(np.full((5, 5), 0.2), abs=0.03)


def test_demand_goes_on_from_start_to_start_and_is_the_same_for_the_same_seed():
    def costs(shelf):
        shelf.start(COPIES)
        return np.array([shelf.step(np.full(COPIES, 3.0))[1] for _ in range(20)])

    shelf, twin = hidden(), hidden()
    first = costs(shelf)
    assert np.array_equal(first, costs(twin))
    assert not np.array_equal(first, costs(shelf))


def test_the_largest_order_is_twice_the_mean_demand_and_one_unit_at_least():
    slow = {"distribution": "discrete", "values": [0, 1], "probabilities": [0.9, 0.1]}
    assert (hidden().largest, hidden(demand=slow).largest) == (6, 1)


@pytest.mark.parametrize(
    ("orders", "message"),
    [
        (np.zeros(3), "must have shape"),
        (np.zeros((COPIES, 1)), "must have shape"),
        (np.full(COPIES, -1.0), "at least 0"),
        (np.full(COPIES, np.nan), "must be finite"),
        (np.full(COPIES, np.inf), "must be finite"),
    ],
)
def test_orders_that_make_no_sense_are_refused(orders, message):
    shelf = hidden()
    shelf.start(COPIES)
    with pytest.raises(ValueError, match=message):
        shelf.step(orders)


def test_a_step_needs_a_start():
    with pytest.raises(ValueError, match="call start"):
        hidden().step(np.zeros(1))


def test_a_shelf_that_cannot_be_scaled_is_refused():
    with pytest.raises(ValueError, match="holding above 0"):
        HiddenShelf(3, DEMANDS[0], 0.0, 7.0, turn=1, seed=2)
