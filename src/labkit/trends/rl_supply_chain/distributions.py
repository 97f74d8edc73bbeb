"""Demand distributions as plain dictionaries: how to draw from them, mean and probabilities.

A distribution is data, so that it can stand in a notebook, a JSON file or a message:

====================  =======================  ==============================================
``distribution``      parameters               demand in one period
====================  =======================  ==============================================
``poisson``           ``mean``                 whole units
``negative_binomial`` ``mean``, ``sd``         whole units, more spread out than Poisson
``discrete``          ``values``,              the listed values
                      ``probabilities``
``normal``            ``mean``, ``sd``         real units; negative demand is a return
``gamma``             ``mean``, ``sd``         positive real units, skewed
``uniform``           ``low``, ``high``        real units between the bounds
====================  =======================  ==============================================

What a period's demand costs is left to `metrics`; what it does to stock, to `world`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Distribution = dict[str, Any]

PARAMETERS = {
    "poisson": ("mean",),
    "negative_binomial": ("mean", "sd"),
    "discrete": ("values", "probabilities"),
    "normal": ("mean", "sd"),
    "gamma": ("mean", "sd"),
    "uniform": ("low", "high"),
}
WHOLE = ("poisson", "negative_binomial")
# Draws from a table are settled by this many random bits, except where a cell of the table
# straddles two outcomes.
_TABLE_BITS = 16


def check(demand: Distribution) -> Distribution:
    """Return `demand` unchanged, or raise ValueError that says what to write instead."""
    if not isinstance(demand, dict) or "distribution" not in demand:
        raise ValueError(
            "a demand distribution is a dictionary such as "
            "{'distribution': 'poisson', 'mean': 5.0}, "
            f"got {demand!r}"
        )
    name = demand["distribution"]
    if name not in PARAMETERS:
        raise ValueError(
            f"unknown demand distribution {name!r}; choose one of {', '.join(PARAMETERS)}"
        )
    missing = [key for key in PARAMETERS[name] if key not in demand]
    if missing:
        raise ValueError(
            f"demand distribution {name!r} also needs {' and '.join(missing)}, got {demand!r}"
        )
    problem = _problem(demand)
    if problem:
        raise ValueError(f"demand distribution {demand!r}: {problem}")
    return demand


def _problem(demand: Distribution) -> str | None:
    name = demand["distribution"]
    numbers = np.concatenate([np.ravel(demand[key]) for key in PARAMETERS[name]]).astype(float)
    if not np.isfinite(numbers).all():
        return "every parameter must be a finite number"
    if name == "discrete":
        values, probabilities = (
            np.ravel(demand["values"]),
            np.ravel(demand["probabilities"]),
        )
        if len(values) == 0 or len(values) != len(probabilities):
            return "values and probabilities must be lists of one common length"
        if probabilities.min() < 0 or abs(probabilities.sum() - 1) > 1e-9:
            return f"probabilities must be at least 0 and add up to 1, not {probabilities.sum()}"
    elif name == "uniform":
        if demand["low"] >= demand["high"]:
            return "low must be below high"
    elif name != "normal" and demand["mean"] <= 0:
        return "mean must be above 0"
    elif "sd" in PARAMETERS[name] and demand["sd"] <= 0:
        return "sd must be above 0"
    if name == "negative_binomial" and demand["sd"] ** 2 <= demand["mean"]:
        return "a negative binomial needs sd squared above mean; use poisson instead"
    return None


def frozen(demand: Distribution) -> Any:
    """Return the distribution as a frozen scipy.stats distribution.

    Raises ValueError for ``discrete``, which SciPy has no ready distribution for.
    """
    check(demand)
    name = demand["distribution"]
    if name == "poisson":
        return stats.poisson(demand["mean"])
    if name == "normal":
        return stats.norm(demand["mean"], demand["sd"])
    if name == "uniform":
        return stats.uniform(demand["low"], demand["high"] - demand["low"])
    if name == "gamma":
        shape = (demand["mean"] / demand["sd"]) ** 2
        return stats.gamma(shape, scale=demand["mean"] / shape)
    if name == "negative_binomial":
        success = demand["mean"] / demand["sd"] ** 2
        return stats.nbinom(demand["mean"] * success / (1 - success), success)
    raise ValueError(
        f"demand distribution {name!r} has no scipy.stats distribution; use pmf(demand)"
    )


def mean(demand: Distribution) -> float:
    """Return the expected demand of one period, in units."""
    check(demand)
    if demand["distribution"] == "discrete":
        return float(np.dot(demand["values"], demand["probabilities"]))
    if demand["distribution"] == "uniform":
        return float(demand["low"] + demand["high"]) / 2
    return float(demand["mean"])


def pmf(
    demand: Distribution, tail: float = 1e-9
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return `(values, probabilities)` of a distribution with countable outcomes, ascending.

    An endless one is cut where less than `tail` probability lies above; the probabilities are
    then scaled to add up to one. Raises ValueError for a continuous distribution.
    """
    check(demand)
    if demand["distribution"] == "discrete":
        order = np.argsort(demand["values"], kind="stable")
        values = np.asarray(demand["values"], float)[order]
        return values, np.asarray(demand["probabilities"], float)[order]
    if demand["distribution"] not in WHOLE:
        raise ValueError(
            f"demand distribution {demand['distribution']!r} is continuous and has no probability "
            "table"
        )
    endless = frozen(demand)
    values = np.arange(int(endless.isf(tail)) + 1, dtype=float)
    probabilities = endless.pmf(values)
    return values, probabilities / probabilities.sum()


class Sampler:
    """Draws demand of one distribution, fast enough to feed a batched simulator.

    Countable outcomes are drawn by inverting the distribution function: the first 16 random bits
    settle nearly every draw from a table, and the few table cells that straddle two outcomes (or
    hold the tail) get 53 more bits. So the table costs no accuracy.

    Raises ValueError for something that is not a distribution.
    """

    def __init__(self, demand: Distribution) -> None:
        self.demand = check(demand)
        self._table: NDArray[np.float32] | None = None
        if demand["distribution"] in WHOLE or demand["distribution"] == "discrete":
            self._values, probabilities = pmf(demand, tail=1e-16)
            self._cumulative = np.cumsum(probabilities)
            self._cumulative[-1] = 1.0
            edges = np.arange(2**_TABLE_BITS + 1) / 2**_TABLE_BITS
            first = np.searchsorted(self._cumulative, edges[:-1], side="right")
            last = np.searchsorted(self._cumulative, edges[1:], side="left")
            self._table = np.where(first == last, self._values[first], np.nan).astype(np.float32)

    def __call__(
        self, rng: np.random.Generator, size: int | tuple[int, ...]
    ) -> NDArray[np.float32]:
        """Return independent demands, float32 in units, of shape `size`."""
        if self._table is not None:
            return self._from_table(rng, size)
        if self.demand["distribution"] == "normal":
            draws = rng.standard_normal(size, dtype=np.float32)
            draws *= np.float32(self.demand["sd"])
            draws += np.float32(self.demand["mean"])
        elif self.demand["distribution"] == "uniform":
            draws = rng.random(size, dtype=np.float32)
            draws *= np.float32(self.demand["high"] - self.demand["low"])
            draws += np.float32(self.demand["low"])
        else:
            shape = (self.demand["mean"] / self.demand["sd"]) ** 2
            draws = rng.standard_gamma(shape, size, dtype=np.float32)
            draws *= np.float32(self.demand["mean"] / shape)
        return draws

    def _from_table(
        self, rng: np.random.Generator, size: int | tuple[int, ...]
    ) -> NDArray[np.float32]:
        assert self._table is not None
        count = int(np.prod(size))
        # Four table cells out of each 64-bit word.
        words = rng.integers(0, 2**64, size=-(-count // 4), dtype=np.uint64)
        cells = words.view(np.uint16)[:count]
        draws = self._table.take(cells)
        unsettled = np.flatnonzero(np.isnan(draws))
        uniform = (cells[unsettled] + rng.random(len(unsettled))) / 2**_TABLE_BITS
        outcome = np.searchsorted(self._cumulative, uniform, side="right")
        draws[unsettled] = self._values[np.minimum(outcome, len(self._values) - 1)]
        return draws.reshape(size)


def sample(
    demand: Distribution, rng: np.random.Generator, size: int | tuple[int, ...]
) -> NDArray[np.float32]:
    """Return independent demands of `demand`, float32 in units, of shape `size`.

    Whoever draws often from one distribution keeps a `Sampler(demand)` instead.
    """
    return Sampler(demand)(rng, size)
