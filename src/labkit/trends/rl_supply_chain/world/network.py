"""A small supply network under changing weather: the digital twin of the lesson, batched in NumPy.

A supplier fills a regional warehouse, the warehouse fills a few shops, and the weather moves both
what customers want and how long trucks take. How much to order is left to a policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain.world.base import Floats, InventoryVec

WEATHER = ("calm", "rain", "storm")
# Row: today's weather, column: tomorrow's. Long run: 64 % calm, 24 % rain, 12 % storm.
TRANSITION = np.array([[0.85, 0.13, 0.02], [0.32, 0.48, 0.20], [0.17, 0.33, 0.50]])
# Customers stock up when it rains and stay at home in a storm.
DEMAND_FACTOR = np.array([1.0, 1.25, 0.6])
# Days from order to shelf, by the weather on the day the truck leaves.
SUPPLIER_DAYS = np.array([2, 3, 5])
SHOP_DAYS = np.array([1, 2, 3])


class NetworkVec(InventoryVec):
    """Supplier, warehouse and shops with lost sales under three kinds of weather, many copies.

    Observation
        Box of shape (1 + shops + 5 + 3 * shops + 3,), float32: stock on hand of the warehouse
        and of each shop; what reaches the warehouse tonight, tomorrow night, ... (5 places); the
        same for each shop (3 places a shop); today's weather, one of calm, rain and storm set
        to 1. Units, except for the weather.
    Action
        Box(0, max_order, (1 + shops,)), float32: units the warehouse orders from the supplier,
        and units each shop asks from the warehouse.
    Dynamics of a day
        1. The supplier ships the whole order. The warehouse ships what the shops ask for; if it
           has less, each shop gets the same share of what it asked, and the rest is forgotten.
        2. A truck that leaves today takes `SUPPLIER_DAYS` or `SHOP_DAYS` of today's weather; with
           1 day the goods are on the shelf tomorrow. A truck that leaves after a storm may
           overtake one that left in it.
        3. Each shop's demand is Poisson, its mean on a calm day times `DEMAND_FACTOR` of today's
           weather. What is missing is lost.
        4. Tonight's deliveries arrive. Tomorrow's weather follows today's by `TRANSITION`.
    Reward
        ``-(warehouse_holding * warehouse stock + holding * shop stock + penalty * lost sales)``,
        stock being what is left after shipping and selling, before tonight's deliveries.
    Start
        A calm day; two mean daily demands on hand at each shop and four at the warehouse, one in
        each of the first places of the pipelines that calm weather would have filled.
    Source
        Made for this course. Demand that follows a Markov chain of states of the world:
        Song and Zipkin (1993), Inventory control in a fluctuating demand environment,
        Operations Research 41(2).

    Parameters: `num_envs` copies; `means` of each shop's daily demand in calm weather, in units;
    `holding` and `warehouse_holding` in money a unit and day; `penalty` in money a lost sale;
    `horizon` in days, after which episodes are truncated; `max_order` in units. Raises
    ValueError where one is out of range.
    """

    def __init__(
        self,
        num_envs: int,
        means: Sequence[float] = (4.0, 6.0, 3.0, 7.0),
        holding: float = 1.0,
        warehouse_holding: float = 0.5,
        penalty: float = 9.0,
        horizon: int = 365,
        max_order: float = 100.0,
    ) -> None:
        self.means = np.asarray(means, np.float32)
        right = np.isfinite(self.means).all() and (self.means > 0).all()
        if self.means.ndim != 1 or len(self.means) == 0 or not right:
            raise ValueError(f"means needs one demand above 0 for each shop, got {means}")
        if not (np.isfinite(warehouse_holding) and warehouse_holding >= 0):
            raise ValueError(f"warehouse_holding is a cost of at least 0, got {warehouse_holding}")
        if not max_order > 0:
            raise ValueError(f"max_order must be above 0, got {max_order}")
        self.shops = len(self.means)
        self.warehouse_holding = warehouse_holding
        self.max_order = max_order
        self._rows = _rows(self.shops)
        quantities = self._rows["weather"].stop
        super().__init__(
            num_envs,
            # The whole network's demand on a calm day; each shop's is drawn in `_next_demand`.
            {"distribution": "poisson", "mean": float(self.means.sum())},
            holding,
            penalty,
            horizon,
            observation_space=spaces.Box(0.0, np.inf, (quantities,), np.float32),
            action_space=spaces.Box(0.0, max_order, (1 + self.shops,), np.float32),
        )

    def _starting_state(self) -> Floats:
        rows, total = self._rows, self.means.sum()
        state = np.zeros((rows["weather"].stop, self.num_envs), np.float32)
        state[rows["warehouse"]] = 4 * total
        state[rows["shelves"]] = 2 * self.means[:, None]
        state[rows["to warehouse"]][: SUPPLIER_DAYS[0]] = total
        _by_shop(state[rows["to shops"]], self.shops)[:, : SHOP_DAYS[0]] = self.means[:, None, None]
        state[rows["weather"]][0] = 1
        return state

    def _next_demand(self) -> Floats:
        """Draw today's demand of every shop, (shops, num_envs)."""
        factor = DEMAND_FACTOR[self._weather()]
        return self.np_random.poisson(self.means[:, None] * factor).astype(np.float32)

    def _weather(self) -> NDArray[np.intp]:
        return self._state[self._rows["weather"]].argmax(0)

    def _advance(self, actions: NDArray[Any], demand: Floats) -> Floats:
        rows, weather = self._rows, self._weather()
        copies = np.arange(self.num_envs)
        warehouse, shelves = self._state[rows["warehouse"]], self._state[rows["shelves"]]
        to_warehouse = self._state[rows["to warehouse"]]
        to_shops = _by_shop(self._state[rows["to shops"]], self.shops)

        asked = actions.T[1:]
        share = np.minimum(1, warehouse / np.maximum(asked.sum(0), np.float32(1e-6)))
        shipped = asked * share
        # Rounding may ask for a millionth more than there is.
        np.maximum(warehouse - shipped.sum(0), 0, out=warehouse)
        to_warehouse[SUPPLIER_DAYS[weather] - 1, copies] += actions.T[0]
        to_shops[:, SHOP_DAYS[weather] - 1, copies] += shipped

        net = shelves - demand
        np.maximum(net, 0, out=shelves)
        cost = self.holding * shelves.sum(0) + self.penalty * (shelves - net).sum(0)
        cost += self.warehouse_holding * warehouse[0]

        warehouse += to_warehouse[0]
        shelves += to_shops[:, 0]
        _move_up(to_warehouse[None])
        _move_up(to_shops)
        self._change_weather(weather)
        return cost

    def _change_weather(self, weather: NDArray[np.intp]) -> None:
        limits = TRANSITION.cumsum(1)[weather, :-1]
        tomorrow = (self.np_random.random(self.num_envs)[:, None] >= limits).sum(1)
        self._state[self._rows["weather"]] = np.eye(len(WEATHER), dtype=np.float32)[tomorrow].T


def inventory_positions(observations: NDArray[Any], shops: int) -> NDArray[Any]:
    """On hand plus on the way, for the warehouse and each shop: (n, 1 + shops), in units.

    `observations` (n, quantities) are those of `NetworkVec` with that many `shops`. A base-stock
    policy orders its levels minus these positions.
    """
    rows = _rows(shops)
    state = np.asarray(observations).T
    warehouse = state[rows["warehouse"]] + state[rows["to warehouse"]].sum(0)
    shelves = state[rows["shelves"]] + _by_shop(state[rows["to shops"]], shops).sum(1)
    return np.concatenate([warehouse, shelves]).T


def weather_today(observations: NDArray[Any]) -> NDArray[np.intp]:
    """Index into `WEATHER` for each row of `observations` (n, quantities): (n,)."""
    return np.asarray(observations)[:, -len(WEATHER) :].argmax(1)


def _rows(shops: int) -> dict[str, slice]:
    """Where each group of quantities stands in a state or an observation."""
    sizes = {
        "warehouse": 1,
        "shelves": shops,
        "to warehouse": SUPPLIER_DAYS.max(),
        "to shops": shops * SHOP_DAYS.max(),
        "weather": len(WEATHER),
    }
    ends = np.cumsum(list(sizes.values())).tolist()
    return {
        name: slice(end - int(size), end)
        for (name, size), end in zip(sizes.items(), ends, strict=True)
    }


def _by_shop(pipelines: NDArray[Any], shops: int) -> NDArray[Any]:
    """View rows of the shops' pipelines as (shops, days, num_envs)."""
    return pipelines.reshape(shops, SHOP_DAYS.max(), -1)


def _move_up(pipelines: NDArray[Any]) -> None:
    """One night passes: (places, days, num_envs) moves one day closer, in place."""
    pipelines[:, :-1] = pipelines[:, 1:]
    pipelines[:, -1] = 0
