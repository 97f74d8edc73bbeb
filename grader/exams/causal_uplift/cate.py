"""Task `cate`: markets in which effects differ between people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression

from labkit.trends.causal_uplift.baselines import s_learner
from labkit.trends.causal_uplift.metrics import pehe
from labkit.trends.causal_uplift.world.retailer import Market, draw_customers

PEOPLE, NEW_PEOPLE = 3_000, 1_000


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two markets in which the offer goes to big spenders.

    Each has ``n`` people to learn from and ``new`` ones, drawn together by ``seed`` and
    ``market``, and ``s_learner``, the error of a linear S-learner in euros.
    """
    return {"cases": [_market_case(rng) for _ in range(2)]}


def _market_case(rng: np.random.Generator) -> dict[str, Any]:
    market = Market(
        confounding=round(float(rng.uniform(0.7, 0.8)), 2),
        # Propensities near 0 or 1 would let a right doubly robust learner err by bad luck.
        overlap=1.3,
        heterogeneity=round(float(rng.uniform(2.2, 2.6)), 2),
        effect=round(float(rng.uniform(2, 6)), 2),
        curved_outcome=True,
    )
    own_seed = int(rng.integers(2**31))
    drawn = draw_customers(PEOPLE + NEW_PEOPLE, own_seed, market)
    guess = s_learner(
        LinearRegression(),
        drawn.x[:PEOPLE],
        drawn.offer[:PEOPLE],
        drawn.margin[:PEOPLE],
        drawn.x[PEOPLE:],
    )
    return {
        "n": PEOPLE,
        "new": NEW_PEOPLE,
        "seed": own_seed,
        "market": asdict(market),
        "s_learner": pehe(guess, drawn.effect[PEOPLE:]),
    }
