"""Task `targeting`: campaigns with hidden counterfactuals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import draw_retention

Floats = NDArray[np.float64]


HISTORY, CUSTOMERS = 8_000, 2_000


OFFER_COST = 10.0


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two campaigns.

    Each has ``history`` and ``customers``, how many people, drawn together by ``seed`` and
    ``confounding``; ``cost`` of an offer and ``budget`` in euros; and the true profits ``oracle``,
    ``risk`` (the most endangered first) and ``random``, in euros.
    """
    return {"cases": [_campaign(rng) for _ in range(2)]}


def _campaign(rng: np.random.Generator) -> dict[str, Any]:
    own_seed = int(rng.integers(2**31))
    confounding = round(float(rng.uniform(0.4, 0.8)), 2)
    most = int(rng.integers(55, 66) * CUSTOMERS / 100)
    drawn = draw_retention(HISTORY + CUSTOMERS, own_seed, confounding)
    past, new = drawn.observed[:HISTORY], drawn.observed[HISTORY:]
    uplift, value = drawn.truth["uplift"].to_numpy()[HISTORY:], new["value"].to_numpy()
    staying = LogisticRegression().fit(drawn.x[:HISTORY], past["stayed"])
    risk = staying.predict_proba(drawn.x[HISTORY:])[:, 0]

    def profit(score: Floats) -> float:
        chosen = np.zeros(CUSTOMERS)
        chosen[np.argsort(-score)[:most]] = 1
        return policy_profit(chosen, uplift, value, OFFER_COST)

    # Beyond the customers who are worth an offer, the oracle leaves the budget unspent.
    worth = np.sort(uplift * value - OFFER_COST)[::-1][:most]
    return {
        "history": HISTORY,
        "customers": CUSTOMERS,
        "seed": own_seed,
        "confounding": confounding,
        "cost": OFFER_COST,
        "budget": OFFER_COST * most,
        "oracle": float(worth[worth > 0].sum()),
        "risk": profit(risk),
        "random": policy_profit(np.ones(CUSTOMERS), uplift, value, OFFER_COST) * most / CUSTOMERS,
    }
