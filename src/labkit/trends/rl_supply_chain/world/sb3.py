"""Lets stable-baselines3 train on the shelf with lost sales.

Networks learn best from numbers near zero, so this is also where observations and rewards are
scaled. Choosing and tuning an algorithm is left to the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray
from stable_baselines3.common.vec_env import VecEnv

from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.world.lost_sales import LostSalesVec


def observe(states: ArrayLike, mean: float) -> NDArray[np.float32]:
    """Return what a network is shown of `states`: units counted from, and in, mean demand.

    `states` (n, lead_time) in units; returns ``states / mean - 1`` as float32 of that shape.
    """
    return (np.asarray(states, np.float32) / np.float32(mean)) - np.float32(1)


class LostSalesSB3(VecEnv):
    """`LostSalesVec` behind the vector environment interface of stable-baselines3.

    Observation: ``observe(states, mean demand)``. Action: units to order, as in `LostSalesVec`.
    Reward: ``1 - cost / (holding * mean demand)``, so that holding one mean demand scores 0.
    `steps_taken` counts the steps of all copies since the environment was made.
    Episodes end by truncation only, which is reported as ``TimeLimit.truncated`` together with
    ``terminal_observation``, so that values are bootstrapped across the cut.

    Raises ValueError where `holding` is 0, because the scale of the reward is then undefined.
    """

    def __init__(self, env: LostSalesVec) -> None:
        if env.holding == 0:
            raise ValueError("rewards are scaled by holding, which must be above 0")
        self.env = env
        self._mean = distributions.mean(env.distribution)
        self._scale = np.float32(1 / (env.holding * self._mean))
        self.steps_taken = 0
        self._actions: NDArray[Any] = np.zeros(env.num_envs, np.int64)
        observations = spaces.Box(-1.0, np.inf, (env.lead_time,), np.float32)
        super().__init__(env.num_envs, observations, env.single_action_space)

    def reset(self) -> NDArray[np.float32]:
        """Start new episodes and return their first observations.

        Copies of one `LostSalesVec` share one random stream, so the first of the seeds given to
        `seed()` seeds them all.
        """
        states, _ = self.env.reset(seed=self._seeds[0])
        self._reset_seeds()
        return observe(states, self._mean)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the orders for `step_wait`."""
        self._actions = actions

    def step_wait(
        self,
    ) -> tuple[NDArray[np.float32], NDArray[Any], NDArray[np.bool_], list[dict[str, Any]]]:
        """Play one period and return observations, rewards, dones and infos."""
        states, rewards, _, truncated, info = self.env.step(self._actions)
        self.steps_taken += self.num_envs
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if "final_obs" in info:
            last = observe(np.stack(info["final_obs"]), self._mean)
            for row, observation in zip(infos, last, strict=True):
                row["terminal_observation"] = observation
                row["TimeLimit.truncated"] = True
        return observe(states, self._mean), 1 + rewards * self._scale, truncated, infos

    def close(self) -> None:
        """Close the wrapped environment."""
        self.env.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute of the wrapped environment, once for each copy asked for."""
        return [getattr(self.env, attr_name) for _ in self._indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of the wrapped environment, which all copies share."""
        setattr(self.env, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method of the wrapped environment once; all copies share the result."""
        result = getattr(self.env, method_name)(*method_args, **method_kwargs)
        return [result for _ in self._indices(indices)]

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Any = None
    ) -> list[bool]:
        """Return False for each copy: single copies are never wrapped."""
        return [False for _ in self._indices(indices)]

    def _indices(self, indices: Any) -> Sequence[int]:
        return list(self._get_indices(indices))


def shelf_env(
    copies: int,
    lead_time: int,
    demand: distributions.Distribution,
    holding: float,
    penalty: float,
) -> LostSalesSB3:
    """Make `copies` shelves with lost sales, ready for stable-baselines3.

    Orders reach from 0 to twice the mean demand, rounded; optimal orders do not exceed it. Episodes
    are cut off after 100 periods, so that a policy that once ordered too much starts anew.
    """
    largest = max(round(2 * distributions.mean(demand)), 1)
    world = LostSalesVec(
        copies, lead_time, demand, holding, penalty, horizon=100, max_order=largest
    )
    return LostSalesSB3(world)
