"""What the batched inventory simulators share: episodes, seeding and a stream of demand.

All environments of a batch start together and are cut off together after `horizon` periods, so
one counter serves the batch. The dynamics are left to the subclasses.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain import distributions

Floats = NDArray[np.float32]

# Demand is drawn this many numbers at a time: enough to hide the call, few enough to stay in the
# cache. At batch 4,096 a step took 25, 21, 21 and 26 microseconds with blocks of 2**14, 2**16,
# 2**18 and 2**20.
_BLOCK = 65_536


class InventoryVec(VectorEnv[Floats, NDArray[Any], NDArray[Any]]):
    """Batch of equal inventory systems that face independent demand.

    Subclasses define the spaces, `_starting_state()` and `_advance(actions, demand)`. The state
    is kept one row a quantity, shape (quantities, num_envs), because the arithmetic of a step
    then runs over contiguous memory; observations are its transposed copy.

    Autoreset happens in the same step (`AutoresetMode.SAME_STEP`): the step that reaches the
    horizon returns the first observation of the next episode, and the last one of the old
    episode in ``info["final_obs"]``, as gymnasium documents.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}

    def __init__(
        self,
        num_envs: int,
        distribution: distributions.Distribution,
        holding: float,
        penalty: float,
        horizon: int,
        observation_space: gymnasium.Space[Any],
        action_space: gymnasium.Space[Any],
    ) -> None:
        if num_envs < 1 or horizon < 1:
            raise ValueError(
                f"num_envs and horizon must be at least 1, got {num_envs} and {horizon}"
            )
        if not (np.isfinite(holding) and holding >= 0 and np.isfinite(penalty) and penalty >= 0):
            raise ValueError(
                f"holding and penalty are costs of at least 0 a unit, got {holding} and {penalty}"
            )
        self.num_envs = num_envs
        self.distribution = distribution
        self.holding = float(holding)
        self.penalty = float(penalty)
        self.horizon = horizon
        self.single_observation_space = observation_space
        self.single_action_space = action_space
        self.observation_space = batch_space(observation_space, num_envs)
        self.action_space = batch_space(action_space, num_envs)
        self._sampler = distributions.Sampler(distribution)
        self._block: Floats = np.empty((0, num_envs), np.float32)
        self._next_row = 0
        self._period = 0
        self._state = self._starting_state()

    def _starting_state(self) -> Floats:
        """Return a new state of shape (quantities, num_envs)."""
        raise NotImplementedError

    def _advance(self, actions: NDArray[Any], demand: Floats) -> Floats:
        """Move the state on by one period and return each environment's cost, (num_envs,)."""
        raise NotImplementedError

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Start new episodes everywhere and return `(observations, info)`.

        `seed` starts the stream of demand anew. ``options={"state": array}`` of shape
        (num_envs, quantities) starts from those observations instead of the usual state.
        """
        super().reset(seed=seed)
        if seed is not None:
            self._block = self._block[:0]
            self._next_row = 0
        self._period = 0
        self._state = self._starting_state()
        if options and "state" in options:
            state = np.asarray(options["state"], np.float32)
            if state.shape != self.observation_space.shape or not np.isfinite(state).all():
                raise ValueError(
                    f"options['state'] must be finite numbers of shape "
                    f"{self.observation_space.shape}, got shape {state.shape}"
                )
            self._state[:] = state.T
        return self._observations(), {}

    def step(
        self, actions: NDArray[Any]
    ) -> tuple[Floats, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Play one period: `(observations, rewards, terminated, truncated, info)`.

        Rewards are minus the cost of the period. Episodes never terminate; at the horizon they
        are truncated. Raises ValueError for actions of a wrong shape or out of bounds.
        """
        rewards = self._advance(self._checked(actions), self._next_demand())
        np.negative(rewards, out=rewards)
        terminated = np.zeros(self.num_envs, np.bool_)
        truncated = np.zeros(self.num_envs, np.bool_)
        info: dict[str, Any] = {}
        self._period += 1
        if self._period == self.horizon:
            truncated[:] = True
            info = self._final_info()
            self._state = self._starting_state()
            self._period = 0
        return self._observations(), rewards, terminated, truncated, info

    def _checked(self, actions: NDArray[Any]) -> NDArray[Any]:
        actions = np.asarray(actions)
        if actions.shape != self.action_space.shape:
            raise ValueError(
                f"actions must have shape {self.action_space.shape}, one for each environment, "
                f"got {actions.shape}"
            )
        smallest, largest = actions.min(), actions.max()
        # Written so that NaN fails too.
        if not (smallest >= 0 and largest <= self.max_order):
            raise ValueError(
                f"orders must lie between 0 and max_order={self.max_order}, "
                f"got {smallest} to {largest}"
            )
        return actions

    max_order: float

    def _next_demand(self) -> Floats:
        if self._next_row == len(self._block):
            rows = max(1, _BLOCK // self.num_envs)
            self._block = self._sampler(self.np_random, (rows, self.num_envs))
            self._next_row = 0
        self._next_row += 1
        return self._block[self._next_row - 1]

    def _observations(self) -> Floats:
        return self._state.copy().T

    def _final_info(self) -> dict[str, Any]:
        """Pack the last observations the way gymnasium's own vector environments do."""
        final = np.empty(self.num_envs, dtype=object)
        final[:] = list(self._observations())
        everyone = np.ones(self.num_envs, np.bool_)
        return {
            "final_obs": final,
            "_final_obs": everyone,
            "final_info": {},
            "_final_info": everyone.copy(),
        }
