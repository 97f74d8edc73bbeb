"""The adapter to stable-baselines3 shows the shelf scaled, and nothing else changed."""

import numpy as np
import pytest
from stable_baselines3 import PPO

from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec
from labkit.trends.rl_supply_chain.world.sb3 import LostSalesSB3, observe

DEMAND = {"distribution": "poisson", "mean": 5.0}


def world(horizon=100) -> LostSalesVec:
    return LostSalesVec(8, 3, DEMAND, 2.0, 8.0, horizon, 10)


def test_observations_and_rewards_are_those_of_the_shelf_scaled():
    plain = world()
    adapted = LostSalesSB3(world())
    states, _ = plain.reset(seed=3)
    adapted.seed(3)
    assert adapted.reset() == pytest.approx(states / 5 - 1)
    for _ in range(5):
        orders = plain.action_space.sample()
        states, rewards, *_ = plain.step(orders)
        seen, scaled, dones, infos = adapted.step(orders)
        assert seen == pytest.approx(observe(states, 5.0), abs=1e-6)
        assert seen.dtype == np.float32
        assert scaled == pytest.approx(1 + rewards / 10, abs=1e-5)
        assert not dones.any() and infos == [{}] * 8


def test_the_end_of_an_episode_is_reported_as_a_cut_and_not_as_an_end():
    adapted = LostSalesSB3(world(horizon=2))
    first = adapted.reset()
    adapted.step(np.full(8, 4))
    seen, _, dones, infos = adapted.step(np.full(8, 7))
    assert dones.all() and np.array_equal(seen, first)
    for row in infos:
        assert row["TimeLimit.truncated"]
        assert row["terminal_observation"][1:] == pytest.approx([4 / 5 - 1, 7 / 5 - 1])


def test_ppo_trains_on_the_adapter():
    model = PPO("MlpPolicy", LostSalesSB3(world(horizon=10)), n_steps=16, batch_size=64, seed=0)
    model.learn(256)
    orders, _ = model.predict(observe(np.zeros((4, 3)), 5.0), deterministic=True)
    assert model.num_timesteps == 256
    assert orders.shape == (4,) and orders.min() >= 0 and orders.max() <= 10


def test_a_shelf_that_costs_nothing_to_hold_cannot_be_scaled():
    with pytest.raises(ValueError, match="must be above 0"):
        LostSalesSB3(LostSalesVec(2, 3, DEMAND, 0.0, 8.0, 10, 10))
