"""The explorations of the lesson: a live session, and a log that is worth more or less.

Drawing is left to `plots`, numbers to the world.
"""

from __future__ import annotations

import numpy as np

from labkit.pictures.explorer import Explorer, choice, decimal, whole
from labkit.pictures.plot import Plot
from labkit.trends.personalization.plots import live_session, log_weights
from labkit.trends.personalization.world import logs
from labkit.trends.personalization.world.sessions import Moods

GENRES = ("comedy", "crime", "nature", "news", "family")
MOODS = {"tired": 0, "curious": 1, "with children": 2}
NONE, BOUND = 1_000.0, 4
"""An epsilon so large that there is no noise, and the views of a person that count."""

KNOWN = Moods(
    np.array([0.5, 0.3, 0.2]),
    np.array([[0.8, 0.15, 0.05], [0.2, 0.75, 0.05], [0.05, 0.05, 0.9]]),
    np.array(
        [
            [0.7, 0.35, 0.45, 0.10, 0.30],
            [0.2, 0.60, 0.75, 0.55, 0.15],
            [0.3, 0.05, 0.50, 0.05, 0.85],
        ]
    ),
)
"""Viewers of the exploration and of the lesson's first session."""

SHOWN = np.array([[400, 120, 200, 30, 10], [60, 200, 250, 200, 8], [30, 4, 60, 5, 12]])
"""How often each genre was shown in each mood; family films hardly ever."""

BELIEFS = np.array(
    [
        [0.5, 0.3, 0.2],
        [0.3767, 0.1774, 0.4459],
        [0.2211, 0.1077, 0.6712],
        [0.1299, 0.0775, 0.7926],
    ]
)
"""The moods at the next item, after none, one, two and three family films that were watched."""


def explore_session() -> Explorer:
    """Sliders for what was watched so far, the bonus for the unknown, and epsilon."""
    controls = {
        "items": whole("family films watched", 0, 0, 3),
        "bonus": decimal("bonus for the unknown", 0.0, 0.0, 2.0, 0.1),
        "epsilon": choice("epsilon of the counts", NONE, (NONE, 3.0, 1.0, 0.3, 0.1)),
    }
    return Explorer(_session, controls)


def _session(items: int, bonus: float, epsilon: float) -> Plot:
    belief = BELIEFS[items]
    watched = np.round(SHOWN * KNOWN.watch) + _noise() * BOUND / epsilon
    rate = (watched / SHOWN).clip(0, 1)
    extra = bonus / np.sqrt(SHOWN)
    scores = {
        genre: (float(belief @ rate[:, g]), float(belief @ extra[:, g]),
                float(belief @ KNOWN.watch[:, g]))
        for g, genre in enumerate(GENRES)
    }  # fmt: skip
    said = "no promise" if epsilon == NONE else f"epsilon {epsilon:g}"
    return live_session({name: float(belief[m]) for name, m in MOODS.items()}, scores, said)


def _noise() -> np.ndarray:
    return np.random.default_rng(3).laplace(size=SHOWN.shape)


def explore_log() -> Explorer:
    """Sliders for how far a new policy departs from the old one, and for the length of the log."""
    controls = {
        "departs": decimal("how far the new policy departs", 0.3, 0.0, 2.0, 0.1),
        "visits": choice("visits in the log", 2_000, (500, 2_000, 10_000)),
    }
    return Explorer(_log, controls)


def _log(departs: float, visits: int) -> Plot:
    rng = np.random.default_rng(6)
    shop = logs.draw_shop(rng)
    liked = rng.normal(size=shop.chance.shape)
    old, new = logs.softmax(departs * liked), logs.softmax(-departs * liked)
    log = logs.draw_log(rng, shop, old, visits)
    weights = new[log.kind, log.items] / log.logged
    terms = weights * log.clicks
    margin = 1.96 * float(terms.std()) / visits**0.5
    return log_weights(weights, logs.value(shop, new), float(terms.mean()), margin)
