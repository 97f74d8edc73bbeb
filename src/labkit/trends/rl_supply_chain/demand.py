"""Demand laws as plain dictionaries: how to draw from them, and their mean and probabilities.

A law is data, so that it can stand in a notebook, a JSON file or a message:

====================  =======================  ==============================================
``law``               parameters               demand in one period
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

Law = dict[str, Any]

PARAMETERS = {
    "poisson": ("mean",),
    "negative_binomial": ("mean", "sd"),
    "discrete": ("values", "probabilities"),
    "normal": ("mean", "sd"),
    "gamma": ("mean", "sd"),
    "uniform": ("low", "high"),
}
INTEGER_LAWS = ("poisson", "negative_binomial")
# Draws from a table are settled by this many random bits, except where a cell of the table
# straddles two outcomes.
_TABLE_BITS = 16


def check_law(law: Law) -> Law:
    """Return `law` unchanged, or raise ValueError that says what to write instead."""
    if not isinstance(law, dict) or "law" not in law:
        raise ValueError(
            f"a demand law is a dictionary such as {{'law': 'poisson', 'mean': 5.0}}, got {law!r}"
        )
    name = law["law"]
    if name not in PARAMETERS:
        raise ValueError(f"unknown demand law {name!r}; choose one of {', '.join(PARAMETERS)}")
    missing = [key for key in PARAMETERS[name] if key not in law]
    if missing:
        raise ValueError(f"demand law {name!r} also needs {' and '.join(missing)}, got {law!r}")
    problem = _problem(law)
    if problem:
        raise ValueError(f"demand law {law!r}: {problem}")
    return law


def _problem(law: Law) -> str | None:
    name = law["law"]
    numbers = np.concatenate([np.ravel(law[key]) for key in PARAMETERS[name]]).astype(float)
    if not np.isfinite(numbers).all():
        return "every parameter must be a finite number"
    if name == "discrete":
        values, probabilities = np.ravel(law["values"]), np.ravel(law["probabilities"])
        if len(values) == 0 or len(values) != len(probabilities):
            return "values and probabilities must be lists of one common length"
        if probabilities.min() < 0 or abs(probabilities.sum() - 1) > 1e-9:
            return f"probabilities must be at least 0 and add up to 1, not {probabilities.sum()}"
    elif name == "uniform":
        if law["low"] >= law["high"]:
            return "low must be below high"
    elif name != "normal" and law["mean"] <= 0:
        return "mean must be above 0"
    elif "sd" in PARAMETERS[name] and law["sd"] <= 0:
        return "sd must be above 0"
    if name == "negative_binomial" and law["sd"] ** 2 <= law["mean"]:
        return "a negative binomial needs sd squared above mean; use poisson instead"
    return None


def frozen(law: Law) -> Any:
    """Return the law as a frozen scipy.stats distribution.

    Raises ValueError for ``discrete``, which SciPy has no ready distribution for.
    """
    check_law(law)
    name = law["law"]
    if name == "poisson":
        return stats.poisson(law["mean"])
    if name == "normal":
        return stats.norm(law["mean"], law["sd"])
    if name == "uniform":
        return stats.uniform(law["low"], law["high"] - law["low"])
    if name == "gamma":
        shape = (law["mean"] / law["sd"]) ** 2
        return stats.gamma(shape, scale=law["mean"] / shape)
    if name == "negative_binomial":
        success = law["mean"] / law["sd"] ** 2
        return stats.nbinom(law["mean"] * success / (1 - success), success)
    raise ValueError(f"demand law {name!r} has no scipy.stats distribution; use pmf(law)")


def mean(law: Law) -> float:
    """Return the expected demand of one period, in units."""
    check_law(law)
    if law["law"] == "discrete":
        return float(np.dot(law["values"], law["probabilities"]))
    if law["law"] == "uniform":
        return float(law["low"] + law["high"]) / 2
    return float(law["mean"])


def pmf(law: Law, tail: float = 1e-9) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return `(values, probabilities)` of a law with countable outcomes, ascending.

    An endless law is cut where less than `tail` probability lies above; the probabilities are
    then scaled to add up to one. Raises ValueError for a continuous law.
    """
    check_law(law)
    if law["law"] == "discrete":
        order = np.argsort(law["values"], kind="stable")
        values = np.asarray(law["values"], float)[order]
        return values, np.asarray(law["probabilities"], float)[order]
    if law["law"] not in INTEGER_LAWS:
        raise ValueError(f"demand law {law['law']!r} is continuous and has no probability table")
    distribution = frozen(law)
    values = np.arange(int(distribution.isf(tail)) + 1, dtype=float)
    probabilities = distribution.pmf(values)
    return values, probabilities / probabilities.sum()


class Sampler:
    """Draws demand of one law, fast enough to feed a batched simulator.

    Laws with countable outcomes are drawn by inverting the distribution function: the first 16
    random bits settle nearly every draw from a table, and the few table cells that straddle two
    outcomes (or hold the tail) get 53 more bits. So the table costs no accuracy.

    Raises ValueError for something that is not a law.
    """

    def __init__(self, law: Law) -> None:
        self.law = check_law(law)
        self._table: NDArray[np.float32] | None = None
        if law["law"] in INTEGER_LAWS or law["law"] == "discrete":
            self._values, probabilities = pmf(law, tail=1e-16)
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
        law = self.law
        if law["law"] == "normal":
            draws = rng.standard_normal(size, dtype=np.float32)
            draws *= np.float32(law["sd"])
            draws += np.float32(law["mean"])
        elif law["law"] == "uniform":
            draws = rng.random(size, dtype=np.float32)
            draws *= np.float32(law["high"] - law["low"])
            draws += np.float32(law["low"])
        else:
            shape = (law["mean"] / law["sd"]) ** 2
            draws = rng.standard_gamma(shape, size, dtype=np.float32)
            draws *= np.float32(law["mean"] / shape)
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


def sample(law: Law, rng: np.random.Generator, size: int | tuple[int, ...]) -> NDArray[np.float32]:
    """Return independent demands of `law`, float32 in units, of shape `size`.

    Whoever draws often from one law keeps a `Sampler(law)` instead.
    """
    return Sampler(law)(rng, size)
