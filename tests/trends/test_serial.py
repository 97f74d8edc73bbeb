"""The serial supply chain: one specification, two implementations, gymnasium's rules."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trends.rl_supply_chain.metrics import serial_cost
from labkit.trends.rl_supply_chain.world.serial import (
    SerialVec,
    echelon_inventory_position,
    serial_step,
)

NORMAL = {"distribution": "normal", "mean": 5.0, "sd": 1.0}
LEAD_TIMES, HOLDING, PENALTY = (1, 1, 2), (7.0, 4.0, 2.0), 37.12


def chain(
    num_envs=4, lead_times=LEAD_TIMES, distribution=NORMAL, horizon=50, max_order=1e4
) -> SerialVec:
    holding = [float(rate) for rate in range(len(lead_times), 0, -1)]
    return SerialVec(num_envs, lead_times, distribution, holding, PENALTY, horizon, max_order)


class OneChain(gymnasium.Env):
    """A batch of one as a single environment, which is what gymnasium's checker takes."""

    def __init__(self) -> None:
        self.batch = chain(num_envs=1, max_order=20.0)
        self.observation_space = self.batch.single_observation_space
        self.action_space = self.batch.single_action_space

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        observations, info = self.batch.reset(seed=seed)
        return observations[0], info

    def step(self, action):
        observations, rewards, terminated, truncated, _ = self.batch.step(action[None])
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), {}


# Stock has no bounds (normal demand can return units), orders are units and not a fraction of
# one, and there is no registered spec to make a second environment from.
@pytest.mark.filterwarnings("ignore:.*Box observation space m..imum value is -?infinity")
@pytest.mark.filterwarnings("ignore:.*recommend using a symmetric and normalized space")
@pytest.mark.filterwarnings("ignore:.*environment spec")
@pytest.mark.filterwarnings("ignore:.*different render modes")
@pytest.mark.filterwarnings("error")
def test_a_view_of_one_chain_passes_gymnasiums_checker():
    check_env(OneChain(), skip_render_check=True)


def test_the_batch_stays_in_its_spaces_and_starts_anew_at_the_horizon():
    env = chain(horizon=3)
    first, _ = env.reset(seed=0)
    assert first in env.observation_space
    orders = np.full((4, 3), 5, np.float32)
    assert orders in env.action_space
    steps = [env.step(orders) for _ in range(3)]
    assert all(step[0] in env.observation_space for step in steps)
    assert [step[3].all() for step in steps] == [False, False, True]
    assert np.array_equal(steps[-1][0], first)
    assert np.stack(steps[-1][4]["final_obs"]).shape == first.shape


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 10_000))
def test_numpy_and_torch_agree_and_no_unit_appears_or_vanishes(lead_times, seed):
    rng = np.random.default_rng(seed)
    env = chain(lead_times=lead_times)
    stages = len(lead_times)
    state = np.round(rng.uniform(0, 12, env.observation_space.shape)).astype(np.float32)
    orders = np.round(rng.uniform(0, 12, (4, stages))).astype(np.float32)
    env.reset(seed=seed, options={"state": state})
    following, rewards, *_ = env.step(orders)
    demand = env._block[env._next_row - 1]
    expected, cost = serial_step(
        *map(torch.from_numpy, (state, orders, demand)), lead_times, env.rates.tolist(), PENALTY
    )
    assert following == pytest.approx(expected.numpy(), abs=1e-3)
    assert -rewards == pytest.approx(cost.numpy(), rel=1e-4, abs=1e-2)
    # What exists in the chain, minus what customers are owed, changes by order and demand only.
    owed = slice(stages, 2 * stages)
    before = np.delete(state, owed, 1).sum(1) - state[:, stages]
    after = np.delete(following, owed, 1).sum(1) - following[:, stages]
    assert after == pytest.approx(before + orders[:, -1] - demand, abs=1e-3)


def test_a_shipment_covers_as_many_demands_as_its_lead_time_says():
    nothing = {"distribution": "discrete", "values": [0], "probabilities": [1.0]}
    env = chain(num_envs=1, lead_times=(1, 3), distribution=nothing)
    env.reset(options={"state": np.zeros(env.observation_space.shape)})
    upstream = [
        env.step(np.array([[0, 9 if period == 0 else 0]], np.float32))[0][0, 1]
        for period in range(4)
    ]
    assert upstream == [0, 0, 9, 9]
    downstream = env.step(np.array([[4, 0]], np.float32))[0][0]
    assert downstream[:2].tolist() == [4, 5]


def test_the_echelon_position_counts_everything_once_in_both_forms():
    env = chain(num_envs=1, lead_times=(2, 1, 3))
    #                on hand  owed     on its way to stage 0, 2, 2
    state = np.array([[3, 4, 5, 1, 2, 6, 10, 20, 30]], np.float32)
    assert state.shape == env.observation_space.shape
    expected = [[3 + 10 - 1 + 2, 3 + 10 + 4 - 1 + 6, 3 + 10 + 4 + 5 + 50 - 1]]
    assert echelon_inventory_position(state, (2, 1, 3)).tolist() == expected
    assert echelon_inventory_position(torch.from_numpy(state), (2, 1, 3)).tolist() == expected


def simulated_cost(levels, periods=1500, copies=1500, warm_up=100):
    """Return the mean cost a period under echelon levels, and its standard error."""
    env = SerialVec(copies, LEAD_TIMES, NORMAL, HOLDING, PENALTY, horizon=10**6)
    state, _ = env.reset(seed=3)
    target = np.asarray(levels, np.float32)
    total = np.zeros(copies)
    for period in range(warm_up + periods):
        position = echelon_inventory_position(state, LEAD_TIMES)
        state, rewards, *_ = env.step(np.maximum(target - position, 0))
        if period >= warm_up:
            total -= rewards
    each = total / periods
    return each.mean(), each.std() / np.sqrt(copies)


@pytest.mark.parametrize(
    "levels", [(6.49, 12.02, 22.71), (7.0, 11.0, 21.0), (6.5, 24.0, 22.0)], ids=str
)
def test_simulated_and_exact_cost_agree(levels):
    mean, error = simulated_cost(levels)
    exact = serial_cost(levels, LEAD_TIMES, HOLDING, PENALTY, 5.0, 1.0)
    # 32-bit sums of stock add a little to the sampling error.
    assert abs(mean - exact) < 4 * error + 2e-4 * exact


def test_orders_and_parameters_that_make_no_sense_are_refused():
    env = chain(max_order=20.0)
    env.reset(seed=0)
    for bad in (np.full((4, 3), -1.0), np.full((4, 3), np.nan), np.full((4, 2), 5.0)):
        with pytest.raises(ValueError, match="orders must lie|shape"):
            env.step(bad)
    with pytest.raises(ValueError, match="at least 1 a stage"):
        SerialVec(4, (1, 0), NORMAL, (2, 1), PENALTY, 10)
    with pytest.raises(ValueError, match="holding needs one rate"):
        SerialVec(4, (1, 1), NORMAL, (2, 1, 1), PENALTY, 10)
