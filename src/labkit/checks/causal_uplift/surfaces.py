"""The customers of `aipw`, some with a margin that no squares and products hold.

Each case has its own money, and its own share of the margin that the features explain.

In the world's own markets a margin that bends is a square, and one regression with squares needs no
weights. Here the margin without an offer has a hump instead, along what steers the offers, where
both those with and those without an offer are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift.world.retailer import Customers

Floats = NDArray[np.float64]

HUMPS: dict[str, Callable[[Floats], Floats]] = {
    "kinks": lambda score: np.maximum(1 - np.abs(score), 0),
    "thresholds": lambda score: (np.abs(score) < 0.5).astype(float),
    "bump": lambda score: np.exp(-3 * score**2),
}
"""Humps of height 1 around 0, by what bounds them."""


def customers(case: dict[str, Any]) -> Customers:
    """The customers of a case, with all that its margin has more than the world's.

    The margin rises by ``slope`` more along what customers spend, and has a ``hump``, if any. Then
    all of it, also what an offer adds, is multiplied by ``unit``.
    """
    drawn, hump, unit = redraw.customers(case), case.get("hump"), case.get("unit", 1.0)
    more = case["slope"] * (drawn.x @ np.asarray(case["market"]["spends"]))
    if hump is not None:
        score = drawn.x @ np.asarray(hump["way"])
        more = more + hump["height"] * HUMPS[hump["shape"]](score - hump["at"])
    truth = {name: unit * (drawn.truth[name] + more) for name in ("margin_without", "margin_with")}
    return replace(
        drawn,
        observed=drawn.observed.assign(margin=unit * (drawn.margin + more)),
        truth=drawn.truth.assign(**truth, effect=unit * drawn.truth["effect"]),
    )
