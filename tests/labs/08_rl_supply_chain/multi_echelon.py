"""Right and wrong answers of task `multi_echelon`."""

from __future__ import annotations

import numpy as np
from scipy import interpolate, optimize, stats

from labkit.trends.rl_supply_chain import metrics


def _by_search(lead_times, holding, penalty, mean, sd):
    cumulated = np.cumsum(lead_times)
    start = mean * cumulated + sd * np.sqrt(cumulated)
    for _ in range(3):
        found = optimize.minimize(
            lambda levels: metrics.serial_cost(
                list(levels), lead_times, holding, penalty, mean, sd
            ),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-3 * mean, "fatol": 1e-5, "maxfev": 1500},
        )
        start = found.x
    return start


def _one_at_a_time(lead_times, holding, penalty, mean, sd):
    """Coordinate descent on the exact cost."""
    cumulated = np.cumsum(lead_times)
    levels = mean * (cumulated + 1.0) + sd
    for _ in range(6):
        for stage in range(len(levels)):

            def cost(level, stage=stage):
                tried = levels.copy()
                tried[stage] = level
                return metrics.serial_cost(tried.tolist(), lead_times, holding, penalty, mean, sd)

            around = (levels[stage] - 4 * sd, levels[stage] + 4 * sd)
            levels[stage] = optimize.minimize_scalar(cost, bounds=around, method="bounded").x
    return tuple(levels)


def _recursion(lead_times, holding, penalty, mean, sd):
    """Each stage in turn on a grid; what it cannot deliver is charged to the stage above."""
    echelon_rates = np.array(holding) - np.append(holding[1:], 0.0)
    step, horizon = sd / 100, sum(lead_times) + 1
    grid = np.arange(-12 * sd * horizon, mean * horizon + 12 * sd * horizon, step)
    charged, levels = (penalty + holding[0]) * np.maximum(-grid, 0), []
    for rate, lead_time in zip(echelon_rates, lead_times, strict=True):
        spread = sd * np.sqrt(lead_time)
        steps = np.arange(-int(6 * spread / step), int(6 * spread / step) + 1)
        weights = np.exp(-0.5 * (steps * step / spread) ** 2)
        now = rate * grid + charged
        # Both ends go on along a straight line.
        left = now[0] + (now[1] - now[0]) * steps[steps < 0]
        right = now[-1] + (now[-1] - now[-2]) * steps[steps > 0]
        after = np.convolve(np.concatenate([left, now, right]), weights / weights.sum(), "valid")
        from_before = interpolate.interp1d(grid, after, fill_value="extrapolate")
        before = from_before(grid - lead_time * mean)
        best = int(np.argmin(before))
        levels.append(float(grid[best]))
        charged = np.where(grid < grid[best], before - before[best], 0.0)
    return levels


def _right(*arguments):
    return np.array(_recursion(*arguments))


def _local_rates(lead_times, holding, penalty, mean, sd):
    """The newsvendor bound with the wrong rates: local instead of echelon."""
    cumulated = np.cumsum(lead_times)
    ratios = penalty / (penalty + np.array(holding))
    return mean * cumulated + stats.norm.ppf(ratios) * sd * np.sqrt(cumulated)


def _one_ratio(lead_times, holding, penalty, mean, sd):
    """Every stage with the customer's critical ratio."""
    cumulated = np.cumsum(lead_times)
    z = stats.norm.ppf(penalty / (penalty + holding[0]))
    return mean * cumulated + z * sd * np.sqrt(cumulated)


def _newsvendor(lead_times, holding, penalty, mean, sd, share):
    """Between the lower bound of Shang and Song (share 0) and the upper one (share 1)."""
    cumulated = np.cumsum(lead_times)
    upstream = np.append(holding[1:], 0.0)
    lower = stats.norm.ppf((penalty + upstream) / (penalty + holding[0]))
    upper = stats.norm.ppf((penalty + upstream) / (penalty + np.array(holding)))
    safety = (1 - share) * lower + share * upper
    return mean * cumulated + safety * sd * np.sqrt(cumulated)


def _lifted(lead_times, holding, penalty, mean, sd, lift):
    """The lower bound, lifted by a fixed number of deviations, given from the customer upwards."""
    cumulated = np.cumsum(lead_times)
    lower = (penalty + np.append(holding[1:], 0.0)) / (penalty + holding[0])
    above = stats.norm.ppf(lower) + np.array(lift)[: len(holding)]
    return mean * cumulated + above * sd * np.sqrt(cumulated)


RIGHT = {
    "by Clark and Scarf's recursion": _recursion,
    "simplex search on the exact cost": _by_search,
    "coordinate descent": _one_at_a_time,
}

WRONG = {
    "no safety stock": (lambda lead, h, p, mean, sd: mean * np.cumsum(lead), "no safety stock"),
    "own lead time only": (
        lambda lead, h, p, mean, sd: (
            mean * np.array(lead) + stats.norm.ppf(p / (p + h[0])) * sd * np.sqrt(lead)
        ),
        "own lead time",
    ),
    "local levels": (lambda *a: np.diff(_right(*a), prepend=0.0), "local levels"),
    "reversed stages": (lambda *a: _right(*a)[::-1], "wrong order"),
    "one review period more": (
        lambda lead, *a: _recursion([lead[0] + 1, *lead[1:]], *a),
        "one period more than the lead time",
    ),
    "newsvendor bound with local rates": (_local_rates, "use echelon rates"),
    "the customer's ratio at every stage": (_one_ratio, "above the least"),
    "the lower bound alone": (lambda *a: _newsvendor(*a, 0.0), "bounds alone"),
    "the upper bound alone": (lambda *a: _newsvendor(*a, 1.0), "bounds alone"),
    "the lower bound, a little lifted": (
        lambda *a: _lifted(*a, (0, 0.16, 0.18, 0.32)),
        "above the",
    ),
    "the lower bound, much lifted": (lambda *a: _lifted(*a, (0, 0.2, 0.5, 0.4)), "above the"),
    "one level": (lambda *a: float(_right(*a)[-1]), "should have shape"),
}
