"""Instances of task `fill_rate`, with their reference figures: never shipped to learners."""

from __future__ import annotations

import numpy as np

from labkit.exercise.drawing import until

CASES = 3
DAYS = 12

APART = 1e-3
"""How far every trap must lie from the reference, so that a judge can tell them apart."""


def draw(rng: np.random.Generator) -> dict:
    """Return ``{"cases": [...]}``.

    Each has ``demand``, ``stock``, the reference ``fill_rate`` and ``traps``, the shares that known
    mistakes lead to.
    """
    return {
        "cases": [
            until(lambda: _case(rng), _all_apart, "a reference apart from every trap")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict:
    demand = rng.integers(1, 21, DAYS)
    stock = int(rng.integers(6, 15))
    return {
        "demand": demand.tolist(),
        "stock": stock,
        "fill_rate": fill_rate(demand, stock),
        "traps": _traps(demand, stock),
    }


def _all_apart(case: dict) -> bool:
    values = [case["fill_rate"], *case["traps"].values()]
    return min(abs(a - b) for i, a in enumerate(values) for b in values[:i]) > APART


def fill_rate(demand: np.ndarray, stock: int) -> float:
    """Share of demand served when every day begins with the same stock."""
    served_units = np.minimum(demand, stock).sum()
    return float(served_units / demand.sum())


def _traps(demand: np.ndarray, stock: int) -> dict[str, float]:
    reference = fill_rate(demand, stock)
    return {
        "days without shortage": float(np.mean(demand <= stock)),
        "mean of daily shares": float(np.mean(np.minimum(demand, stock) / demand)),
        "share lost": 1.0 - reference,
        "stock over demand": float(stock * len(demand) / demand.sum()),
        "in percent": 100.0 * reference,
    }
