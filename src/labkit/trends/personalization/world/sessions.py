"""A viewer's mood within one session: it moves from item to item, and only the clicks show it.

A hidden Markov model. Each mood likes each genre to its own degree, and between two items the mood
may change. Finding the mood from the clicks is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Moods(NamedTuple):
    """What is known of all viewers.

    `prior` (moods,) is the share of each mood at the first item; `move` (moods, moods) the
    probability to go from the row's mood to the column's between two items; `watch` (moods, genres)
    the probability that an item of the genre is watched.
    """

    prior: Floats
    move: Floats
    watch: Floats


class Session(NamedTuple):
    """One session: `mood` is hidden; `shown` is the genre of each item, `watched` 0 or 1."""

    mood: Whole
    shown: Whole
    watched: Whole


def draw_moods(rng: np.random.Generator, moods: int = 3, genres: int = 5) -> Moods:
    """Draw moods that stay for about four items and differ in what they like."""
    stay = rng.uniform(0.65, 0.85, moods)
    away = rng.dirichlet(np.ones(moods - 1), moods)
    move = np.diag(stay)
    for mood in range(moods):
        move[mood, np.arange(moods) != mood] = (1 - stay[mood]) * away[mood]
    watch = rng.beta(0.8, 0.8, (moods, genres)).clip(0.05, 0.95)
    return Moods(rng.dirichlet(np.full(moods, 2.0)), move, watch)


def draw_session(rng: np.random.Generator, known: Moods, items: int = 12) -> Session:
    """Draw one session in which every genre is shown equally often, by chance."""
    moods, genres = known.watch.shape
    mood = np.zeros(items, dtype=np.int64)
    for t in range(items):
        mood[t] = rng.choice(moods, p=known.move[mood[t - 1]] if t else known.prior)
    shown = rng.integers(genres, size=items)
    watched = (rng.random(items) < known.watch[mood, shown]).astype(np.int64)
    return Session(mood, shown, watched)
