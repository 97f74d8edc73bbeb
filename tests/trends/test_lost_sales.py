"""The shelf with lost sales: one specification, two implementations, gymnasium's rules."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec, lost_sales_step

POISSON = {"distribution": "poisson", "mean": 5.0}


def shelf(num_envs=3, lead_time=3, distribution=POISSON, horizon=50, max_order=12) -> LostSalesVec:
    return LostSalesVec(num_envs, lead_time, distribution, 1.0, 4.0, horizon, max_order)


class OneShelf(gymnasium.Env):
    """A batch of one, seen as a single environment.

    gymnasium 1.4 has no checker for vector environments: `check_env` asserts a `gymnasium.Env`.
    Through this view it checks spaces, seeding, types, and that returned arrays are not shared.
    """

    def __init__(self) -> None:
        self.batch = shelf(num_envs=1)
        self.observation_space = self.batch.single_observation_space
        self.action_space = self.batch.single_action_space

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        observations, info = self.batch.reset(seed=seed)
        return observations[0], info

    def step(self, action):
        observations, rewards, terminated, truncated, _ = self.batch.step(np.array([action]))
        return observations[0], float(rewards[0]), bool(terminated[0]), bool(truncated[0]), {}


# Stock has no upper bound, and there is no registered spec to make a second environment from.
@pytest.mark.filterwarnings("ignore:.*Box observation space maximum value is infinity")
@pytest.mark.filterwarnings("ignore:.*environment spec")
@pytest.mark.filterwarnings("ignore:.*different render modes")
@pytest.mark.filterwarnings("error")
def test_a_view_of_one_shelf_passes_gymnasiums_checker():
    check_env(OneShelf(), skip_render_check=True)


def test_the_batch_offers_what_gymnasium_asks_of_a_vector_environment():
    env = shelf()
    observations, info = env.reset(seed=0)
    assert env.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert observations in env.observation_space and info == {}
    step = env.step(env.action_space.sample())
    assert step[0] in env.observation_space
    assert [part.shape for part in step[1:4]] == [(3,)] * 3
    assert step[2].dtype == step[3].dtype == np.bool_
    assert gymnasium.vector.utils.batch_space(env.single_action_space, 3) == env.action_space


def test_gymnasiums_own_wrappers_run_on_the_batch():
    env = gymnasium.wrappers.vector.RecordEpisodeStatistics(shelf(horizon=5))
    env.reset(seed=1)
    total = np.zeros(3)
    for _ in range(5):
        _, rewards, _, _, info = env.step(np.array([5, 4, 6]))
        total += rewards
    assert info["episode"]["r"] == pytest.approx(total)
    assert (info["episode"]["l"] == 5).all()


def test_the_last_observation_of_an_episode_is_handed_over_with_the_first_of_the_next():
    env = shelf(horizon=2)
    first, _ = env.reset(seed=2)
    env.step(np.array([1, 2, 3]))
    following, _, terminated, truncated, info = env.step(np.array([4, 5, 6]))
    assert truncated.all() and not terminated.any() and info["_final_obs"].all()
    assert np.array_equal(following, first)
    last = np.stack(info["final_obs"])
    assert np.array_equal(last[:, 1:], [[1, 4], [2, 5], [3, 6]])
    assert not env.step(np.array([0, 0, 0]))[3].any()


def test_equal_seeds_give_equal_trajectories_and_other_seeds_do_not():
    def costs(seed):
        env = shelf(num_envs=64)
        env.step(np.zeros(64, int))  # leaves a half-used block of demand behind
        env.reset(seed=seed)
        return np.stack([env.step(np.full(64, 5))[1] for _ in range(20)])

    assert np.array_equal(costs(3), costs(3))
    assert not np.array_equal(costs(3), costs(4))


def test_changing_what_was_returned_does_not_change_the_world():
    env, twin = shelf(), shelf()
    observations, _ = env.reset(seed=5)
    twin.reset(seed=5)
    observations[:] = 99
    assert np.array_equal(env.step(np.array([1, 2, 3]))[0], twin.step(np.array([1, 2, 3]))[0])


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 6))
def test_numpy_and_torch_agree_and_no_unit_appears_or_vanishes(data, lead_time):
    distribution = data.draw(
        st.sampled_from([POISSON, {"distribution": "gamma", "mean": 4.0, "sd": 3.0}])
    )
    env = shelf(num_envs=5, lead_time=lead_time, distribution=distribution)
    units = st.integers(0, 12)
    state = np.array(
        data.draw(st.lists(units, min_size=5 * lead_time, max_size=5 * lead_time)), np.float32
    ).reshape(5, lead_time)
    orders = np.array(data.draw(st.lists(units, min_size=5, max_size=5)))
    env.reset(seed=data.draw(st.integers(0, 1000)), options={"state": state})
    following, rewards, *_ = env.step(orders)
    demand = env._block[env._next_row - 1]
    expected, cost = lost_sales_step(
        torch.from_numpy(state),
        torch.from_numpy(orders).float(),
        torch.from_numpy(demand),
        holding=1.0,
        penalty=4.0,
    )
    assert following == pytest.approx(expected.numpy(), abs=1e-5)
    assert -rewards == pytest.approx(cost.numpy(), abs=1e-4)
    sold = np.minimum(state[:, 0], demand)
    assert following.sum(1) == pytest.approx(state.sum(1) + orders - sold, abs=1e-4)


def test_an_order_arrives_after_the_lead_time_and_not_before():
    nothing = {"distribution": "discrete", "values": [0], "probabilities": [1.0]}
    env = shelf(num_envs=1, lead_time=4, distribution=nothing)
    env.reset(options={"state": np.zeros((1, 4))})
    on_hand = [env.step(np.array([9 if period == 0 else 0]))[0][0, 0] for period in range(5)]
    assert on_hand == [0, 0, 0, 9, 9]


def test_the_gradient_of_the_cost_is_that_of_its_definition():
    state = torch.tensor([[3.0, 2.0], [8.0, 2.0]], requires_grad=True)
    _, cost = lost_sales_step(state, torch.ones(2), torch.tensor([5.0, 5.0]), 1.0, 4.0)
    cost.sum().backward()
    assert torch.equal(state.grad[:, 0], torch.tensor([-4.0, 1.0]))


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        (np.array([1, 2]), "shape"),
        (np.array([1, 2, -1]), "between 0 and max_order=12"),
        (np.array([1, 2, 13]), "between 0 and max_order=12"),
        (np.array([1, 2, np.nan]), "between 0 and max_order=12"),
    ],
)
def test_orders_that_make_no_sense_are_refused(actions, message):
    env = shelf()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=message):
        env.step(actions)


@pytest.mark.parametrize(
    "change", [{"num_envs": 0}, {"lead_time": 0}, {"horizon": 0}, {"max_order": 0}]
)
def test_a_shelf_that_makes_no_sense_is_refused(change):
    with pytest.raises(ValueError, match="at least 1"):
        shelf(**change)
