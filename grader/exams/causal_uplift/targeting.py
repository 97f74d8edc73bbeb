"""Task `targeting`: campaigns with hidden counterfactuals, each among customers of its own temper.

In one the budget is short, so that the order of the customers counts; in the other it is ample,
and most of it should be left. The judge draws the customers again from the seed in a case.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from labkit.checks.causal_uplift import redraw
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import Retention, Temper

Floats = NDArray[np.float64]
Case = dict[str, Any]

HISTORY, CUSTOMERS = 14_000, 2_000
OFFER_COST = 12.0
SHORT, AMPLE = 0.06, 0.9
"""Share of the customers whom the budget pays for."""

MOST_OF_A_MISTAKE = 0.6
"""Share of the oracle's profit that each known mistake stays below, with the true uplift in it."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two campaigns, with a short and with an ample budget.

    Each has ``history`` and ``customers``, how many people, drawn together by ``seed``,
    ``confounding`` and ``temper``; ``cost`` of an offer and ``budget`` in euros; and the true
    profits ``oracle``, ``risk`` (the most endangered first) and ``random``, in euros.
    """
    return {"cases": [_campaign(share, rng) for share in rng.permutation([SHORT, AMPLE])]}


def _campaign(share: float, rng: np.random.Generator) -> Case:
    most = round(share * rng.uniform(0.9, 1.1) * CUSTOMERS)

    def candidate() -> Case:
        case = {
            "history": HISTORY,
            "customers": CUSTOMERS,
            "seed": int(rng.integers(2**31)),
            "confounding": round(float(rng.uniform(0.4, 0.8)), 2),
            "temper": asdict(_temper(rng)),
            "cost": OFFER_COST,
            "budget": OFFER_COST * most,
        }
        return _with_profits(case, most)

    case = until(
        candidate,
        lambda case: max(case["mistakes"]) < MOST_OF_A_MISTAKE * case["oracle"],
        "customers among whom every known mistake costs a good part of the profit",
    )
    del case["mistakes"]
    return case


def _temper(rng: np.random.Generator) -> Temper:
    """Dangers and responses over features dealt out anew: no two companies have the same."""
    place, sign = rng.permutation(6), rng.choice([-1, 1], 6)
    danger = sign * np.array([0.4, 0.7, 0.5, 0.3, 0.0, 0.0])
    # Who is in danger for one reason answers an offer, for another reason not at all.
    sizes = [0.0, -rng.uniform(0.5, 0.9), 0.0, rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0), 0.0]
    return Temper(
        danger=danger[place].tolist(),
        welcome=round(float(rng.uniform(0.2, 0.6)), 2),
        response=(sign * sizes)[place].tolist(),
        value_spread=1.0,
    )


def _with_profits(case: Case, most: int) -> Case:
    drawn = redraw.campaign(case)
    new = slice(HISTORY, None)
    uplift, value = drawn.truth["uplift"].to_numpy()[new], drawn.observed["value"].to_numpy()[new]

    def profit(score: Floats) -> float:
        """Of the best scores, as far as the budget goes and the score is above zero."""
        chosen = np.zeros(CUSTOMERS)
        chosen[np.argsort(-score)[:most]] = 1
        return policy_profit(chosen * (score > 0), uplift, value, OFFER_COST)

    earns = uplift * value - OFFER_COST
    everybody = policy_profit(np.ones(CUSTOMERS), uplift, value, OFFER_COST)
    if most < CUSTOMERS / 2:
        # Everybody is worth the mean; or any of those who are worth an offer.
        worth = earns[earns > 0]
        mistakes = [profit(uplift * value.mean() - OFFER_COST), float(worth.mean()) * most]
    else:
        # All of the budget is spent, in the best order; or on everybody whom an offer keeps.
        mistakes = [profit(earns - earns.min() + 1), profit(uplift)]
    return {
        **case,
        "oracle": profit(earns),
        "risk": profit(_risk(drawn)),
        "random": everybody * most / CUSTOMERS,
        "mistakes": mistakes,
    }


def _risk(drawn: Retention) -> Floats:
    past = slice(HISTORY)
    staying = LogisticRegression().fit(drawn.x[past], drawn.observed["stayed"][past])
    return np.asarray(staying.predict_proba(drawn.x[HISTORY:])[:, 0])
