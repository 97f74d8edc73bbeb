"""The whole chain in euros: an oracle, an analyst, and four chains with one careless decision.

Run it from the repository's root: `python benchmarks/career_capstone/chain.py [YEARS]`. The analyst
ranks by two regressions on the pilot, holds the regions' rates, orders the parts that cost least
and notices the competitor three weeks late, as task 6 allows. Then the time of one picture of each
exploration.

On years 100 to 119 the analyst earns 0.90 of the oracle's sum on average (0.81 to 0.95), whoever
never notices the competitor 0.44 (0.09 to 0.67), and the three other chains lose money on average.
"""

from __future__ import annotations

import sys
from io import BytesIO
from time import process_time

import numpy as np
from sklearn.linear_model import LinearRegression

from labkit.trends.career_capstone import widgets
from labkit.trends.career_capstone.world import year

LATE = 3


def analyst(hidden):
    """Offers and parts of somebody who knows the pilot alone."""
    pilot = hidden.pilot
    arms = [
        LinearRegression().fit(pilot.x[pilot.offered == one], pilot.profit[pilot.offered == one])
        for one in (1, 0)
    ]
    net = arms[0].predict(pilot.new) - arms[1].predict(pilot.new) - year.COST
    worth = net - year.DROP * (hidden.week >= hidden.turn + LATE)
    offers = year.allowed(hidden, worth)
    return offers, year.enough(hidden, offers)


def chains(hidden):
    """Euros of each chain, by name."""
    offers, parts = year.oracle(hidden)
    value = hidden.usual.argsort().argsort() >= len(offers) - offers.sum()
    blind = hidden.worth() > 0
    never = year.allowed(hidden, hidden.worth(year.WEEKS))
    last = year.enough(hidden, np.zeros(len(offers), bool))
    decided = {
        "oracle": (offers, parts),
        "analyst": analyst(hidden),
        "by value": (value, year.enough(hidden, value)),
        "regions not looked at": (blind, year.enough(hidden, blind)),
        "last year's parts": (offers, last),
        "never noticed": (never, year.enough(hidden, never)),
    }
    return {name: year.balance(hidden, *one)["sum"] for name, one in decided.items()}


def main(years: int) -> None:
    """Print both tables."""
    found = [chains(year.draw_year(100 + seed)) for seed in range(years)]
    for name in found[0]:
        each = np.array([one[name] for one in found])
        shares = each / [one["oracle"] for one in found]
        print(f"{name:22} {each.mean():8,.0f} €, of the oracle's {shares.mean():6.2f} "
              f"({shares.min():.2f} to {shares.max():.2f})")  # fmt: skip
    for name, draw in (
        ("path", lambda: widgets._path((), "ML engineer", 30)),
        ("year", lambda: widgets._year(widgets.RANKINGS[1], 0.3, 500, 10)),
    ):
        draw().savefig(BytesIO())
        start = process_time()
        draw().savefig(BytesIO())
        print(f"a picture of explore_{name}: {process_time() - start:.2f} CPU-s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
