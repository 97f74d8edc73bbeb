"""The minutes of a canary: a new version answers a small share of the requests, some fail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def draw_minutes(
    rng: np.random.Generator, minutes: int, traffic: float, rate: float
) -> tuple[Whole, Whole]:
    """Requests and errors of each minute, both (minutes,).

    Args:
        rng: moves on.
        minutes: how many.
        traffic: mean number of requests a minute (Poisson).
        rate: chance of an error, each request by itself.
    """
    requests = rng.poisson(traffic, minutes)
    return requests.astype(np.int64), rng.binomial(requests, rate).astype(np.int64)
