"""A year of the trader, hidden from those who decide: four decisions, and what each brings.

Customers are offered the maintenance plan in the week in which they come to the counter. Whoever
buys it needs parts in winter, and the parts are ordered before. From some week on a competitor
offers the same, and every offer adds less. A franchise contract asks that no region is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from labkit.trends.career_capstone.world.pilot import Pilot, draw_pilot

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
CUSTOMERS, PILOT, WEEKS, SEASONS = 2_000, 4_000, 52, 2_000
COST, DROP, FINE, BOUND = 20.0, 14.0, 250.0, 0.1
"""Euros an offer costs, that it adds less after the turn, and a point of rates above the bound."""

SHORT, OVER, RATE, BASE = 24.0, 4.0, 1.4, 60.0
WINTERS = ((0.7, 0.75), (0.3, 1.7))
"""Euros a missing and a left-over part costs; parts a buyer, and without any; chance and factor."""


@dataclass(frozen=True)
class Year:
    """A year with its truth.

    Attributes:
        pilot: what was known before, and the customers of the year.
        net: euros that an offer adds to each, less its cost, before the turn, shape (n,).
        usual: euros each brings without an offer, expected, shape (n,).
        chance: of buying the plan when it is offered, shape (n,).
        region, week: where and when each comes, whole numbers, shape (n,).
        turn: the week in which the competitor begins.
        winters, luck: factor of each of 2,000 winters, and the customers' luck in them.
    """

    pilot: Pilot
    net: Floats
    usual: Floats
    chance: Floats
    region: NDArray[np.int64]
    week: NDArray[np.int64]
    turn: int
    winters: Floats
    luck: int

    def worth(self, noticed: int = 0) -> Floats:
        """What an offer to each adds in their week, less its cost.

        As somebody sees it who notices the competitor in the week `noticed`, and nothing before.
        """
        return self.net - DROP * (self.week >= max(self.turn, noticed))

    def seasons(self, made: Flags) -> NDArray[np.int64]:
        """Parts asked for in each of 2,000 winters, after these offers."""
        rng = np.random.default_rng(self.luck)
        expected = self.chance[made]
        sold = rng.normal(expected.sum(), np.sqrt((expected * (1 - expected)).sum()), SEASONS)
        return rng.poisson(self.winters * (BASE + RATE * np.clip(sold, 0, None)))


def draw_year(seed: int) -> Year:
    """Draw a year, its pilot and its customers."""
    rng = np.random.default_rng([seed, 14])
    spread, along = 16.0, -0.4
    pilot = draw_pilot(PILOT, CUSTOMERS, seed, COST - 4.0, spread, 30.0, along, 45.0)
    net = pilot.gain - COST
    other = rng.normal(size=CUSTOMERS)
    usual = 60 + 30 * (along * (net - net.mean()) / spread + np.sqrt(1 - along**2) * other)
    # The second region is poorer, so that whoever follows the euros alone leaves it out.
    wealth = 0.6 * (net - net.mean()) / spread + rng.normal(size=CUSTOMERS)
    region = np.select([wealth < np.quantile(wealth, 0.3), wealth > 0], [1, 0], 2)
    factors = np.array([factor for _, factor in WINTERS])
    return Year(
        pilot,
        net,
        usual,
        expit(-1.0 + net / 20),
        region,
        rng.integers(WEEKS, size=CUSTOMERS),
        int(rng.integers(22, 36)),
        rng.choice(factors, size=SEASONS, p=[chance for chance, _ in WINTERS]),
        int(rng.integers(2**31)),
    )


def balance(year: Year, offers: Flags, parts: int) -> dict[str, float]:
    """Euros of a year's decisions.

    Args:
        year: the year.
        offers: to whom the plan is offered, shape (n,).
        parts: how many are ordered.

    Returns:
        What the offers add, what missing and left-over parts cost on average, the fine, their sum.
    """
    asked = year.seasons(offers)
    lacking, left = np.clip(asked - parts, 0, None), np.clip(parts - asked, 0, None)
    found = {
        "offers": float(year.worth()[offers].sum()),
        "parts": -float(SHORT * lacking.mean() + OVER * left.mean()),
        "regions": -100 * FINE * max(gap(year, offers) - BOUND, 0.0),
    }
    return found | {"sum": sum(found.values())}


def gap(year: Year, offers: Flags) -> float:
    """Highest rate of offers of a region, less the lowest."""
    return float(np.ptp([offers[year.region == one].mean() for one in range(3)]))


def oracle(year: Year, noticed: int = 0) -> tuple[Flags, int]:
    """Offers and parts of somebody who knows the year, and notices the turn in some week.

    The offers are the best whose rates keep the bound: for each lowest rate, every region gets as
    many as pay, and neither fewer than that nor more than the bound above it.
    """
    offers = allowed(year, year.worth(noticed))
    return offers, enough(year, offers)


def enough(year: Year, offers: Flags) -> int:
    """The parts that cost least, for these offers."""
    return int(np.sort(year.seasons(offers))[int(SEASONS * SHORT / (SHORT + OVER))])


def allowed(year: Year, worth: Floats) -> Flags:
    """The offers of highest worth among those whose regions' rates lie within the bound."""
    best, chosen = -np.inf, np.zeros(len(worth), bool)
    places = [np.flatnonzero(year.region == one) for one in range(3)]
    ranked = [place[np.argsort(-worth[place])] for place in places]
    for lowest in np.linspace(0, 1, 101):
        taken = [
            place[: int(np.clip((worth[place] > 0).sum(), np.ceil(lowest * len(place)),
                                min(lowest + BOUND, 1) * len(place)))]
            for place in ranked
        ]  # fmt: skip
        total = sum(worth[place].sum() for place in taken)
        if total > best:
            best, chosen = total, np.isin(np.arange(len(worth)), np.concatenate(taken))
    return chosen
