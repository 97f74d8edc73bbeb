"""The policies of the textbook, as functions of the state.

A state row is ``[on hand, q_1, ..., q_{L-1}]`` in units, as `world.lost_sales.LostSalesVec`
shows it. The parameters of a policy are given here; finding good ones is left to the learner.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def constant_order(states: ArrayLike, order: float) -> NDArray[Any]:
    """Order the same every period, whatever the stock: shape (n,) from states (n, lead_time)."""
    return np.full(len(np.asarray(states)), order)


def base_stock(states: ArrayLike, level: float) -> NDArray[Any]:
    """Order what is missing from `level`, counting stock on hand and on its way.

    `states` (n, lead_time) in units; returns orders (n,).
    """
    return np.maximum(level - np.asarray(states).sum(axis=1), 0)


def capped_base_stock(states: ArrayLike, level: float, cap: float) -> NDArray[Any]:
    """Order what is missing from `level`, but never more than `cap` at once.

    `states` (n, lead_time) in units; returns orders (n,). Source: Xin (2021), Understanding the
    performance of capped base-stock policies in lost-sales inventory models, Operations
    Research 69(1).
    """
    return np.minimum(base_stock(states, level), cap)
