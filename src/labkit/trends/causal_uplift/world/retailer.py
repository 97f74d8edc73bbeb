"""A retailer that sends offers, with both futures of every customer known.

An offer (the treatment) is sent to some customers and, a quarter later, their margin (the
outcome) is booked. What steers the offer may also steer the margin: that is confounding, and a
`Market` says how much. Alongside come an instrument, a mediator and a collider, so that every
adjustment set, good or bad, can be tried against a truth that is exact. Estimating is left to
others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

FEATURES = ("past_spend", "recency", "visits", "basket", "discount_share", "tenure")
"""What is known of a customer before the offer, as standard scores (mean 0, deviation 1)."""

BASE_MARGIN, MARGIN_DEVIATION = 40.0, 12.0
"""Margin of a customer without an offer, in euros: its mean, and the deviation that `FEATURES`
explain."""

VISIT_WORTH = 4.0
"""Margin of one more visit, in euros."""

SHAPES: dict[str, Callable[[Floats], Floats]] = {
    "levels off": np.tanh,
    "steps": lambda score: np.tanh(3 * score),
    "valley": lambda score: np.abs(score) - np.sqrt(2 / np.pi),
    "hinge": lambda score: np.maximum(score, 0) - 1 / np.sqrt(2 * np.pi),
}
"""How an effect may follow a standard score; each has mean 0 over all customers."""

Directions = Sequence[float]
"""Weights of `FEATURES` whose squares sum to 1, so that the weighted sum is a standard score."""

Response = Sequence[tuple[Directions, str, float]]
"""An effect as a sum of terms: a direction, one of `SHAPES`, and its size."""


@dataclass(frozen=True)
class Market:
    """What a draw of customers looks like.

    `confounding`, 0 to 1: correlation between what steers the offer and what steers the margin.
    `overlap` > 0: the log-odds of an offer have the deviation 1/overlap, so that at 1 everybody
    may be sent an offer or none, and at 0.25 most customers are certain of one or of none.
    `heterogeneity` >= 0: how much the effect differs between customers; at 0 it is the same.
    `effect`: mean effect over all customers in euros.
    `treated_share`: share of customers with an offer, about.
    `lottery`: by how much winning the lottery (the instrument) raises the log-odds of an offer.
    `mediation`, 0 to 1: share of the effect that runs through additional visits.
    `curved_outcome`, `curved_assignment`: whether the margin without an offer, or the log-odds of
    an offer, bends in the features instead of being linear.
    `noise`: deviation in euros of what no feature explains.
    `spends`: direction in which the margin without an offer rises. `habit`: direction, orthogonal
    to it, of all else that steers the offer. `response`: how the effect differs between customers.
    """

    confounding: float = 0.6
    overlap: float = 1.0
    heterogeneity: float = 1.0
    effect: float = 5.0
    treated_share: float = 0.4
    lottery: float = 0.5
    mediation: float = 0.5
    curved_outcome: bool = False
    curved_assignment: bool = False
    noise: float = 8.0
    spends: Directions = (0.7, -0.5, 0.5, 0.0, 0.1, 0.0)
    habit: Directions = (0.0, 0.0, 0.0, 0.6, 0.0, 0.8)
    response: Response = (
        ((0.0, 0.0, 0.0, 0.0, 1.0, 0.0), "levels off", 4.0),
        ((1.0, 0.0, 0.0, 0.0, 0.0, 0.0), "levels off", -3.0),
    )

    def __post_init__(self) -> None:
        """Refuse a market that cannot be.

        Raises:
            ValueError: a parameter is out of its range.
        """
        for name in ("confounding", "mediation"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie from 0 to 1, got {getattr(self, name)}")
        if not 0 < self.treated_share < 1:
            raise ValueError(f"treated_share must lie between 0 and 1, got {self.treated_share}")
        if not self.overlap > 0:
            raise ValueError(f"overlap must be above 0, got {self.overlap}")
        for name in ("heterogeneity", "noise"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        # Orthogonal, or `confounding` would not be the correlation that it says.
        plane = np.array([self.spends, self.habit])
        if not np.allclose(plane @ plane.T, np.eye(2)):
            raise ValueError("spends and habit must have length 1 and be orthogonal")


@dataclass(frozen=True)
class Customers:
    """A draw of customers: what is observed of them, and the truth that nobody sees.

    `observed` has the columns `FEATURES`, ``lottery`` (0 or 1, the instrument), ``offer`` (0 or 1),
    ``visits_after`` (the mediator), ``survey`` (the collider: offer and margin both raise it) and
    ``margin`` in euros. `truth` has ``propensity`` (probability of an offer), ``margin_without``,
    ``margin_with`` and their difference ``effect``, in euros; the margin is exactly that one of
    the two which came true.
    """

    observed: pd.DataFrame
    truth: pd.DataFrame

    @property
    def x(self) -> Floats:
        """`FEATURES`, shape (n, 6)."""
        return self.observed[list(FEATURES)].to_numpy()

    @property
    def offer(self) -> NDArray[np.int64]:
        """Who was sent an offer, 0 or 1, shape (n,)."""
        return self.observed["offer"].to_numpy().astype(np.int64)

    @property
    def margin(self) -> Floats:
        """Margin in euros, shape (n,)."""
        return self.observed["margin"].to_numpy()

    @property
    def effect(self) -> Floats:
        """True effect of the offer on each customer in euros, shape (n,)."""
        return self.truth["effect"].to_numpy()

    @property
    def ate(self) -> float:
        """True mean effect over all these customers, in euros."""
        return float(self.effect.mean())

    @property
    def att(self) -> float:
        """True mean effect over those who were sent an offer, in euros."""
        return float(self.effect[self.offer == 1].mean())

    @property
    def atc(self) -> float:
        """True mean effect over those who were not, in euros."""
        return float(self.effect[self.offer == 0].mean())


def draw_customers(n: int, seed: int, market: Market = Market()) -> Customers:  # noqa: B008
    """Draw `n` customers of a `market`; one seed gives the same customers again.

    The same seed with another market gives the same people and the same luck under other rules, so
    that a change in an estimate is due to the rules.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, len(FEATURES)))
    lottery = rng.integers(0, 2, n)
    offer_luck, visit_noise, noise, survey_noise = rng.random(n), *rng.standard_normal((3, n))

    propensity = offer_propensity(x, lottery, market)
    offer = (offer_luck < propensity).astype(float)
    effect = customer_effect(x, market)
    # The expected visits are part of what the features explain; only the surprise comes on top.
    visit_surprise = 0.5 * visit_noise
    visits_without = 3 + 0.5 * x[:, FEATURES.index("visits")] + visit_surprise
    more_visits = market.mediation * effect / VISIT_WORTH
    without = (
        BASE_MARGIN
        + MARGIN_DEVIATION * _spending(x, market)
        + VISIT_WORTH * visit_surprise
        + market.noise * noise
    )
    margin = without + offer * effect
    observed = pd.DataFrame(x, columns=list(FEATURES)).assign(
        lottery=lottery.astype(float),
        offer=offer,
        visits_after=visits_without + offer * more_visits,
        survey=2 * offer + 1.5 * (margin - BASE_MARGIN) / MARGIN_DEVIATION + survey_noise,
        margin=margin,
    )
    truth = pd.DataFrame(
        {
            "propensity": propensity,
            "margin_without": without,
            "margin_with": without + effect,
            "effect": effect,
        }
    )
    return Customers(observed, truth)


def customer_effect(x: Floats, market: Market) -> Floats:
    """True effect of an offer on customers with features `x` (n, 6), in euros, shape (n,).

    Its mean over all customers that could be drawn is ``market.effect``.

    In the market as it stands, customers who buy at a discount respond more, big spenders, who
    would have bought anyway, less; the response levels off at both ends.
    """
    differs = sum(
        (size * SHAPES[shape](x @ np.asarray(way)) for way, shape, size in market.response),
        np.zeros(len(x)),
    )
    return market.effect + market.heterogeneity * differs


def _spending(x: Floats, market: Market) -> Floats:
    """What the features explain of the margin without an offer: mean 0, deviation about 1."""
    line = x @ np.asarray(market.spends)
    return _bend(line) if market.curved_outcome else line


def offer_propensity(x: Floats, lottery: NDArray[np.int64], market: Market) -> Floats:
    """Probability of an offer to customers with features `x` (n, 6), shape (n,).

    `lottery` (n,) is 1 for who won the lottery, 0 for who did not.
    """
    steers = x @ np.asarray(market.spends)
    if market.curved_assignment:
        steers = _bend(steers)
    own = np.sqrt(1 - market.confounding**2) * (x @ np.asarray(market.habit))
    log_odds = (market.confounding * steers + own) / market.overlap
    share = np.log(market.treated_share / (1 - market.treated_share))
    return expit(share + log_odds + market.lottery * (lottery - 0.5))


def _bend(line: Floats) -> Floats:
    """Bend a standard score upwards at the right end; the mean stays 0, the deviation 1."""
    return (line + line**2 - 1) / np.sqrt(3)
