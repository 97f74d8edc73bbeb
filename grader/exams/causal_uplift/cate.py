"""Task `cate`: markets in which effects differ between people, each with a response of its own.

The judge draws the people again from the seed that stands in a case, and knows both futures.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift.baselines import s_learner
from labkit.trends.causal_uplift.metrics import pehe
from labkit.trends.causal_uplift.world.retailer import FEATURES, Market

PEOPLE, NEW_PEOPLE = 8_000, 1_000

SPENDS = np.array([0.5, 0.5, 0.45, 0.4, 0.35, 0.0])
"""Sizes of what the margin depends on; which feature has which is dealt out anew each time."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two markets.

    Each has ``n`` people to learn from and ``new`` ones, drawn together by ``seed`` and
    ``market``, and ``s_learner``, the error of a linear S-learner in euros.
    """
    return {"cases": [_market_case(rng) for _ in range(2)]}


def _market_case(rng: np.random.Generator) -> dict[str, Any]:
    sign = rng.choice([-1, 1], len(FEATURES))
    place = rng.permutation(len(FEATURES))
    first, second = np.eye(len(FEATURES))[rng.permutation(len(FEATURES))[:2]]
    market = Market(
        confounding=round(float(rng.uniform(0.85, 0.95)), 2),
        # Propensities near 0 or 1 would let a right learner err by bad luck.
        overlap=1.4,
        heterogeneity=2.0,
        effect=round(float(rng.uniform(-4, 8)), 2),
        treated_share=round(float(rng.uniform(0.45, 0.55)), 3),
        curved_outcome=True,
        noise=2.0,
        spends=(sign * SPENDS / np.linalg.norm(SPENDS))[place].tolist(),
        habit=(sign * (SPENDS == 0))[place].astype(float).tolist(),
        response=(
            (first.tolist(), "levels off", float(rng.choice([-1, 1]) * rng.uniform(4, 5))),
            (second.tolist(), "levels off", float(rng.choice([-1, 1]) * rng.uniform(4, 5))),
        ),
    )
    case = {
        "n": PEOPLE,
        "new": NEW_PEOPLE,
        "seed": int(rng.integers(2**31)),
        "market": asdict(market),
    }
    drawn = redraw.customers(case)
    known, new = slice(PEOPLE), slice(PEOPLE, None)
    guess = s_learner(
        LinearRegression(), drawn.x[known], drawn.offer[known], drawn.margin[known], drawn.x[new]
    )
    return {**case, "s_learner": pehe(guess, drawn.effect[new])}
