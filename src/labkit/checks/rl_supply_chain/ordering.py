"""What the tasks on the shelf with lost sales share: the shelf of an instance, and exact costs.

The judge keeps the shelf to itself. An answer sees readings, and plays through functions of the
judge's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_whole
from labkit.exercise.task import Instance
from labkit.trends.rl_supply_chain.metrics import lost_sales_cost, max_order
from labkit.trends.rl_supply_chain.world.readings import HiddenShelf

Floats = NDArray[np.float64]
Shelf = tuple[int, dict[str, Any], float, float]

MOST_COPIES = 10_000
"""Copies of a shelf at a time: with their slopes 1.4 MB a step; the references play 256 at most."""

MOST_PLAYED = 10_000_000
"""Periods of all copies that an answer may play on a shelf: 3 s of CPU, 256 copies at a time. The
references need 1.1 million at most."""


def shelf_of(instance: Instance) -> Shelf:
    """Lead time, demand distribution, holding and penalty of an instance."""
    return instance["lead_time"], instance["demand"], instance["holding"], instance["penalty"]


def shelf_words(instance: Instance) -> str:
    """The shelf in words, for a card."""
    demand = ", ".join(f"{key} {value}" for key, value in instance["demand"].items())
    return (
        f"lead time {instance['lead_time']}, demand: {demand}, "
        f"holding {instance['holding']}, penalty {instance['penalty']}"
    )


def hidden_shelf(instance: Instance) -> HiddenShelf:
    """The shelf of an instance behind its readings."""
    return HiddenShelf(*shelf_of(instance), turn=instance["turn"], seed=instance["seed"])


def played_through(
    shelf: HiddenShelf, step: Callable[[Floats], Any]
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """The `start` and `step` that an answer is given: plain functions, called in this process.

    Args:
        shelf: what is started.
        step: `shelf.step` or `shelf.step_with_slopes`.
    """
    played = 0

    def start(copies: Any) -> Any:
        number = as_whole(copies, "number of copies")
        if not 1 <= number <= MOST_COPIES:
            raise UnusableError(
                f"start was asked for {number:,} copies; it starts 1 to {MOST_COPIES:,}.",
                "A few hundred are enough.",
            )
        return shelf.start(number)

    def play(orders: Any) -> Any:
        nonlocal played
        units = as_array(orders, "orders")
        played += units.size
        if played > MOST_PLAYED:
            raise UnusableError(
                f"More than {MOST_PLAYED:,} periods were played, all copies counted.",
                "A tenth of that is enough. Look for a loop that never ends.",
            )
        return step(units)

    return start, play


def exact_cost(orders: Floats, shelf: Shelf) -> float:
    """Exact cost; a truck holds `max_order` units, so what is ordered above stays behind."""
    return lost_sales_cost(np.clip(orders, 0, max_order(*shelf)), *shelf)


def policy_outcome(
    orders: Floats, states: NDArray[np.float32], instance: Instance, tolerance: float
) -> Outcome:
    """Judge a learned policy by the exact cost of its orders, one for each row of `states`.

    Raises:
        UnusableError: an order is negative.
    """
    if orders.min() <= -0.5:
        place = int(orders.argmin())
        state = ", ".join(f"{units:g}" for units in states[place])
        raise UnusableError(
            f"The policy orders {orders[place]:.3g} units in state ({state}); an order cannot be "
            "negative.",
            "Let the last layer end in a function that is never negative, such as softplus.",
        )
    shelf = shelf_of(instance)
    cost = exact_cost(orders, shelf)
    gap = cost / instance["optimal_cost"] - 1
    base_stock, position, simple = (
        instance[f"{rule}_cost"] / instance["optimal_cost"] - 1
        for rule in ("base_stock", "position", "simple")
    )
    words = (
        f"The policy costs {cost:.4f} a period, {gap:.2%} above the optimum "
        f"{instance['optimal_cost']:.4f}. The best base-stock policy is {base_stock:.1%} above it, "
        f"the best rule in whole sets of the inventory position alone {position:.1%}, with the "
        f"stock on hand or the last order {simple:.1%}."
    )
    if gap <= tolerance:
        return passed(words)
    return failed(
        f"{words} At most {tolerance:.1%} is asked.",
        on=shelf_words(instance),
        next_step="Print the cost while training. If it still falls, train longer; if it jumps, "
        "lower the learning rate. Do not round orders in training: rounding has slope zero.",
        misconception=_misconception(np.rint(orders), states, max_order(*shelf)),
    )


def _misconception(orders: Floats, states: NDArray[np.float32], largest: int) -> str:
    """Name an ordering rule that learned too little from the state."""
    if orders.mean() >= 0.9 * largest:
        return "The policy orders all it can. Is the sign of the cost right?"
    if np.ptp(orders) == 0:
        return "The order is the same in every state: the policy does not look at the shelf."
    position = states.sum(axis=1).astype(np.int64)
    order_at = np.zeros(position.max() + 1)
    order_at[position] = orders
    if (order_at[position] == orders).all():
        return (
            "This rule sees the inventory position alone. Here it matters too what arrives when: "
            "no rule of the position comes as near as is asked."
        )
    return ""
