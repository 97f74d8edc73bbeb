"""The explorations of the lesson: cut-offs by group with a profit meter, and noise under attack.

Drawing is left to `plots`, numbers to the world.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from labkit.pictures.explorer import Explorer, choice, decimal
from labkit.pictures.plot import Plot
from labkit.privacy_audit import audit_epsilon
from labkit.trends.responsible_ai import data
from labkit.trends.responsible_ai.plots import lending_by_cut_off, two_tables
from labkit.trends.responsible_ai.world.lending import above, profit, rates

START = 60.0
"""The cut-off for all groups at the beginning: stricter than pays."""
RUNS, VISITS = 20_000, 600


def explore_cut_offs() -> Explorer:
    """A slider for the cut-off of each group, on the score curves of 2003."""
    controls = {
        name.lower(): decimal(name, START, 0.0, 100.0, 0.5)
        for name in data.figure("score_curves")["groups"]
    }
    return Explorer(_lend, controls)


def _lend(white: float, black: float, hispanic: float, asian: float) -> Plot:
    curves, groups = data.score_curves()
    cuts = [white, black, hispanic, asian]
    scores = data.figure("score_curves")["score"]
    policy = above(np.searchsorted(scores, cuts), len(scores))
    earned = profit(curves, policy, data.LOSS) / data.figure("frontier")["most"]
    return lending_by_cut_off(curves, groups, cuts, rates(curves, policy), earned)


def explore_release() -> Explorer:
    """Sliders for the visits of one person, what the noise covers, and epsilon."""
    controls = {
        "visits": choice("visits of the person", 1, (1, 5, 30)),
        "covered": choice("visits that the noise covers", 1, (1, 5, 30)),
        "epsilon": choice("epsilon promised", 1.0, (0.25, 0.5, 1.0, 2.0)),
    }
    return Explorer(_release, controls)


def _release(visits: int, covered: int, epsilon: float) -> Plot:
    one, other = _released(visits, covered, epsilon)
    return two_tables(one, other, epsilon, audit_epsilon(one, other))


@lru_cache(maxsize=16)  # a reader goes back and forth
def _released(visits: int, covered: int, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts with the person and without, with Laplace noise for `covered` visits."""
    noise = np.random.default_rng(7).laplace(0, covered / epsilon, (2, RUNS))
    return VISITS + noise[0], VISITS - visits + noise[1]
