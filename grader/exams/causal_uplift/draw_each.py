"""Tasks `qini`, `cate` and `targeting`: curves, effects for each person, and whom to choose.

Small arrays stand in the instance itself; large data are drawn again by the judge from seeds. The
reference figures say what simple methods reach and what nobody can beat. Judging is left to the
checks.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression, LogisticRegression

from labkit.trends.causal_uplift.baselines import s_learner
from labkit.trends.causal_uplift.metrics import pehe, policy_profit
from labkit.trends.causal_uplift.world.retailer import Market, draw_customers
from labkit.trends.causal_uplift.world.retention import draw_retention

from .curves import auuc, qini_coefficient, uplift_curves

Floats = NDArray[np.float64]

PEOPLE, NEW_PEOPLE = 3_000, 1_000
HISTORY, CUSTOMERS = 8_000, 2_000
OFFER_COST = 10.0


def draw_qini(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four small experiments.

    Each has ``words``, which say what is special about it, lists ``score``, ``treated`` and
    ``outcome``, the reference ``qini`` and ``auuc``, and ``traps``, pairs (qini, auuc) of known
    mistakes by name.
    """
    rng = np.random.default_rng(seed)
    return {
        "cases": [
            _qini_case("all scores differ", 1_000_000, 60, rng),
            _qini_case("many equal scores", 8, 80, rng),
            _qini_case("three times as many treated, equal scores", 6, 80, rng, share=0.75),
            _qini_case("only two different scores", 2, 60, rng),
        ]
    }


def _qini_case(
    words: str, levels: int, n: int, rng: np.random.Generator, share: float = 0.5
) -> dict[str, Any]:
    while True:
        treated = (rng.random(n) < share).astype(float)
        level = rng.integers(levels, size=n)
        score = np.round(rng.normal(0, 0.05) + level / levels, 6)
        outcome = np.round(rng.gamma(2.0, 10.0, n) * (1 + treated * level / levels), 2)
        numbers = _curve_numbers(score, treated, outcome)
        traps = _curve_traps(score, treated, outcome)
        best = np.flatnonzero(score == score.max())
        if not 0 < treated[best].mean() < 1 and levels <= 8:
            continue  # with ties the first group should hold both, so that its corner counts
        wrong = [value for name, value in traps.items() if levels <= 8 or name != "row order"]
        if all(max(np.abs(np.subtract(value, numbers))) > 0.01 for value in wrong):
            break
    return {
        "words": words,
        "score": score.tolist(),
        "treated": treated.tolist(),
        "outcome": outcome.tolist(),
        "qini": numbers[0],
        "auuc": numbers[1],
        "traps": {name: list(value) for name, value in traps.items()},
    }


def _curve_numbers(score: Floats, treated: Floats, outcome: Floats) -> tuple[float, float]:
    return qini_coefficient(score, treated, outcome), auuc(score, treated, outcome)


def _curve_traps(score: Floats, treated: Floats, outcome: Floats) -> dict[str, tuple[float, float]]:
    n = len(score)
    qini, gain = _curve_numbers(score, treated, outcome)
    share, _, qini_height = uplift_curves(score, treated, outcome)
    in_row_order = -np.argsort(np.argsort(-score, kind="stable")).astype(float)
    return {
        "row order": _curve_numbers(in_row_order, treated, outcome),
        "ascending": _curve_numbers(-score, treated, outcome),
        "random line kept": (float(np.trapezoid(qini_height, share)) / n, gain),
        "not per customer": (qini * n, gain * n),
        "swapped": (gain, qini),
    }


def draw_cate(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two markets in which the offer goes to big spenders.

    Each has ``n`` people to learn from and ``new`` ones, drawn together by ``seed`` and
    ``market``, and ``s_learner``, the error of a linear S-learner in euros.
    """
    rng = np.random.default_rng(seed)
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


def draw_targeting(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two campaigns.

    Each has ``history`` and ``customers``, how many people, drawn together by ``seed`` and
    ``confounding``; ``cost`` of an offer and ``budget`` in euros; and the true profits ``oracle``,
    ``risk`` (the most endangered first) and ``random``, in euros.
    """
    rng = np.random.default_rng(seed)
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
