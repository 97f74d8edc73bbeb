"""Six training tables, of which five make a model look better than it will be.

Each comes with new customers, as the model will meet them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]
ROWS, NEW = 1_200, 20_000
KINDS = (
    "nothing wrong",
    "filled afterwards",
    "repeated customers",
    "drift",
    "encoded before folds",
    "chosen before folds",
)


@dataclass(frozen=True)
class Claim:
    """A training table and the customers to come.

    Attributes:
        x, y: features (n, d) and outcomes (n,), in order of time.
        customer: whose row it is, shape (n,).
        new_x, new_y: the same of customers to come.
    """

    x: Floats
    y: NDArray[np.int64]
    customer: NDArray[np.int64]
    new_x: Floats
    new_y: NDArray[np.int64]


def draw_claim(kind: str, seed: int) -> Claim:
    """Draw a table of one of `KINDS`.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    rng = np.random.default_rng(seed)
    n = ROWS + NEW
    customer = np.arange(n)
    x = rng.normal(size=(n, 5))
    logit = x @ np.array([0.7, -0.5, 0.4, 0.0, 0.0])
    if kind == "repeated customers":
        customer[:ROWS] = np.repeat(np.arange(ROWS // 4), 4)
        x[:ROWS] = x[customer[:ROWS]] + rng.normal(0, 0.02, (ROWS, 5))
        logit[:ROWS] = logit[customer[:ROWS]]
    if kind == "drift":
        # What mattered in the first year is turned round at the end of the table.
        when = np.minimum(np.arange(n) / ROWS, 1.0)
        logit = logit + (1.8 - 2.8 * when) * x[:, 3]
    if kind == "encoded before folds":
        x = np.c_[rng.integers(0, 400, n).astype(float), x[:, :1]]
        logit = 0.3 * x[:, 1]
    if kind == "chosen before folds":
        x = rng.normal(size=(n, 200))
        logit = np.zeros(n)
    y = (rng.uniform(size=n) < expit(logit)).astype(np.int64)
    if kind == "repeated customers":
        y[:ROWS] = y[customer[:ROWS]]
    if kind == "filled afterwards":
        called = np.where(y == 1, rng.poisson(1.5, n), rng.poisson(0.3, n))
        called[ROWS:] = 0  # nobody has called yet on the day of the prediction
        x = np.c_[x, called]
    return Claim(x[:ROWS], y[:ROWS], customer[:ROWS], x[ROWS:], y[ROWS:])
