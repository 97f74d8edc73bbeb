"""Task `aipw`: worlds in which one simple model bends, or none, and worlds without overlap.

The judge draws the data again from the seeds that stand in an instance. Each world is a market of
its own. What steers the offers also raises the effect, so that another population has another
effect: trimming, or the effect on everybody, is off.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures

from labkit.checks.causal_uplift import surfaces
from labkit.checks.causal_uplift.surfaces import HUMPS
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.world.retailer import (
    Customers,
    Market,
    customer_effect,
    offer_propensity,
)

from .estimators import ipw_att

Floats = NDArray[np.float64]
Case = dict[str, Any]

CUSTOMERS = 8_000
WORLDS = 12
LEAST = {"curved outcome": 4, "curved assignment": 2, "straight": 2}
"""Worlds of each kind with overlap that every instance has."""

USUAL_ERROR = 1.5
"""The reference may be off by this many standard errors in a world that is used."""

REFERENCE_OFF, TRAPS_OFF = 1.0, 3.5
"""Standard errors of the mean over worlds of one kind: the reference is off by less, the mistakes
of that kind by more."""

MISTAKES = {
    "curved outcome": ("naive", "regression", "imputation", "squares", "effect on all"),
    "curved assignment": ("naive", "regression", "weighting", "effect on all", "model of all"),
    "straight": ("naive", "regression", "effect on all", "trimmed", "trimmed a little"),
}
"""Which known mistakes are off in each kind of world."""

EFFECTIVE = 0.12
"""Where there is overlap, the others are worth at least this share of themselves once they are
weighted by their odds (Kish); without it they are worth .05 at most. So they are told apart by that
as well as by the propensities of the treated: above .95 are 6 % of these at most, or half."""

TOO_WIDE = 1.65
"""Where nothing bends, the interval of two means is at least so many times too wide."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, twelve worlds in random order, two to four without overlap.

    Each has ``kind`` (a key of `LEAST`, or ``"no overlap"``), ``n``, ``seed``, ``market`` and,
    where the outcome bends, ``hump``, which draw it. Those with overlap have the true ``att`` of
    the market, the standard ``error`` that the reference states, and ``traps``, estimates of known
    mistakes by name.
    """
    poor = int(rng.integers(2, 5))
    more = rng.choice(list(LEAST), size=WORLDS - poor - sum(LEAST.values()))
    cases = [_market_case("no overlap", rng) for _ in range(poor)]
    for kind, least in LEAST.items():
        cases += _group(kind, least + int((more == kind).sum()), rng)
    return {"cases": [cases[place] for place in rng.permutation(WORLDS)]}


def _group(kind: str, size: int, rng: np.random.Generator) -> list[Case]:
    """Worlds of a kind on which the reference is right, and its mistakes are not."""
    cases = until(
        lambda: _balanced(kind, size, rng.choice((-1, 1)), rng),
        _mistakes_show,
        f"worlds of the kind {kind!r} in which its mistakes show",
    )
    for case in cases:
        del case["off"], case["two_means"], case["effective"]
    return cases


def _balanced(kind: str, size: int, side: int, rng: np.random.Generator) -> list[Case]:
    """Draw worlds until the errors of the reference are half above and half below zero.

    Humps all have the same `side`, up or down, so that what misses them does not even out.
    """
    wanted = {True: size - size // 2, False: size // 2}
    sides: dict[bool, list[Case]] = {True: [], False: []}

    def one_more() -> bool:
        market = _market_case(kind, rng, side)
        drawn = surfaces.customers(market)
        chance = baselines.fit_propensity(drawn.x, drawn.offer)
        case = _estimated(market, drawn, chance)
        above = case["off"] > 0
        if len(sides[above]) < wanted[above] and _is_used(case, drawn, chance):
            sides[above].append({**case, "traps": _traps(drawn, chance)})
        return all(len(sides[side]) == wanted[side] for side in sides)

    until(one_more, bool, f"{size} worlds of the kind {kind!r}")
    return [*sides[True], *sides[False]]


def _is_used(case: Case, drawn: Customers, chance: Floats) -> bool:
    """Whether right estimates are off by no bad luck, and a wrong interval is seen to be wrong.

    Where the margin bends, the error of the weighted residuals is many times that of two means:
    there the truth lies in the right interval and outside the narrow one.
    """
    off = abs(case["off"])
    if case["effective"] < EFFECTIVE:
        return False
    if case["kind"] == "curved outcome":
        narrow = 1.1 * 1.96 * case["two_means"]
        return bool(narrow < off < USUAL_ERROR * case["error"]) and _right_with_squares(
            case, drawn, chance
        )
    return bool(off < USUAL_ERROR * case["error"])


def _right_with_squares(case: Case, drawn: Customers, chance: Floats) -> bool:
    """Whether an outcome model with squares is right as well, once it is corrected by weights."""
    x, treated, outcome = drawn.x, drawn.offer, drawn.margin
    left = outcome - _without(_with_squares(x), treated, outcome)
    estimate, _ = corrected(chance, left, treated)
    return bool(abs(estimate - case["att"]) < USUAL_ERROR * case["error"])


def _mistakes_show(cases: list[Case]) -> bool:
    error = float(np.sqrt(sum(case["error"] ** 2 for case in cases)) / len(cases))
    kind = cases[0]["kind"]
    if abs(np.mean([case["off"] for case in cases])) > REFERENCE_OFF * error:
        return False
    wide = float(np.mean([case["two_means"] / case["error"] for case in cases]))
    return (kind != "straight" or wide > TOO_WIDE) and all(
        abs(np.mean([case["traps"][name] - case["att"] for case in cases])) > TRAPS_OFF * error
        for name in MISTAKES[kind]
    )


def _market_case(kind: str, rng: np.random.Generator, side: int = 1) -> Case:
    # Orthogonal: what else changes the effect does not steer the offers.
    spends, habit, other = np.linalg.qr(rng.standard_normal((6, 3)))[0].T
    confounding = float(rng.uniform(0.6, 0.7))
    steers = confounding * spends + np.sqrt(1 - confounding**2) * habit
    market = Market(
        confounding=confounding,
        overlap=0.2 if kind == "no overlap" else 0.7,
        # Large, so that an interval whose terms are not centred is seen to be too wide.
        effect=round(float(rng.uniform(22, 30)), 2),
        treated_share=round(float(rng.uniform(0.45, 0.55)), 3),
        curved_assignment=kind == "curved assignment",
        noise=4.0,
        spends=spends.tolist(),
        habit=habit.tolist(),
        response=(
            (steers.tolist(), str(rng.choice(["levels off", "hinge"])), float(rng.uniform(14, 16))),
            (other.tolist(), str(rng.choice(["levels off", "valley"])), float(rng.uniform(1, 2))),
        ),
    )
    # So many seeds that nobody finds a world again by drawing all.
    own_seed = int.from_bytes(rng.bytes(16))
    case = {"kind": kind, "n": CUSTOMERS, "seed": own_seed, "market": asdict(market)}
    if kind == "curved outcome":
        case["hump"] = {
            "way": steers.tolist(),
            "shape": str(rng.choice(list(HUMPS))),
            "at": round(float(rng.uniform(0.0, 0.4)), 3),
            "height": round(side * float(rng.uniform(25, 35)), 2),
        }
    return case


def _estimated(case: Case, drawn: Customers, chance: Floats) -> Case:
    """Add the truth and what the reference says; ``off`` and what follows it serve the draw alone.

    ``two_means`` is the larger of two wrong standard errors, the outcome's and the residuals';
    ``effective`` is the share that the others are worth when they are weighted.
    """
    x, treated, outcome = drawn.x, drawn.offer, drawn.margin
    left = outcome - _without(x, treated, outcome)
    estimate, error = corrected(chance, left, treated)
    att = true_att(Market(**case["market"]))
    odds = (chance / (1 - chance))[treated == 0]
    return {
        **case,
        "att": att,
        "error": error,
        "off": estimate - att,
        "two_means": max(_error_of_means(treated, outcome), _error_of_means(treated, left)),
        "effective": float(odds.sum() ** 2 / (odds**2).sum() / len(odds)),
    }


def true_att(market: Market, points: int = 121) -> float:
    """Effect on those who got an offer, over all customers that could be drawn.

    Only what steers the offers counts, and that lies in the plane of `spends` and `habit`; the
    integral is taken on a grid there. The second term of the response is orthogonal to that plane
    and has mean 0.
    """
    line = np.linspace(-6, 6, points)
    first, second = (axis.ravel() for axis in np.meshgrid(line, line))
    x = np.outer(first, market.spends) + np.outer(second, market.habit)
    chances = [offer_propensity(x, np.full(len(x), luck), market) for luck in (0, 1)]
    weight = np.exp(-(first**2 + second**2) / 2) * sum(chances)
    effect = customer_effect(x, replace(market, response=market.response[:1]))
    return float(np.average(effect, weights=weight))


def corrected(chance: Floats, left: Floats, treated: NDArray[np.int64]) -> tuple[float, float]:
    """The correction by odds of what an outcome model has `left`, and its standard error.

    The reference. Not cross-fitted, which two linear models do not need.
    """
    share = treated.mean()
    each = np.where(treated == 1, 1.0, -chance / (1 - chance)) * left / share
    att = float(each.mean())
    return att, float(np.std(each - treated * att / share) / np.sqrt(len(each)))


def _without(x: Floats, treated: NDArray[np.int64], outcome: Floats) -> Floats:
    others = treated == 0
    return np.asarray(LinearRegression().fit(x[others], outcome[others]).predict(x))


def _with_squares(x: Floats) -> Floats:
    return np.asarray(PolynomialFeatures(2, include_bias=False).fit_transform(x))


def _error_of_means(treated: NDArray[np.int64], values: Floats) -> float:
    groups = (values[treated == 1], values[treated == 0])
    return float(np.sqrt(sum(group.var() / len(group) for group in groups)))


def _traps(drawn: Customers, chance: Floats) -> dict[str, float]:
    x, offer, margin = drawn.x, drawn.offer, drawn.margin
    others = offer == 0
    without, with_it = _without(x, offer, margin), _without(x, 1 - offer, margin)
    of_all = LinearRegression().fit(x, margin).predict(x)
    weight = np.where(others, -1 / (1 - chance), 1 / chance)
    correction = weight * (margin - np.where(others, without, with_it))
    with_squares = _without(_with_squares(x), offer, margin)
    left = margin - without

    def trimmed(limit: float) -> float:
        kept = (chance > limit) & (chance < 1 - limit)
        return corrected(chance[kept], left[kept], offer[kept])[0]

    return {
        "naive": baselines.difference_in_means(offer, margin),
        "regression": baselines.ols(x, offer, margin),
        "imputation": float(left[~others].mean()),
        "squares": float((margin - with_squares)[~others].mean()),
        "weighting": ipw_att(chance, offer, margin),
        "effect on all": float((with_it - without + correction).mean()),
        "model of all": corrected(chance, margin - of_all, offer)[0],
        "trimmed": trimmed(0.1),
        "trimmed a little": trimmed(0.05),
    }
