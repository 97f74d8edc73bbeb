"""What a policy costs, exactly: no simulation noise, so one percent means one percent.

`newsvendor_cost` for one period, `lost_sales_cost` for any ordering table on a shelf with lost
sales, `serial_cost` for echelon base-stock levels. Finding a cheap policy is left to others.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse, special, stats
from scipy.interpolate import CubicSpline

from labkit.trends.rl_supply_chain import distributions

Floats = NDArray[np.float64]


# --- one period ---------------------------------------------------------------------------------


def newsvendor_cost(
    quantity: ArrayLike, demand: distributions.Distribution, holding: float, penalty: float
) -> float | Floats:
    """Return the expected cost of one period with `quantity` on the shelf.

    ``holding * E[max(quantity - D, 0)] + penalty * E[max(D - quantity, 0)]``, with D drawn from
    `demand`; exact for every distribution. `quantity` in units, a number or an array; the cost has
    its shape.
    Raises ValueError for a quantity that is not finite.
    """
    asked = np.asarray(quantity, dtype=float)
    if not np.isfinite(asked).all():
        raise ValueError(f"quantity must be finite, got {quantity!r}")
    left = _expected_leftover(asked, demand)
    short = left - asked + distributions.mean(demand)
    cost = holding * left + penalty * short
    return float(cost) if cost.ndim == 0 else cost


def _expected_leftover(quantity: Floats, demand: distributions.Distribution) -> Floats:
    """Return E[max(quantity - D, 0)]."""
    name = distributions.check(demand)["distribution"]
    if name == "uniform":
        low, high = demand["low"], demand["high"]
        inside = np.clip(quantity, low, high)
        return (inside - low) ** 2 / (2 * (high - low)) + np.maximum(quantity - high, 0)
    if name == "normal":
        z = (quantity - demand["mean"]) / demand["sd"]
        return demand["sd"] * (z * special.ndtr(z) + stats.norm.pdf(z))
    if name == "gamma":
        # E[D; D <= q] of a gamma distribution is its mean times the distribution of shape + 1.
        shape = (demand["mean"] / demand["sd"]) ** 2
        scaled = np.maximum(quantity, 0) * shape / demand["mean"]
        below = special.gammainc(shape, scaled)
        return np.maximum(quantity, 0) * below - demand["mean"] * special.gammainc(
            shape + 1, scaled
        )
    # Only outcomes below the quantity leave anything over, so the sum is finite.
    if name == "discrete":
        values, probabilities = distributions.pmf(demand)
    else:
        values = np.arange(max(int(np.max(quantity)), 0) + 1, dtype=np.float64)
        probabilities = distributions.frozen(demand).pmf(values)
    return np.maximum(quantity[..., None] - values, 0) @ probabilities


# --- lost sales ---------------------------------------------------------------------------------


def grid_shape(
    lead_time: int, demand: distributions.Distribution, holding: float, penalty: float
) -> tuple[int, ...]:
    """Return the size of each coordinate of the state grid, ``(shelf + 1, orders + 1, ...)``.

    The shelf reaches to the newsvendor quantity for ``lead_time + 1`` periods of demand, which
    bounds the inventory position of an optimal policy (Zipkin 2008). Orders reach to the same for
    two periods plus two units; optimal policies stay below it (tests hold this).

    Raises ValueError for parameters out of range, and for demand that is not in whole units.
    """
    if lead_time < 1 or not (holding > 0 and penalty > 0):
        raise ValueError(
            "lead_time must be at least 1 and holding and penalty above 0, got "
            f"{lead_time}, {holding} and {penalty}"
        )
    ratio = penalty / (penalty + holding)
    shelf = _quantile_of_sum(demand, lead_time + 1, ratio)
    largest = min(shelf, _quantile_of_sum(demand, 2, ratio) + 2)
    return (shelf + 1,) + (largest + 1,) * (lead_time - 1)


def _quantile_of_sum(demand: distributions.Distribution, periods: int, share: float) -> int:
    """Return the units that cover the demand of some periods with probability `share`."""
    one = unit_probabilities(demand)
    total: Floats = np.ones(1)
    for _ in range(periods):
        total = np.convolve(total, one).astype(np.float64)
    return int(np.argmax(np.cumsum(total) >= share - 1e-12))


def unit_probabilities(demand: distributions.Distribution) -> Floats:
    """Return the probability of a demand of 0, 1, 2, ... units in one period.

    Raises ValueError for demand that is not in whole units of at least 0.
    """
    values, probabilities = distributions.pmf(demand, tail=1e-12)
    if (values < 0).any() or (values != np.rint(values)).any():
        raise ValueError(f"demand must come in whole units of at least 0, got {demand!r}")
    table = np.zeros(int(values[-1]) + 1)
    np.add.at(table, values.astype(np.int64), probabilities)
    return table


def max_order(
    lead_time: int, demand: distributions.Distribution, holding: float, penalty: float
) -> int:
    """Return the largest order the state grid has room for, in units."""
    # With lead time 1 no order is ever in the pipeline; ask the grid of lead time 2.
    shelf = grid_shape(lead_time, demand, holding, penalty)[0] - 1
    return min(shelf, grid_shape(max(lead_time, 2), demand, holding, penalty)[1] - 1)


def all_states(
    lead_time: int, demand: distributions.Distribution, holding: float, penalty: float
) -> NDArray[np.float32]:
    """Return every state a sensible policy meets, float32, shape (states, lead_time).

    Rows are ``[on hand, q_1, ..., q_{L-1}]`` in units, the last coordinate running fastest; an
    ordering table for `lost_sales_cost` has one entry a row.
    """
    shape = grid_shape(lead_time, demand, holding, penalty)
    return np.indices(shape, dtype=np.float32).reshape(lead_time, -1).T


def lost_sales_cost(
    orders: ArrayLike,
    lead_time: int,
    demand: distributions.Distribution,
    holding: float,
    penalty: float,
) -> float:
    """Return the exact long-run average cost a period of an ordering table.

    `orders` holds the order for each row of `all_states(...)`, shape (states,) or the shape of
    the grid; fractions are rounded to whole units. `demand` is in whole units. The dynamics are
    those of `LostSalesVec`, except that the shelf has the room of the grid, and what does not fit
    is turned away at no charge: optimal policies never meet that bound. Starts from the usual
    starting state, which matters only for tables that never leave some part of the grid.

    Raises ValueError for a table of a wrong size, or with orders that are not finite or lie
    outside 0 to `max_order(...)`.
    """
    whole = _whole_orders(orders, lead_time, demand, holding, penalty)
    return average_cost(
        whole, unit_probabilities(demand), distributions.mean(demand), holding, penalty
    )


def _whole_orders(
    orders: ArrayLike,
    lead_time: int,
    demand: distributions.Distribution,
    holding: float,
    penalty: float,
) -> NDArray[np.int64]:
    """Return an ordering table in whole units, in the shape of the grid."""
    shape = grid_shape(lead_time, demand, holding, penalty)
    largest = max_order(lead_time, demand, holding, penalty)
    table = np.asarray(orders, dtype=float)
    if table.size != np.prod(shape):
        raise ValueError(
            f"expected one order for each of the {np.prod(shape)} states, got {table.size}"
        )
    if not (np.isfinite(table).all() and table.min() >= -0.5 and table.max() < largest + 0.5):
        raise ValueError(
            f"orders must be finite and lie between 0 and {largest}, "
            f"got {table.min()} to {table.max()}"
        )
    return np.clip(np.rint(table), 0, largest).astype(np.int64).reshape(shape)


def average_cost(
    orders: NDArray[np.int64], probabilities: Floats, mean: float, holding: float, penalty: float
) -> float:
    """Return the average cost a period of whole orders on a grid of any size.

    `orders` has one axis a state coordinate; `probabilities[d]` is the probability of demand d.
    Only states reachable from the starting state are looked at.
    """
    chain = _reachable_chain(orders, probabilities, mean)
    costs = _costs_by_stock(orders.shape[0], probabilities, holding, penalty)
    return _long_run(chain.transitions, costs[chain.on_hand], chain.start)[0]


def relative_costs(
    orders: ArrayLike,
    lead_time: int,
    demand: distributions.Distribution,
    holding: float,
    penalty: float,
) -> tuple[NDArray[np.float32], Floats]:
    """Return the states that an ordering table leads to, and how expensive each is to be in.

    Arguments as for `lost_sales_cost`. Returns states (n, lead_time) in units, and (n,) what a
    start in each of them costs more, over all time, than a start in the first: the relative values
    of the average-cost chain (Puterman 1994, Markov Decision Processes, chapter 8).
    """
    whole = _whole_orders(orders, lead_time, demand, holding, penalty)
    probabilities = unit_probabilities(demand)
    chain = _reachable_chain(whole, probabilities, distributions.mean(demand))
    costs = _costs_by_stock(whole.shape[0], probabilities, holding, penalty)
    _, values = _long_run(chain.transitions, costs[chain.on_hand], chain.start)
    states = np.array(np.unravel_index(chain.states, whole.shape), np.float32).T
    return states, values


def _costs_by_stock(stocks: int, probabilities: Floats, holding: float, penalty: float) -> Floats:
    """Return the expected cost of a period that begins with 0, 1, ... units on hand."""
    net = np.arange(stocks)[:, None] - np.arange(len(probabilities))
    return np.where(net > 0, holding * net, -penalty * net) @ probabilities


@dataclass(frozen=True)
class _Chain:
    transitions: sparse.csr_array  # (states, states), rows add up to one
    states: NDArray[np.int64]  # (states,), places on the flat grid
    on_hand: NDArray[np.int64]  # (states,)
    start: int  # index of the starting state


def _reachable_chain(orders: NDArray[np.int64], probabilities: Floats, mean: float) -> _Chain:
    """Build the Markov chain of the states that `orders` can reach.

    Nodes of the search are situations after the order, ``(q_1, ..., q_L)`` plus what demand left
    on the shelf; they are numbered in the order they are found.
    """
    shelf = orders.shape[0] - 1
    flat = orders.reshape(-1)
    start_state = np.minimum(
        [round(2 * mean)] + [round(mean)] * (orders.ndim - 1), np.array(orders.shape) - 1
    )
    frontier = np.array([np.ravel_multi_index(tuple(start_state), orders.shape)])
    number = np.full(orders.size, -1, np.int64)
    number[frontier] = 0
    found = [frontier]
    sources, targets, lefts, count = [], [], [], 1
    while len(frontier):
        source, target, left = _successors(frontier, flat[frontier], orders.shape, shelf)
        sources.append(number[frontier][source])
        targets.append(target)
        lefts.append(left)
        frontier = np.unique(target[number[target] < 0])
        number[frontier] = np.arange(count, count + len(frontier))
        count += len(frontier)
        found.append(frontier)
    states = np.concatenate(found)
    on_hand = states // (orders.size // (shelf + 1))
    source = np.concatenate(sources)
    weights = _leftover_probabilities(probabilities, shelf)[on_hand[source], np.concatenate(lefts)]
    transitions = sparse.csr_array(
        (weights, (source, number[np.concatenate(targets)])), shape=(count, count)
    )
    return _Chain(transitions, states, on_hand, 0)


def _successors(
    states: NDArray[np.int64], order: NDArray[np.int64], shape: tuple[int, ...], shelf: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return `(position in states, next state, units left over)` of every transition."""
    coordinates = list(np.unravel_index(states, shape))
    on_hand = coordinates[0]
    pipeline = [*coordinates[1:], order]
    source = np.repeat(np.arange(len(states)), on_hand + 1)
    first = np.repeat(np.cumsum(on_hand + 1) - (on_hand + 1), on_hand + 1)
    left = np.arange(len(source)) - first
    next_on_hand = np.minimum(left + pipeline[0][source], shelf)
    rest = [quantity[source] for quantity in pipeline[1:]]
    return source, np.ravel_multi_index((next_on_hand, *rest), shape), left


def _leftover_probabilities(probabilities: Floats, shelf: int) -> Floats:
    """Return P(left over = y | on hand = x), shape (shelf + 1, shelf + 1)."""
    table = np.zeros((shelf + 1, shelf + 1))
    for on_hand in range(shelf + 1):
        for demand, probability in enumerate(probabilities):
            table[on_hand, max(on_hand - demand, 0)] += probability
    return table


def _long_run(transitions: sparse.csr_array, cost: Floats, start: int) -> tuple[float, Floats]:
    """Return a Markov chain's average cost a period and relative values, by value iteration.

    The largest and smallest gain of a sweep bracket the answer, and for sensible policies the
    bracket closes within 60 sweeps. A chain that still remembers its start after 400 (several
    classes, a cycle, a shelf that fills up slowly) is averaged over periods 200 to 400 instead.
    """
    value = np.zeros_like(cost)
    total, halfway = 0.0, 0.0
    for sweep in range(400):
        gain = cost + transitions @ value - value
        low, high = gain.min(), gain.max()
        if high - low <= 1e-7 * max(high, 1.0):
            return float(low + high) / 2, value
        if sweep == 200:
            halfway = total
        total += gain[start]
        value += gain - gain[start]
    return float(total - halfway) / 200, value


# --- serial supply chain --------------------------------------------------------------------------


def serial_cost(
    levels: Sequence[float],
    lead_times: Sequence[int],
    holding: Sequence[float],
    penalty: float,
    mean: float,
    sd: float,
) -> float:
    """Return the exact average cost a period of echelon base-stock levels, normal demand.

    The system is that of `SerialVec`: stage 0 sells to customers, `holding` are local rates a
    unit and period, `penalty` is paid a unit backordered at stage 0 and period, and `levels` are
    echelon levels in units, one a stage. Levels need not grow upstream: a stage can never hold
    more than its suppliers let through, and that is what is charged.

    Source: the recursion over echelons of Clark and Scarf (1960), with given levels in place of
    the optimal ones. Raises ValueError for inputs of different lengths or not finite.
    """
    stages = len(levels)
    if not stages == len(lead_times) == len(holding):
        raise ValueError(
            f"levels, lead_times and holding need one entry a stage, got {stages}, "
            f"{len(lead_times)} and {len(holding)}"
        )
    numbers = np.asarray([*levels, *lead_times, *holding, penalty, mean, sd], dtype=float)
    if not np.isfinite(numbers).all():
        raise ValueError("levels, lead times and costs must be finite numbers")
    effective = np.minimum.accumulate(numbers[:stages][::-1])[::-1]
    position = _EchelonCost(lead_times, holding, penalty, mean, sd)
    lowest = _lowest_positions(effective, lead_times, mean, sd)
    for stage in range(stages - 1):
        position = position.supplied(effective[stage], lowest[stage])
    return float(position(effective[-1:])[0])


def _lowest_positions(
    levels: Floats, lead_times: Sequence[int], mean: float, sd: float
) -> list[float]:
    """Return how low each stage's echelon inventory position can fall, but for one in 1e14."""
    lowest = [float(levels[-1])]
    for stage in range(len(levels) - 1, 0, -1):
        worst = mean * lead_times[stage] + 8 * sd * np.sqrt(lead_times[stage])
        lowest.insert(0, min(float(levels[stage - 1]), lowest[0] - worst))
    return lowest


class _EchelonCost:
    """Expected cost of a serial chain up to one stage, as a function of its echelon position.

    Starts at stage 0; `supplied(level, lowest)` moves one stage up. Calling it with echelon
    inventory positions right after ordering, shape (n,), gives the cost a period, shape (n,),
    of this stage's echelon and all below, once the order has arrived and its demand occurred.
    """

    # Nodes a smooth stretch: 48 Gauss-Legendre nodes and 400 spline nodes agree with twice as
    # many to 1e-9 on the example of Snyder and Shen.
    _NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
    _SPLINE_NODES = 400

    def __init__(
        self,
        lead_times: Sequence[int],
        holding: Sequence[float],
        penalty: float,
        mean: float,
        sd: float,
    ) -> None:
        local = np.asarray(holding, dtype=float)
        self.lead_times, self.mean, self.sd = lead_times, mean, sd
        self.rates = local - np.append(local[1:], 0.0)  # what one echelon adds
        self.shortage = penalty + local[0]
        self.stage = 0
        self._below: CubicSpline | None = None
        self._level = 0.0
        self._lowest = 0.0

    def __call__(self, position: Floats) -> Floats:
        """Return the expected cost a period for echelon positions (n,)."""
        center = self.mean * self.lead_times[self.stage]
        spread = self.sd * np.sqrt(self.lead_times[self.stage])
        cost = self.rates[self.stage] * (position - center)
        z = (position - center) / spread
        if self._below is None:
            short = spread * (stats.norm.pdf(z) - z * special.ndtr(-z))
            return cost + self.shortage * short
        # Demand below z leaves enough to fill the next stage to its level; above it, less.
        z_full = np.clip(z - self._level / spread, -8, 8)
        full = special.ndtr(z_full)
        half = (8 - z_full) / 2
        nodes = z_full[:, None] + half[:, None] * (self._NODES + 1)
        reached = np.clip(position[:, None] - center - spread * nodes, self._lowest, self._level)
        partial = (self._below(reached) * stats.norm.pdf(nodes)) @ self._WEIGHTS * half
        return cost + full * self._below(self._level) + partial

    def supplied(self, level: float, lowest: float) -> _EchelonCost:
        """Return the cost one stage up, when this stage orders up to `level`.

        `lowest` is the lowest position this stage is ever asked about.
        """
        above = copy(self)
        above.stage = self.stage + 1
        above._level, above._lowest = float(level), float(min(lowest, level - 1e-6))
        nodes = np.linspace(above._lowest, above._level, self._SPLINE_NODES)
        above._below = CubicSpline(nodes, self(nodes))
        return above
