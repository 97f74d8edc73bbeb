"""Task `targeting`: campaigns with hidden counterfactuals, each among customers of its own temper.

In one the budget is short, so that the order of the customers counts. In the others it is ample,
and the cost says where to stop: far below a quarter of the customers where an offer is dear, far
above where it is cheap. Each counts its money in a unit of its own: a margin of some euros that is
learned at home is far too wide for one, and none for another. The judge draws the customers again
from the seed in a case.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.metrics import policy_profit
from labkit.trends.causal_uplift.world.retention import Retention, Temper

Floats = NDArray[np.float64]
Case = dict[str, Any]

HISTORY, CUSTOMERS = 30_000, 2_000


@dataclass(frozen=True)
class Kind:
    """What a campaign of a kind is like.

    `share`: of the customers, whom the budget pays for. `cost` and `spread`: of an offer, where a
    customer is worth what the world's own are, and of the logarithm of that worth. `quarters`: of a
    euro that an offer costs in the campaign's own money, so that budgets are exact, and above 1 €,
    so that a budget is no number of offers.
    """

    share: float
    cost: float
    spread: float
    quarters: tuple[int, int]


KINDS = {
    "short": Kind(0.06, 12.0, 1.0, (5, 6)),
    "dear": Kind(0.9, 35.0, 1.0, (800, 1_600)),
    "cheap": Kind(0.9, 1.0, 0.3, (8, 40)),
}
"""An offer is worth its cost to 6 % of the customers where it is dear, and to 55 % where it is
cheap. Whoever ranks rightly, but takes a number of them that was learned at home, gets enough with
16 % at most where it is dear, and with 17 % at least where it is cheap."""

CONSTANT, MOST_OF_A_CONSTANT = 0.17, {"dear": 0.48, "cheap": 0.7}
"""So many of the customers, the best first, and what they bring at most, as a share of the oracle's
profit. 0.5 and 0.75 are asked."""

MOST_OF_A_MISTAKE = 0.6
"""Share of the oracle's profit that each known mistake stays below, with the true uplift in it."""


MOST_BY_UPLIFT = 0.68
"""The same for a short budget that goes to those worth an offer, the highest uplift first: they get
0.55 to 0.75, and 0.72 is asked."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, a campaign of each kind.

    Each has ``kind``, a key of `KINDS`; ``history`` and ``customers``, how many people, drawn
    together by ``seed``, ``confounding`` and ``temper``; ``unit``, how often they are worth what
    the world's are; ``cost`` of an offer and ``budget`` in euros; and the true profits ``oracle``,
    ``risk`` (the most endangered first) and ``random``, in euros.
    """
    return {"cases": [_campaign(str(kind), rng) for kind in rng.permutation(list(KINDS))]}


def _campaign(kind: str, rng: np.random.Generator) -> Case:
    what = KINDS[kind]
    most = round(what.share * rng.uniform(0.9, 1.1) * CUSTOMERS)
    cost = int(rng.integers(what.quarters[0], what.quarters[1] + 1)) / 4

    def candidate() -> Case:
        case = {
            "kind": kind,
            "history": HISTORY,
            "customers": CUSTOMERS,
            "seed": int(rng.integers(2**31)),
            "confounding": round(float(rng.uniform(0.4, 0.8)), 2),
            "temper": asdict(_temper(what.spread, rng)),
            "unit": cost / what.cost,
            "cost": cost,
            "budget": cost * most,
        }
        return _with_profits(case, most)

    case = until(
        candidate,
        lambda case: all(most * case["oracle"] > profit for profit, most in case["mistakes"]),
        "customers among whom every known mistake costs a good part of the profit",
    )
    del case["mistakes"]
    return case


def _temper(spread: float, rng: np.random.Generator) -> Temper:
    """Dangers and responses over features dealt out anew: no two companies have the same."""
    place, sign = rng.permutation(6), rng.choice([-1, 1], 6)
    danger = sign * np.array([0.4, 0.7, 0.5, 0.3, 0.0, 0.0])
    # Who is in danger for one reason answers an offer, for another reason not at all.
    sizes = [0.0, -rng.uniform(0.5, 0.9), 0.0, rng.uniform(0.6, 1.0), rng.uniform(0.6, 1.0), 0.0]
    return Temper(
        danger=danger[place].tolist(),
        welcome=round(float(rng.uniform(0.2, 0.6)), 2),
        response=(sign * sizes)[place].tolist(),
        value_spread=spread,
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
    last = np.sort(earns)[::-1][round(CONSTANT * CUSTOMERS)]
    constant = policy_profit((earns > last).astype(float), uplift, value, cost)
    # Everybody is worth the mean; or any of those who are worth an offer; or the uplift ranks them.
    # With an ample budget: all of it is spent, in the best order; or on all whom an offer keeps.
    mistakes = {
        "short": [
            (profit(uplift * value.mean() - cost), MOST_OF_A_MISTAKE),
            (float(earns[earns > 0].mean()) * most, MOST_OF_A_MISTAKE),
            (profit(np.where(earns > 0, uplift, -1)), MOST_BY_UPLIFT),
        ],
        "dear": [
            (profit(earns - earns.min() + 1), MOST_OF_A_MISTAKE),
            (profit(uplift), MOST_OF_A_MISTAKE),
            (constant, MOST_OF_A_CONSTANT["dear"]),
        ],
        "cheap": [(constant, MOST_OF_A_CONSTANT["cheap"])],
    }
    return {
        **case,
        "oracle": profit(earns),
        "risk": profit(_risk(drawn)),
        "random": everybody * most / CUSTOMERS,
        "mistakes": mistakes[case["kind"]],
    }


def _risk(drawn: Retention) -> Floats:
    """How endangered the new customers are, by a straight line, which ranks as well as any."""
    table = np.column_stack([np.ones(len(drawn.x)), drawn.x])
    left = 1 - drawn.observed["stayed"].to_numpy()[:HISTORY]
    return np.asarray(table[HISTORY:] @ np.linalg.lstsq(table[:HISTORY], left, rcond=None)[0])
