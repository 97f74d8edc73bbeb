"""A shelf with lost sales that shows itself through readings, as a supplier's system might.

The shelf of `lost_sales`, but whoever trains on it is told neither its state nor what its customers
do: each reading mixes all that is on hand and on its way, on every shelf in another way. `through`
makes the step of such a shelf differentiable in torch. Which orders are good is left to the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from labkit.trends.rl_supply_chain import distributions

Floats = NDArray[np.float32]
StepWithSlopes = Callable[[Any], tuple[Floats, Floats, Floats]]


class HiddenShelf:
    """Many copies of one shelf of `LostSalesVec`, behind readings.

    Readings
        ``(state / mean demand - 1) @ mixing``, float32, shape (copies, lead_time). `mixing` is a
        random orthogonal matrix without a preferred direction, so that no reading stands for one
        thing, and what was learned on one shelf says nothing about the next.
    Orders
        Units, shape (copies,), at least 0; fractions are taken as they are.
    Costs
        Those of `LostSalesVec`, divided by ``holding * mean demand``.
    Slopes
        Derivatives of a step, shape (copies, lead_time + 1, lead_time + 1): in its rows the next
        readings and the cost, in its columns the readings and the order.

    Parameters: `lead_time`, `demand`, `holding` (above 0) and `penalty` as for `LostSalesVec`;
    `turn` is the seed of `mixing`, `seed` that of demand, which goes on from start to start.
    """

    def __init__(
        self,
        lead_time: int,
        demand: distributions.Distribution,
        holding: float,
        penalty: float,
        turn: int,
        seed: int,
    ) -> None:
        if lead_time < 1 or not holding > 0:
            raise ValueError(
                f"lead_time must be at least 1 and holding above 0, got {lead_time} and {holding}"
            )
        self.mean = distributions.mean(demand)
        self.readings = lead_time
        self._shortage = penalty / holding
        self._mixing = _rotation(lead_time, turn)
        self._either = self._slopes_of_either().astype(np.float32)
        self._sampler = distributions.Sampler(demand)
        self._rng = np.random.default_rng(seed)
        self._state = np.empty((lead_time, 0))

    @property
    def largest(self) -> int:
        """Units that PPO may order at most: twice the mean demand; optimal orders are no larger."""
        return max(round(2 * self.mean), 1)

    def read(self, states: ArrayLike) -> Floats:
        """Return the readings (n, lead_time) of `states` (n, lead_time), which are in units."""
        return self._read(np.asarray(states, float).T / self.mean)

    def start(self, copies: int) -> Floats:
        """Start `copies` shelves and return their readings.

        Each has two mean demands on hand and one in each place of the pipeline.
        """
        self._state = np.ones((self.readings, copies))
        self._state[0] = 2
        return self._read(self._state)

    def step(self, orders: ArrayLike) -> tuple[Floats, Floats]:
        """Play one period: return the next readings (copies, lead_time) and the costs (copies,)."""
        readings, costs, _ = self._step(orders)
        return readings, costs

    def step_with_slopes(self, orders: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """Play one period like `step`, and return the slopes of it as well."""
        readings, costs, sold_out = self._step(orders)
        return readings, costs, self._either[sold_out.astype(np.intp)]

    def _step(self, orders: ArrayLike) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        arriving = np.append(self._state[1:], [self._checked(orders) / self.mean], axis=0)
        demand = self._sampler(self._rng, arriving.shape[1]) / self.mean
        net = self._state[0] - demand
        left = np.maximum(net, 0)
        costs = left + self._shortage * (left - net)
        arriving[0] += left
        self._state = arriving
        return self._read(arriving), costs.astype(np.float32), net <= 0

    def _checked(self, orders: ArrayLike) -> NDArray[np.float64]:
        units, copies = np.asarray(orders, float), self._state.shape[1]
        if not copies:
            raise ValueError("call start(copies) before the first step")
        if units.shape != (copies,):
            raise ValueError(
                f"orders must have shape ({copies},), one for each copy, got {units.shape}"
            )
        # Written so that NaN fails too.
        if not (units.min() >= 0 and units.max() < np.inf):
            raise ValueError(
                f"orders must be finite and at least 0, got {units.min()} to {units.max()}"
            )
        return units

    def _read(self, in_means: NDArray[np.float64]) -> Floats:
        return ((in_means - 1).T @ self._mixing).astype(np.float32)

    def _slopes_of_either(self) -> NDArray[np.float64]:
        """(2, lead_time + 1, lead_time + 1) slopes with stock left and without.

        A unit that is left goes on to the next day and costs 1; one more on a shelf that is sold
        out is sold, and saves the penalty. All else moves up by one place, whatever happens.
        """
        last = self.readings
        plain = np.zeros((2, last + 1, last + 1))
        plain[:, np.arange(last), np.arange(1, last + 1)] = 1
        plain[:, last - 1, last] = 1 / self.mean
        plain[0, 0, 0] += 1
        plain[:, last, 0] = 1, -self._shortage
        turned = np.eye(last + 1)
        turned[:last, :last] = self._mixing
        return turned.T @ plain @ turned


def _rotation(size: int, seed: int) -> NDArray[np.float64]:
    drawn = np.random.default_rng(seed).normal(size=(size, size))
    rows, triangle = np.linalg.qr(drawn)
    # Without the signs some directions would be drawn more often than others.
    return rows * np.sign(np.diag(triangle))


class _Through(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, readings: torch.Tensor, orders: torch.Tensor, step: StepWithSlopes
    ) -> tuple[torch.Tensor, torch.Tensor]:
        following, costs, slopes = step(orders.detach().numpy())
        ctx.save_for_backward(torch.from_numpy(slopes))
        return torch.from_numpy(following), torch.from_numpy(costs)

    @staticmethod
    def backward(ctx: Any, *wanted: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        of_readings, of_costs = wanted
        (slopes,) = ctx.saved_tensors
        of_all = torch.cat([of_readings, of_costs[:, None]], dim=1)
        passed_on = (of_all[:, None] @ slopes)[:, 0]
        return passed_on[:, :-1], passed_on[:, -1], None


def through(
    step: StepWithSlopes, readings: torch.Tensor, orders: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Play one period of a hidden shelf, differentiable in the readings and the orders.

    `step` is `step_with_slopes` of a shelf; `readings` (copies, lead_time) are those it returned
    last, and `orders` (copies,) in units, both float32. Returns the next readings and the costs
    (copies,), scaled.
    """
    following, costs = _Through.apply(readings, orders, step)
    return following, costs
