"""A dispatch desk whose twelve dials nobody explains: settings are tried, and their cost is told.

The truck of `routing` follows a linear score of its twelve features. Here the weights of that score
are reached through dials, and each dial moves all weights at once, at every office in another way.
This module plays the rounds of such a search and compares a setting with nearest-request. How to
search is left to the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labkit.trends.rl_supply_chain.world.routing import (
    FEATURES,
    Days,
    day_cost,
    draw_days,
)

Floats = NDArray[np.float64]
Propose = Callable[[Floats, Floats, int], Floats]

DIALS = len(FEATURES)
ROUNDS = 30
SETTINGS = 32
DAYS_A_ROUND = 20
WAGES, FUEL = 30.0, 12.0
"""What comes on top of a day's cost, whatever the settings: wages, which rise evenly from nothing
towards this, and fuel, up to this, each round by lot. Random settings differ by some 9, good ones
by 1 or 2: so the cheapest of all rounds is an early one, and where the rise is taken off, fuel
still hides which round went better."""


@dataclass(frozen=True)
class Office:
    """One firm: its weather, what is urgent there, and what its dials do.

    Attributes:
        storm: peak, width, speed and forecast hours, like `routing.USUAL_STORM`
        urgent: `x`, `y`, `radius` and `price` of what is urgent, as `routing.day_cost` takes them
        seed: what the dials do, and all days, follow from it
    """

    storm: dict[str, float]
    urgent: dict[str, float]
    seed: int

    @cached_property
    def mixing(self) -> Floats:
        """(12, 12) what a turn of each dial adds to the weights, one row a dial.

        The rows are orthogonal, of length one, and have no preferred direction: no dial stands for
        a feature, and what helped at one office says nothing about the next.
        """
        drawn = np.random.default_rng(self.seed).normal(size=(DIALS, DIALS))
        rows, triangle = np.linalg.qr(drawn)
        # Without the signs some directions would be drawn more often than others.
        return rows * np.sign(np.diag(triangle))

    def weights(self, settings: Floats) -> Floats:
        """(settings, 12) weights of the features; with all dials at 0 those of nearest-request."""
        nearest = np.zeros(DIALS)
        nearest[FEATURES.index("travel time now")] = -1
        return nearest + settings @ self.mixing

    def costs(self, settings: Floats, days: Days) -> Floats:
        """(settings, days) what every day costs with every row of `settings` (settings, 12)."""
        different, of_setting = np.unique(settings, axis=0, return_inverse=True)
        every = days[np.repeat(np.arange(len(days)), len(different))]
        of_row = np.tile(self.weights(different).astype(np.float32), (len(days), 1))[:, :, None]
        paid = day_cost(every, lambda features: (features @ of_row)[..., 0], self.urgent)
        return paid.reshape(len(days), len(different)).T.astype(float)[of_setting]

    def play(self, propose: Propose, luck: int = 0) -> tuple[Floats, Floats]:
        """Ask for settings and tell their costs, round by round.

        Args:
            propose: takes `tried` (rounds, 32, 12) and `costs` (rounds, 32) of the rounds so far,
                and a seed, and returns the next settings (32, 12).
            luck: the seeds that `propose` is given follow from it alone, so they tell nothing of
                the dials or of the days.

        Returns:
            tried: (30, 32, 12) all settings
            costs: (30, 32) mean cost of a day; all settings of a round drive the same days, and the
                same comes on top of all their costs: wages that rise and fuel by lot
        """
        tried, costs = np.empty((0, SETTINGS, DIALS)), np.empty((0, SETTINGS))
        day_seeds = np.random.SeedSequence([self.seed, 1]).generate_state(ROUNDS)
        for number, day_seed in enumerate(day_seeds):
            settings = np.asarray(propose(tried, costs, ROUNDS * luck + number), float)
            days = draw_days(DAYS_A_ROUND, int(day_seed), self.storm)
            fuel = FUEL * np.random.default_rng(day_seed).random()
            paid = self.costs(settings, days).mean(axis=1) + WAGES * number / ROUNDS + fuel
            tried, costs = np.append(tried, [settings], 0), np.append(costs, [paid], 0)
        return tried, costs

    def saving(self, settings: Floats, days: int = 600) -> Floats:
        """Saving of every row against nearest-request, as a share of its cost, on `days` days.

        The days are the same in every call, and none of those that `play` drives.
        """
        rows = np.vstack([np.zeros(DIALS), settings])
        nearest, *others = self.costs(rows, draw_days(days, self.seed, self.storm)).mean(axis=1)
        return 1 - np.array(others) / nearest
