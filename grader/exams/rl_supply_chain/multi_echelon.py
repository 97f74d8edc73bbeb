"""Reference for task `multi_echelon`: optimal echelon base-stock levels by dynamic programming.

Works on a fine grid of echelon positions, independently of the quadrature in
`labkit.trends.rl_supply_chain.metrics.serial_cost`, so that each checks the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labkit.exercise.drawing import until
from labkit.trends.rl_supply_chain.metrics import serial_cost

Rates = Callable[[np.random.Generator, int], NDArray[np.float64]]
Fits = Callable[[dict[str, Any]], bool]

APART = 7.5e-3
"""What either bound alone costs above the least cost; 0.5 % is right."""

CLOSE = 3e-3
"""What the mean of both bounds costs above the least cost at most, in every chain."""


def base_stock_levels(
    lead_times: Sequence[int],
    holding: Sequence[float],
    penalty: float,
    mean: float,
    sd: float,
) -> tuple[list[float], float]:
    """Return the optimal echelon base-stock levels, stage 0 first, and their cost a period.

    Local `holding` rates and lead times in the order of the stages of `SerialVec`; customer
    demand is normal. Source: Clark and Scarf (1960), Management Science 6(4): each stage in turn
    minimises its echelon's cost, and what it cannot deliver is charged to the stage above.
    """
    # Mean demand is a whole number of grid steps, so that shifts by it need no interpolation.
    steps = int(np.ceil(100 * mean / sd))
    step = mean / steps
    reach = mean * sum(lead_times) + 8 * sd * np.sqrt(sum(lead_times))
    position = step * np.arange(-int(reach / step), int(reach / step) + 1)
    local = np.asarray(holding, float)
    echelon = local - np.append(local[1:], 0.0)
    induced = (penalty + local[0]) * np.maximum(-position, 0)
    levels = []
    for rate, lead_time in zip(echelon, lead_times, strict=True):
        cost = _after_demand(rate * position + induced, lead_time, steps, step, sd)
        best = int(np.argmin(cost))
        levels.append(float(position[best]))
        induced = np.where(position < position[best], cost, cost[best])
    return levels, float(cost[best])


def _after_demand(
    values: NDArray[np.float64], lead_time: int, steps: int, step: float, sd: float
) -> NDArray[np.float64]:
    """Return E[values(position - demand over the lead time)] on the same grid.

    Both ends are continued on a straight line, which is what the cost tends to.
    """
    spread = sd * np.sqrt(lead_time)
    half = int(7 * spread / step)
    weights = stats.norm.pdf(np.arange(-half, half + 1) * step, scale=spread)
    weights /= weights.sum()
    below = half + lead_time * steps
    left = values[0] + (values[1] - values[0]) * np.arange(-below, 0)
    right = values[-1] + (values[-1] - values[-2]) * np.arange(1, half + 1)
    smooth = np.convolve(np.concatenate([left, values, right]), weights, mode="valid")
    return smooth[: len(values)]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: one chain of two or three stages, two chains of four.

    Each case has the arguments of `base_stock_levels`, ``optimal_cost`` and ``traps``, the levels
    of known mistakes by name. Of the long ones, one adds nearly all value near the customer: its
    bounds lie far apart, and each alone costs too much. The other adds nearly all at the source:
    its bounds meet, and the best levels lie on them. So no safety stock above a bound that is the
    same for both will do. In every chain the mean of both bounds is right, as the lab says.
    """
    anywhere = _late if rng.random() < 0.5 else _early
    kinds: tuple[tuple[Rates, int, Fits], ...] = (
        (anywhere, int(rng.integers(2, 4)), _mean_is_right),
        (_late, 4, lambda case: _mean_is_right(case) and _bounds_fail(case)),
        (_early, 4, _mean_is_right),
    )
    return {
        "cases": [
            until(
                partial(_case, rng, rates, stages), fits, "a chain whose bounds show what they do"
            )
            for rates, stages, fits in kinds
        ]
    }


def _costs(case: dict[str, Any], levels: ArrayLike) -> float:
    """What some levels cost above the least cost, as a share of it."""
    chain = {name: case[name] for name in ("lead_times", "holding", "penalty", "mean", "sd")}
    return float(serial_cost(np.asarray(levels).tolist(), **chain) / case["optimal_cost"] - 1)


def _bounds_fail(case: dict[str, Any]) -> bool:
    traps = case["traps"]
    return min(_costs(case, traps[name]) for name in ("lower bound", "upper bound")) > APART


def _mean_is_right(case: dict[str, Any]) -> bool:
    bounds = [case["traps"][name] for name in ("lower bound", "upper bound")]
    return _costs(case, np.mean(bounds, axis=0)) < CLOSE


def _late(rng: np.random.Generator, stages: int) -> NDArray[np.float64]:
    """Local rates, stage 0 first, that grow two to four times from stage to stage."""
    growth = np.append(rng.uniform(0.4, 1.6), rng.uniform(2.2, 4.0, size=stages - 1))
    return np.cumprod(growth)[::-1].round(2)


def _early(rng: np.random.Generator, stages: int) -> NDArray[np.float64]:
    """Local rates, stage 0 first, that are high at the source and hardly grow."""
    growth = np.append(rng.uniform(4, 9), rng.uniform(0.1, 0.5, size=stages - 1))
    return np.cumsum(growth)[::-1].round(2)


def _case(rng: np.random.Generator, local_rates: Rates, stages: int) -> dict[str, Any]:
    rates = local_rates(rng, stages)
    mean = int(rng.integers(5, 31))
    case: dict[str, Any] = {
        "lead_times": rng.integers(1, 5, size=stages).tolist(),
        "holding": rates.tolist(),
        "penalty": round(float(rates[0]) * rng.uniform(2, 9), 2),
        "mean": mean,
        "sd": round(mean * rng.uniform(0.25, 0.36), 1),
    }
    levels, _ = base_stock_levels(**case)
    cost = serial_cost(levels, **case)
    return {**case, "optimal_cost": cost, "traps": _traps(np.asarray(levels), **case)}


def _traps(
    levels: NDArray[np.float64],
    lead_times: list[int],
    holding: list[float],
    penalty: float,
    mean: float,
    sd: float,
) -> dict[str, list[float]]:
    """Return the levels that known mistakes lead to."""
    safety = stats.norm.ppf(penalty / (penalty + holding[0])) * sd
    upstream = np.append(holding[1:], 0.0)
    lower = (penalty + upstream) / (penalty + holding[0])
    upper = (penalty + upstream) / (penalty + np.array(holding))
    once = base_stock_levels([lead_times[0] + 1, *lead_times[1:]], holding, penalty, mean, sd)[0]
    traps = {
        "adds a review period": once,
        "local levels": np.diff(levels, prepend=0.0),
        "reversed stages": levels[::-1],
        "without safety stock": mean * np.cumsum(lead_times),
        "local rates": _newsvendor(penalty / (penalty + np.array(holding)), lead_times, mean, sd),
        "lower bound": _newsvendor(lower, lead_times, mean, sd),
        "upper bound": _newsvendor(upper, lead_times, mean, sd),
        "one lead time only": mean * np.array(lead_times) + safety * np.sqrt(lead_times),
    }
    return {name: list(map(float, trap)) for name, trap in traps.items()}


def _newsvendor(
    ratios: NDArray[np.float64], lead_times: list[int], mean: float, sd: float
) -> NDArray[np.float64]:
    """Newsvendor levels for the demand of all lead times down to the customer.

    Source of the two bounds: Shang and Song (2003), Management Science 49(5).
    """
    periods = np.cumsum(lead_times)
    return mean * periods + stats.norm.ppf(ratios) * sd * np.sqrt(periods)
