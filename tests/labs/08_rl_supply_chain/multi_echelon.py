"""Right and wrong answers of task `multi_echelon`."""

from __future__ import annotations

import numpy as np
from scipy import interpolate, optimize, stats

from labkit.trends.rl_supply_chain import metrics


def _by_search(lead_times, holding, penalty, mean, sd):
    """The simplex search with its default tolerances, from the mean of both bounds."""
    return optimize.minimize(
        lambda levels: metrics.serial_cost(list(levels), lead_times, holding, penalty, mean, sd),
        _newsvendor(lead_times, holding, penalty, mean, sd, 0.5),
        method="Nelder-Mead",
    ).x


def _by_slopes(lead_times, holding, penalty, mean, sd):
    """SciPy's default search, from the same start."""
    return optimize.minimize(
        lambda levels: metrics.serial_cost(list(levels), lead_times, holding, penalty, mean, sd),
        _newsvendor(lead_times, holding, penalty, mean, sd, 0.5),
    ).x.tolist()


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


def _recursion(lead_times, holding, penalty, mean, sd, fineness=100):
    """Each stage in turn on a grid; what it cannot deliver is charged to the stage above."""
    echelon_rates = np.array(holding) - np.append(holding[1:], 0.0)
    step, horizon = sd / fineness, sum(lead_times) + 1
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


FITTED = (
    (0.9695, 3.8439, 3.5905, 3.5955, -3.0865, -8.3056, -7.2758, 4.3085, 6.8065, -2.2819)
    + (0.5344, -0.4601, -0.149, 0.2228, 0.2351, -0.123, -0.0189, 0.0393, -0.0062, -0.0016)
)  # fmt: skip
"""The cubic of `_fitted`, fitted to the best levels of chains of up to four stages, with lead times
of 1 to 4 and a penalty of 2 to 40 times the customer's holding rate."""


def _fitted(lead_times, holding, penalty, mean, sd):
    """A safety factor from a cubic in the stage's rates and the penalty, fitted to other chains."""
    own = np.array(holding) / holding[0]
    upstream = np.append(own[1:], 0.0)
    powers = [(i, j, k) for i in range(4) for j in range(4 - i) for k in range(4 - i - j)]
    safety = sum(
        constant * np.log(penalty / holding[0]) ** i * own**j * upstream**k
        for constant, (i, j, k) in zip(FITTED, powers, strict=True)
    )
    periods = np.cumsum(lead_times)
    return mean * periods + safety * sd * np.sqrt(periods)


RIGHT = {
    "by Clark and Scarf's recursion": _recursion,
    "the recursion on a coarse grid": lambda *a: _recursion(*a, fineness=10),
    "simplex search on the exact cost": _by_search,
    "SciPy's default search": _by_slopes,
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
    "the lower bound alone": (lambda *a: _newsvendor(*a, 0.0), "lower one of two"),
    "the upper bound alone": (lambda *a: _newsvendor(*a, 1.0), "upper one of two"),
    "the mean of both bounds": (lambda *a: _newsvendor(*a, 0.5), "a good start"),
    "nearer to the upper bound": (lambda *a: _newsvendor(*a, 0.6), "above the"),
    "nearer to the lower bound": (lambda *a: _newsvendor(*a, 0.4), "above the"),
    "a formula fitted to other chains": (_fitted, "above the"),
    "the lower bound, a little lifted": (
        lambda *a: _lifted(*a, (0, 0.16, 0.18, 0.32, 0.32)),
        "above the",
    ),
    "the lower bound, much lifted": (lambda *a: _lifted(*a, (0, 0.2, 0.5, 0.4, 0.4)), "above the"),
    "one level": (lambda *a: float(_right(*a)[-1]), "should have shape"),
}

HARMLESS = {
    "constant: step = sd / 40 -> *": "any grid as fine as this one does",
    "constant: reach = 12 * sum(spreads) -> *": "any grid that holds all positions does",
    "constant: …* np.maximum(-position, 0) -> …* np.maximum(-position, 1)": "a unit is next to "
    "nothing beside a deviation of ten units or more",
    "constant: half = int(6 * spread / step) -> *": "demand five deviations away hardly occurs",
    "argument order: cost = np.convolve(*": "convolution is commutative",
}
