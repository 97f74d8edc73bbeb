"""Reference for task `multi_echelon`: optimal echelon base-stock levels by dynamic programming.

Works on a fine grid of echelon positions, independently of the quadrature in
`labkit.trends.rl_supply_chain.metrics.serial_cost`, so that each checks the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.exercise.drawing import until
from labkit.trends.rl_supply_chain.metrics import serial_cost

APART = 7.5e-3
"""What either bound alone costs above the least cost; 0.5 % is right."""


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
    """Return ``{"cases": [...]}``: chains of two, three and four stages.

    Each case has the arguments of `base_stock_levels`, ``optimal_cost`` and
    ``traps``, the levels of known mistakes by name. In the longest, each of the two newsvendor
    bounds alone costs too much.
    """
    longest = until(lambda: _case(rng, 4), _bounds_fail, "a chain that no bound alone is right for")
    return {"cases": [_case(rng, 2), _case(rng, 3), longest]}


def _bounds_fail(case: dict[str, Any]) -> bool:
    chain = {name: case[name] for name in ("lead_times", "holding", "penalty", "mean", "sd")}
    bounds = [case["traps"][name] for name in ("lower bound", "upper bound")]
    return all(serial_cost(bound, **chain) > (1 + APART) * case["optimal_cost"] for bound in bounds)


def _case(rng: np.random.Generator, stages: int) -> dict[str, Any]:
    # Local rates fall upstream, as value is added on the way to the customer.
    rates = np.cumsum(rng.integers(4, 17, size=stages))[::-1] / 4
    mean = int(rng.integers(5, 31))
    case: dict[str, Any] = {
        "lead_times": rng.integers(1, 4, size=stages).tolist(),
        "holding": rates.tolist(),
        "penalty": round(float(rates[0]) * rng.uniform(3, 12), 2),
        "mean": mean,
        "sd": round(mean * rng.uniform(0.12, 0.3), 1),
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
