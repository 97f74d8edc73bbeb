"""One shelf whose unmet demand is lost: batched in NumPy, and differentiable in torch.

Both forms follow one specification, so that a policy trained through the torch form can be
played in the NumPy form. Which orders are good is left to the learner.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.world.base import Floats, InventoryVec


class LostSalesVec(InventoryVec):
    """Single-item inventory with lost sales and a lead time, many copies at once.

    Observation
        Box of shape (lead_time,), float32: stock on hand after today's delivery, then the
        orders on their way, next delivery first: ``[x, q_1, ..., q_{L-1}]``.
    Action
        Discrete(max_order + 1): the units ordered now; they arrive `lead_time` periods later.
        (Fractional orders are taken as they are, which suits policies trained by gradient.)
    Dynamics of a period
        The order q is placed, demand D occurs, what is missing is lost, the next delivery
        arrives: ``x' = max(x - D, 0) + q_1`` and the pipeline moves up by one, with q last.
        With ``lead_time=1`` the order itself is the next delivery.
    Reward
        ``-(holding * max(x - D, 0) + penalty * max(D - x, 0))``
    Start
        Two mean demands on hand and one in each place of the pipeline.
    Source
        Zipkin (2008), Old and new methods for lost-sales inventory systems,
        Operations Research 56(5).

    Parameters: `num_envs` copies; `lead_time` in periods, at least 1; `distribution` of demand, see
    `demand`; `holding` and `penalty` in money a unit and period; `horizon` in periods, after
    which episodes are truncated; `max_order` in units. Raises ValueError where one is out of
    range.
    """

    def __init__(
        self,
        num_envs: int,
        lead_time: int,
        distribution: distributions.Distribution,
        holding: float,
        penalty: float,
        horizon: int,
        max_order: int,
    ) -> None:
        if lead_time < 1 or max_order < 1:
            raise ValueError(
                f"lead_time and max_order must be at least 1, got {lead_time} and {max_order}"
            )
        self.lead_time = lead_time
        self.max_order = max_order
        self._mean = distributions.mean(distribution)
        super().__init__(
            num_envs,
            distribution,
            holding,
            penalty,
            horizon,
            observation_space=spaces.Box(0.0, np.inf, (lead_time,), np.float32),
            action_space=spaces.Discrete(max_order + 1),
        )

    def _starting_state(self) -> Floats:
        state = np.full((self.lead_time, self.num_envs), self._mean, np.float32)
        state[0] *= 2
        return state

    def _advance(self, actions: NDArray[Any], demand: Floats) -> Floats:
        state = self._state
        left = state[0] - demand
        lost = np.minimum(left, 0)
        np.maximum(left, 0, out=left)
        if self.lead_time == 1:
            np.add(left, actions, out=state[0], casting="same_kind")
        else:
            np.add(left, state[1], out=state[0])
            state[1:-1] = state[2:]
            state[-1] = actions
        left *= self.holding
        lost *= self.penalty
        left -= lost
        return left


def lost_sales_step(
    state: torch.Tensor,
    order: torch.Tensor,
    demand: torch.Tensor,
    holding: float,
    penalty: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Play one period of `LostSalesVec`, differentiable in the state and the order.

    `state` (n, lead_time), `order` (n,) and `demand` (n,) in units. Returns the next state
    (n, lead_time) and the cost of the period (n,).
    """
    net = state[:, 0] - demand
    left = torch.relu(net)
    cost = holding * left + penalty * (left - net)
    pipeline = torch.cat([state[:, 1:], order.unsqueeze(1)], dim=1)
    on_hand = (left + pipeline[:, 0]).unsqueeze(1)
    return torch.cat([on_hand, pipeline[:, 1:]], dim=1), cost
