"""The network with weather keeps to its specification and to gymnasium's interface."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trends.rl_supply_chain.world import network
from labkit.trends.rl_supply_chain.world.network import (
    NetworkVec,
    inventory_positions,
    weather_today,
)


class OneNetwork(gymnasium.Env):
    """A batch of one as an ordinary environment, for gymnasium's own checker."""

    def __init__(self):
        self.batch = NetworkVec(1, horizon=10)
        self.observation_space = self.batch.single_observation_space
        self.action_space = self.batch.single_action_space

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.batch.reset(seed=seed)[0][0], {}

    def step(self, action):
        observations, rewards, terminated, truncated, _ = self.batch.step(action[None])
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), {}


def start_in(weather, env, **stock):
    """Observations of a batch with empty pipelines in one kind of weather."""
    rows = network._rows(env.shops)
    state = np.zeros(env.observation_space.shape, np.float32)
    state[:, rows["weather"].start + network.WEATHER.index(weather)] = 1
    for name, amount in stock.items():
        state[:, rows[name]] = amount
    return env.reset(seed=0, options={"state": state})[0]


def play(env, days, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(days):
        asked = rng.uniform(0, 12, env.action_space.shape).astype(np.float32)
        yield asked, env.step(asked)


# The checker advises spaces scaled to [-1, 1]; units are units here.
@pytest.mark.filterwarnings("ignore:.*WARN.*:UserWarning")
def test_gymnasium_accepts_the_network():
    check_env(OneNetwork(), skip_render_check=True)


def test_the_same_seed_and_orders_replay_the_same_days():
    runs = []
    for _ in range(2):
        env = NetworkVec(5)
        env.reset(seed=4)
        runs.append([rewards for _, (_, rewards, *_) in play(env, 30)])
    assert np.array_equal(runs[0], runs[1])


def test_observations_and_rewards_stay_in_bounds():
    env = NetworkVec(16)
    env.reset(seed=1)
    for _, (observations, rewards, *_) in play(env, 100):
        assert observations in env.observation_space
        assert rewards.shape == (16,) and (rewards <= 0).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_goods_leave_the_network_only_through_sales(seed):
    env = NetworkVec(4, means=(4.0, 6.0))
    before, _ = env.reset(seed=seed)
    for asked, (after, *_) in play(env, 40, seed):
        goods = inventory_positions(before, 2).sum(1) + asked[:, 0]
        sold = goods - inventory_positions(after, 2).sum(1)
        assert (sold >= -1e-2).all()
        assert (sold <= before[:, 1:3].sum(1) + 1e-2).all()
        before = after


@pytest.mark.parametrize(("weather", "days"), [("calm", 1), ("rain", 2), ("storm", 3)])
def test_a_truck_to_the_shops_takes_as_long_as_the_weather_of_its_departure(weather, days):
    env = NetworkVec(1, means=(1e-6,))
    start_in(weather, env, warehouse=10.0)
    observations = env.step(np.array([[0.0, 7.0]], np.float32))[0]
    arrived = []
    for _ in range(3):
        arrived.append(observations[0, 1])
        observations = env.step(np.zeros((1, 2), np.float32))[0]
    assert arrived == [0.0] * (days - 1) + [7.0] * (4 - days)


@pytest.mark.parametrize(("weather", "days"), [("calm", 2), ("rain", 3), ("storm", 5)])
def test_an_order_to_the_supplier_takes_as_long_as_the_weather_of_its_day(weather, days):
    env = NetworkVec(1, means=(1e-6,))
    start_in(weather, env)
    observations = env.step(np.array([[9.0, 0.0]], np.float32))[0]
    arrived = []
    for _ in range(5):
        arrived.append(observations[0, 0])
        observations = env.step(np.zeros((1, 2), np.float32))[0]
    assert arrived == [0.0] * (days - 1) + [9.0] * (6 - days)


def test_a_short_warehouse_gives_each_shop_the_same_share():
    env = NetworkVec(1, means=(1e-6, 1e-6))
    start_in("calm", env, warehouse=6.0)
    observations = env.step(np.array([[0.0, 8.0, 4.0]], np.float32))[0]
    assert observations[0, :3] == pytest.approx([0.0, 4.0, 2.0])


def test_the_cost_of_a_day_read_by_hand():
    env = NetworkVec(1, means=(1e-6,), holding=2.0, warehouse_holding=0.5)
    start_in("calm", env, warehouse=10.0, shelves=3.0)
    assert env.step(np.array([[5.0, 4.0]], np.float32))[1] == pytest.approx([-(2 * 3 + 0.5 * 6)])


def test_an_empty_shop_pays_for_every_customer_of_the_day():
    env = NetworkVec(20_000, means=(6.0,), penalty=9.0)
    for weather, factor in zip(network.WEATHER, network.DEMAND_FACTOR, strict=True):
        start_in(weather, env)
        cost = -env.step(np.zeros((20_000, 2), np.float32))[1].mean()
        # Five standard errors of the mean of 20,000 Poisson days.
        assert cost == pytest.approx(9 * 6 * factor, abs=9 * 5 * (6 * factor / 20_000) ** 0.5)


def test_the_weather_follows_its_transition_matrix():
    env = NetworkVec(20_000)
    for weather, chances in zip(network.WEATHER, network.TRANSITION, strict=True):
        start_in(weather, env)
        observations = env.step(np.zeros(env.action_space.shape, np.float32))[0]
        seen = np.bincount(weather_today(observations), minlength=3) / 20_000
        assert seen == pytest.approx(chances, abs=5 * 0.5 / 20_000**0.5)


def test_weather_chances_add_up_to_one():
    assert network.TRANSITION.sum(1) == pytest.approx(np.ones(3))


def test_an_episode_is_cut_off_at_the_horizon_and_starts_anew_in_calm_weather():
    env = NetworkVec(3, horizon=5)
    first, _ = env.reset(seed=2)
    results = [result for _, result in play(env, 5)]
    assert [bool(truncated.any()) for *_, truncated, _ in results] == [False] * 4 + [True]
    assert np.array_equal(results[-1][0], first)
    assert "final_obs" in results[-1][4]


@pytest.mark.parametrize("means", [(), (4.0, -1.0), (np.nan,), ((1.0,), (2.0,))])
def test_shops_without_a_demand_above_zero_are_refused(means):
    with pytest.raises(ValueError, match="means"):
        NetworkVec(1, means=means)


def test_orders_of_a_wrong_shape_or_below_zero_are_refused():
    env = NetworkVec(2)
    with pytest.raises(ValueError, match="shape"):
        env.step(np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="between 0"):
        env.step(np.full((2, 5), -1.0, np.float32))
