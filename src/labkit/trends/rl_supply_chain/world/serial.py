"""A serial supply chain with backorders: batched in NumPy, and differentiable in torch.

Stage 0 sells to customers, stage 1 supplies stage 0, and so on; the last stage buys from a
source that never runs out. Both forms follow one specification. Which levels are good is left
to the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain import distributions
from labkit.trends.rl_supply_chain.world.base import Floats, InventoryVec

Array = TypeVar("Array", NDArray[Any], torch.Tensor)


class SerialVec(InventoryVec):
    """Serial multi-echelon inventory with backorders, many copies at once.

    Observation
        Box of shape (2 * stages + sum(lead_times) - stages,), float32: stock on hand of each
        stage; backorders each stage owes its customer; then stage by stage what is on its way
        there, next delivery first (a stage with lead time l has l - 1 places).
    Action
        Box(0, max_order, (stages,)), float32: the units each stage orders from its supplier.
    Dynamics of a period
        1. Every stage orders, and its supplier hears of it in the same period.
        2. Every stage ships what it owes as far as the stock on hand allows; the rest is
           backordered.
        3. Deliveries arrive: with lead time l, what was shipped in period t is on the shelf
           before the demand of period t + l - 1, so an order has to cover l demands.
        4. Customers ask stage 0; what is missing is backordered.
    Reward
        ``-(holding . on hand + holding of the sender . in transit + penalty * backorders_0)``,
        taken at the end of the period. What comes from the outside source costs nothing on
        its way.
    Start
        Two mean demands on hand everywhere, one in each place of the pipelines, no backorders.
    Source
        Clark and Scarf (1960), Optimal policies for a multi-echelon inventory problem,
        Management Science 6(4). Example 6.1 of Snyder and Shen (2019), Fundamentals of Supply
        Chain Theory, is this system with lead times (1, 1, 2).

    Parameters: `num_envs` copies; `lead_times` in periods, at least 1 each; `distribution` of
    customer demand; local `holding` cost rates a unit and period, one a stage; `penalty` for a
    backordered unit and period at stage 0; `horizon` in periods; `max_order` in units. Raises
    ValueError where one is out of range.
    """

    def __init__(
        self,
        num_envs: int,
        lead_times: Sequence[int],
        distribution: distributions.Distribution,
        holding: Sequence[float],
        penalty: float,
        horizon: int,
        max_order: float = 1e4,
    ) -> None:
        self.lead_times = _checked_lead_times(lead_times)
        self.stages = len(self.lead_times)
        rates = np.asarray(holding, float)
        if rates.shape != (self.stages,) or not (np.isfinite(rates).all() and (rates >= 0).all()):
            raise ValueError(
                f"holding needs one rate of at least 0 for each of {self.stages} stages, "
                f"got {holding}"
            )
        if not max_order > 0:
            raise ValueError(f"max_order must be above 0, got {max_order}")
        self.rates = rates.astype(np.float32)
        self.max_order = max_order
        self._mean = distributions.mean(distribution)
        self._starts = _pipeline_starts(self.lead_times)
        super().__init__(
            num_envs,
            distribution,
            float(rates[0]),
            penalty,
            horizon,
            observation_space=spaces.Box(-np.inf, np.inf, (self._starts[-1],), np.float32),
            action_space=spaces.Box(0.0, max_order, (self.stages,), np.float32),
        )

    def _starting_state(self) -> Floats:
        state = np.full((self._starts[-1], self.num_envs), self._mean, np.float32)
        state[: self.stages] *= 2
        state[self.stages : 2 * self.stages] = 0
        return state

    def _advance(self, actions: NDArray[Any], demand: Floats) -> Floats:
        state, stages = self._state, self.stages
        on_hand, owed = state[:stages], state[stages : 2 * stages]
        orders = actions.T
        cost = np.zeros(self.num_envs, np.float32)
        # A stage ships from what it had at the start of the period, so each stage has to send
        # before its own delivery arrives: stage j receives only after stage j - 1 was served.
        for stage in range(stages):
            pipeline = state[self._starts[stage] : self._starts[stage + 1]]
            if stage + 1 < stages:
                shipped = _ship(on_hand[stage + 1], owed[stage + 1], orders[stage])
            else:
                shipped = orders[stage]
            if len(pipeline) == 0:
                on_hand[stage] += shipped
                continue
            on_hand[stage] += pipeline[0]
            pipeline[:-1] = pipeline[1:]
            pipeline[-1] = shipped
            if stage + 1 < stages:
                cost += pipeline.sum(0) * self.rates[stage + 1]
        _ship(on_hand[0], owed[0], demand)
        cost += self.rates @ on_hand
        cost += self.penalty * owed[0]
        return cost


def _ship(on_hand: Floats, owed: Floats, ordered: NDArray[Any]) -> Floats:
    """Serve old and new orders from stock, both updated in place; return what was shipped."""
    owed += ordered
    shipped = np.minimum(on_hand, owed)
    owed -= shipped
    on_hand -= shipped
    return shipped


def serial_step(
    state: torch.Tensor,
    orders: torch.Tensor,
    demand: torch.Tensor,
    lead_times: Sequence[int],
    holding: Sequence[float],
    penalty: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Play one period of `SerialVec`, differentiable in the state and the orders.

    `state` (n, quantities) laid out like the observation of `SerialVec`, `orders` (n, stages)
    and `demand` (n,) in units. Returns the next state and the cost of the period (n,).
    """
    stages = len(lead_times)
    starts = _pipeline_starts(lead_times)
    on_hand = list(state[:, :stages].unbind(1))
    owed = list(state[:, stages : 2 * stages].unbind(1))
    shipped = list(orders.unbind(1))
    for stage in range(1, stages):
        asked = owed[stage] + orders[:, stage - 1]
        shipped[stage - 1] = torch.minimum(on_hand[stage], asked)
        owed[stage] = asked - shipped[stage - 1]
        on_hand[stage] = on_hand[stage] - shipped[stage - 1]
    pipelines = []
    for stage in range(stages):
        pipeline = torch.cat(
            [state[:, starts[stage] : starts[stage + 1]], shipped[stage].unsqueeze(1)], dim=1
        )
        on_hand[stage] = on_hand[stage] + pipeline[:, 0]
        pipelines.append(pipeline[:, 1:])
    asked = owed[0] + demand
    sold = torch.minimum(on_hand[0], asked)
    owed[0], on_hand[0] = asked - sold, on_hand[0] - sold
    cost = penalty * owed[0]
    for stage in range(stages):
        cost = cost + holding[stage] * on_hand[stage]
    for stage in range(stages - 1):
        cost = cost + holding[stage + 1] * pipelines[stage].sum(1)
    stock = torch.stack(on_hand + owed, dim=1)
    return torch.cat([stock, *pipelines], dim=1), cost


def echelon_inventory_position(state: Array, lead_times: Sequence[int]) -> Array:
    """Return each stage's echelon inventory position, shape (n, stages), in units.

    All stock at the stage, downstream of it and on its way to any of these, minus what is owed
    to customers, plus what its own supplier still owes it. `state` is an observation of
    `SerialVec` or a state of `serial_step`, shape (n, quantities).
    """
    stages = len(lead_times)
    starts = _pipeline_starts(lead_times)
    on_hand, owed = state[:, :stages], state[:, stages : 2 * stages]
    position = on_hand + 0
    for stage in range(stages):
        position[:, stage] += state[:, starts[stage] : starts[stage + 1]].sum(1)
    position = position.cumsum(1) - owed[:, :1]
    position[:, :-1] += owed[:, 1:]
    return position


def _checked_lead_times(lead_times: Sequence[int]) -> tuple[int, ...]:
    checked = tuple(int(lead_time) for lead_time in lead_times)
    if not checked or any(lead_time < 1 for lead_time in checked):
        raise ValueError(f"lead_times needs one number of at least 1 a stage, got {lead_times}")
    return checked


def _pipeline_starts(lead_times: Sequence[int]) -> list[int]:
    """Return where each stage's pipeline begins in the state, and where the last one ends."""
    starts = [2 * len(lead_times)]
    for lead_time in lead_times:
        starts.append(starts[-1] + lead_time - 1)
    return starts
