"""Task `targeting`: campaigns with hidden counterfactuals, each among customers of its own temper.

In one the budget is short, so that the order of the customers counts; in the other it is ample,
and most of it should be left. In the first an offer and a customer are worth little, in the second
much: a margin of some euros that is learned at home is far too wide for the one, and none for the
other. The judge draws the customers again from the seed in a case.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import Retention, Temper

Floats = NDArray[np.float64]
Case = dict[str, Any]

HISTORY, CUSTOMERS = 14_000, 2_000
OFFER_COST = 12.0
"""What an offer costs where a customer is worth what the world's own are."""

SHORT, AMPLE = 0.06, 0.9
"""Share of the customers whom the budget pays for."""

CHEAP, DEAR = (5, 6), (800, 1_600)
"""Quarters of a euro that an offer costs with a short and with an ample budget, so that budgets
are exact, and above 1 €, so that a budget is no number of offers. Whoever ranks rightly, but asks
for a fixed margin instead of the cost, gets of the oracle's profit, at a cost of 12 € and over 20
campaigns, 0.45 or less from 160 € on where the budget is short; where it is ample 0.53 to 0.80 at
2 € and 0.24 to 0.65 at 0.50 €. A margin of 20 € is here like one of 160 € or more in the first
campaign and of 1.20 € or less in the second; one of 4 € is like one of 32 to 39 €, and of 0.12 to
0.24 €."""

MOST_OF_A_MISTAKE = 0.6
"""Share of the oracle's profit that each known mistake stays below, with the true uplift in it."""


MOST_BY_UPLIFT = 0.68
"""The same for a short budget that goes to those worth an offer, the highest uplift first: they get
0.55 to 0.75, and 0.72 is asked."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two campaigns, with a short and with an ample budget.

    Each has ``history`` and ``customers``, how many people, drawn together by ``seed``,
    ``confounding`` and ``temper``; ``unit``, how often they are worth what the world's are;
    ``cost`` of an offer and ``budget`` in euros; and the true profits ``oracle``, ``risk`` (the
    most endangered first) and ``random``, in euros.
    """
    return {"cases": [_campaign(share, rng) for share in rng.permutation([SHORT, AMPLE])]}


def _campaign(share: float, rng: np.random.Generator) -> Case:
    most = round(share * rng.uniform(0.9, 1.1) * CUSTOMERS)
    low, high = CHEAP if share == SHORT else DEAR
    cost = int(rng.integers(low, high + 1)) / 4

    def candidate() -> Case:
        case = {
            "history": HISTORY,
            "customers": CUSTOMERS,
            "seed": int(rng.integers(2**31)),
            "confounding": round(float(rng.uniform(0.4, 0.8)), 2),
            "temper": asdict(_temper(rng)),
            "unit": cost / OFFER_COST,
            "cost": cost,
            "budget": cost * most,
        }
        return _with_profits(case, most)

    case = until(
        candidate,
        lambda case: (
            max(case["mistakes"]) < MOST_OF_A_MISTAKE * case["oracle"]
            and case["by_uplift"] < MOST_BY_UPLIFT * case["oracle"]
        ),
        "customers among whom every known mistake costs a good part of the profit",
    )
    del case["mistakes"], case["by_uplift"]
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
    drawn, cost = redraw.campaign(case), case["cost"]
    new = slice(HISTORY, None)
    uplift, value = drawn.truth["uplift"].to_numpy()[new], drawn.observed["value"].to_numpy()[new]

    def profit(score: Floats) -> float:
        """Of the best scores, as far as the budget goes and the score is above zero."""
        chosen = np.zeros(CUSTOMERS)
        chosen[np.argsort(-score)[:most]] = 1
        return policy_profit(chosen * (score > 0), uplift, value, cost)

    earns = uplift * value - cost
    everybody = policy_profit(np.ones(CUSTOMERS), uplift, value, cost)
    if most < CUSTOMERS / 2:
        # Everybody is worth the mean; or any of those who are worth an offer.
        worth = earns[earns > 0]
        mistakes = [profit(uplift * value.mean() - cost), float(worth.mean()) * most]
        by_uplift = profit(np.where(earns > 0, uplift, -1))
    else:
        # All of the budget is spent, in the best order; or on everybody whom an offer keeps.
        mistakes = [profit(earns - earns.min() + 1), profit(uplift)]
        by_uplift = 0.0
    return {
        **case,
        "oracle": profit(earns),
        "risk": profit(_risk(drawn)),
        "random": everybody * most / CUSTOMERS,
        "mistakes": mistakes,
        "by_uplift": by_uplift,
    }


def _risk(drawn: Retention) -> Floats:
    """How endangered the new customers are, by a straight line, which ranks as well as any."""
    table = np.column_stack([np.ones(len(drawn.x)), drawn.x])
    left = 1 - drawn.observed["stayed"].to_numpy()[:HISTORY]
    return np.asarray(table[HISTORY:] @ np.linalg.lstsq(table[:HISTORY], left, rcond=None)[0])
