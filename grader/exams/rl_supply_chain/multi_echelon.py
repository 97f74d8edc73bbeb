"""Reference for task `multi_echelon`: optimal echelon base-stock levels by dynamic programming.

Works on a fine grid of echelon positions, independently of the quadrature in
`labkit.trends.rl_supply_chain.metrics.serial_cost`, so that each checks the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal, stats

from labkit.exercise.drawing import until
from labkit.trends.rl_supply_chain.metrics import serial_cost

APART = 3e-3
"""What the mean of both newsvendor bounds costs above the least cost, in every chain; 0.1 % is
right."""

# Stages, and penalty over the customer's holding rate.
KINDS = (
    (3, (0.4, 1.2)),
    (4, (20.0, 60.0)),
    (5, (2.0, 9.0)),
)


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
    smooth = signal.fftconvolve(np.concatenate([left, values, right]), weights, mode="valid")
    return smooth[: len(values)]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: chains of three, four and five stages.

    Each case has the arguments of `base_stock_levels`, ``optimal_cost`` and ``traps``, the levels
    of known mistakes by name. Rates jump at some stages and hardly grow at others, some lead times
    are long and some short, and the penalty is low, high and moderate in turn. So the best level
    lies in another place between its two bounds each time, and no rule of thumb finds it.
    """
    return {
        "cases": [
            until(partial(_case, rng, *kind), _mean_fails, "a chain far from the mean of bounds")
            for kind in KINDS
        ]
    }


def _mean_fails(case: dict[str, Any]) -> bool:
    """Whether the mean of both bounds costs too much."""
    chain = {name: case[name] for name in ("lead_times", "holding", "penalty", "mean", "sd")}
    cost = serial_cost(case["traps"]["mean of bounds"], **chain)
    return cost > (1 + APART) * case["optimal_cost"]


def _rates(rng: np.random.Generator, stages: int) -> NDArray[np.float64]:
    """Local rates, stage 0 first: most steps towards the customer are jumps."""
    jumps = _some(rng, stages - 1, max(1, stages - 2))
    steps = np.where(jumps, rng.uniform(3, 8, stages - 1), rng.uniform(1.1, 1.5, stages - 1))
    return np.cumprod(np.append(rng.uniform(0.4, 1.6), steps))[::-1].round(2)


def _lead_times(rng: np.random.Generator, stages: int) -> NDArray[np.int64]:
    """One or two periods at some stages, five to nine at others."""
    return np.where(_some(rng, stages, 1), rng.integers(5, 10, stages), rng.integers(1, 3, stages))


def _some(rng: np.random.Generator, places: int, least: int) -> NDArray[np.bool_]:
    """Choose some of the places, at least so many of them."""
    return rng.permutation(places) < rng.integers(least, places + 1)


def _case(rng: np.random.Generator, stages: int, ratios: tuple[float, float]) -> dict[str, Any]:
    rates = _rates(rng, stages)
    mean = int(rng.integers(40, 101))  # so a grid of whole units is fine enough
    case: dict[str, Any] = {
        "lead_times": _lead_times(rng, stages).tolist(),
        "holding": rates.tolist(),
        "penalty": round(float(rates[0] * np.exp(rng.uniform(*np.log(ratios)))), 2),
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
    bounds = [_newsvendor(ratios, lead_times, mean, sd) for ratios in (lower, upper)]
    once = base_stock_levels([lead_times[0] + 1, *lead_times[1:]], holding, penalty, mean, sd)[0]
    traps = {
        "adds a review period": once,
        "local levels": np.diff(levels, prepend=0.0),
        "reversed stages": levels[::-1],
        "without safety stock": mean * np.cumsum(lead_times),
        "local rates": _newsvendor(penalty / (penalty + np.array(holding)), lead_times, mean, sd),
        "lower bound": bounds[0],
        "upper bound": bounds[1],
        "mean of bounds": np.mean(bounds, axis=0),
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
