"""Lets stable-baselines3 train on copies of a world that is reached through two functions.

One starts the copies, the other plays a period of them all, as `start` and `step` of a shelf in
`readings` do. Choosing and tuning an algorithm is left to the learner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from stable_baselines3.common.vec_env import VecEnv

Floats = NDArray[np.float32]


class ShelfEnv(VecEnv):
    """Copies of a shelf behind the vector environment interface of stable-baselines3.

    Observation: the `readings` numbers of each copy. Action: units to order, 0 to `largest`.
    Reward: 1 minus the cost of the period. Episodes end after `horizon` periods, by truncation
    only, which is reported as ``TimeLimit.truncated`` together with ``terminal_observation``, so
    that values are bootstrapped across the cut; a policy that once ordered too much starts anew.

    Args:
        copies: how many are played at once.
        readings: how many numbers a copy shows.
        largest: units of the largest order.
        start: takes the number of copies, returns the first readings (copies, readings).
        step: takes orders (copies,), returns the next readings and the costs (copies,). Demand is
            drawn there, so that seeds which are given to this environment change nothing.
        horizon: periods of an episode.
    """

    render_mode = None

    def __init__(
        self,
        copies: int,
        readings: int,
        largest: int,
        start: Callable[[int], Floats],
        step: Callable[[NDArray[Any]], tuple[Floats, Floats]],
        horizon: int = 100,
    ) -> None:
        self._start, self._step, self._horizon = start, step, horizon
        self._period = 0
        self._orders: NDArray[Any] = np.zeros(copies, np.int64)
        observations = spaces.Box(-np.inf, np.inf, (readings,), np.float32)
        super().__init__(copies, observations, spaces.Discrete(largest + 1))

    def reset(self) -> Floats:
        """Start new episodes and return their first readings."""
        self._period = 0
        return self._start(self.num_envs)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the orders for `step_wait`."""
        self._orders = actions

    def step_wait(self) -> tuple[Floats, Floats, NDArray[np.bool_], list[dict[str, Any]]]:
        """Play one period and return readings, rewards, dones and infos."""
        readings, costs = self._step(self._orders)
        self._period += 1
        is_over = self._period == self._horizon
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if is_over:
            for info, last in zip(infos, readings, strict=True):
                info["terminal_observation"] = last
                info["TimeLimit.truncated"] = True
            readings = self.reset()
        return readings, 1 - costs, np.full(self.num_envs, is_over), infos

    def close(self) -> None:
        """Nothing has to be closed."""

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute, which all copies share, once for each copy asked for."""
        return [getattr(self, attr_name) for _ in self._indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute, which all copies share."""
        setattr(self, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any
    ) -> list[Any]:
        """Call a method once; all copies share the result."""
        result = getattr(self, method_name)(*method_args, **method_kwargs)
        return [result for _ in self._indices(indices)]

    def env_is_wrapped(
        self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Any = None
    ) -> list[bool]:
        """Return False for each copy: single copies are never wrapped."""
        return [False for _ in self._indices(indices)]

    def _indices(self, indices: Any) -> Sequence[int]:
        return list(self._get_indices(indices))
