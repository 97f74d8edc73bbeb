"""The adapter to stable-baselines3 shows what two functions say, and cuts episodes."""

import numpy as np
from stable_baselines3 import PPO

from labkit.trends.rl_supply_chain.world.readings import HiddenShelf
from labkit.trends.rl_supply_chain.world.sb3 import ShelfEnv

DEMAND = {"distribution": "poisson", "mean": 5.0}


def shelf() -> HiddenShelf:
    return HiddenShelf(3, DEMAND, 2.0, 8.0, turn=1, seed=2)


def world(behind: HiddenShelf, horizon=100) -> ShelfEnv:
    return ShelfEnv(8, 3, behind.largest, behind.start, behind.step, horizon)


def test_readings_and_rewards_are_those_of_the_shelf():
    plain, adapted = shelf(), world(shelf())
    assert np.array_equal(adapted.reset(), plain.start(8))
    for _ in range(5):
        orders = np.arange(8)
        readings, costs = plain.step(orders)
        seen, rewards, dones, infos = adapted.step(orders)
        assert np.array_equal(seen, readings) and np.array_equal(rewards, 1 - costs)
        assert not dones.any() and infos == [{}] * 8


def test_the_end_of_an_episode_is_reported_as_a_cut_and_not_as_an_end():
    plain, adapted = shelf(), world(shelf(), horizon=2)
    plain.start(8)
    first = adapted.reset()
    for number in range(2):
        for orders in (np.full(8, 4), np.full(8, 7)):
            last, _ = plain.step(orders)
            seen, _, dones, infos = adapted.step(orders)
        assert dones.all() and np.array_equal(seen, first), number
        for info, reading in zip(infos, last, strict=True):
            assert info["TimeLimit.truncated"]
            assert np.array_equal(info["terminal_observation"], reading)
        plain.start(8)


def test_ppo_trains_on_the_adapter():
    behind = shelf()
    model = PPO("MlpPolicy", world(behind, horizon=10), n_steps=16, batch_size=64, seed=0)
    model.learn(256)
    orders, _ = model.predict(behind.read(np.zeros((4, 3))), deterministic=True)
    assert model.num_timesteps == 256
    assert orders.shape == (4,) and orders.min() >= 0 and orders.max() <= 10
