"""A streaming service that is live: visitors come in batches, and some titles were never shown yet.

What a visitor watches depends on linear features, and on fatigue: of a genre that the visitor saw
lately, less is watched, by a known factor each time. An old log covers the old titles only. The
chances are known to the world, so what a service earns is exact. Serving is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LATELY = 3
"""Items that a visitor saw before the visit."""


class Service(NamedTuple):
    """The truth behind a service.

    `likes` (titles, features) are the weights of each title; `genre` (titles,) its genre; `old`
    (titles,) is True for titles in the log; `keep` is what one recent item of the genre leaves.
    """

    likes: Floats
    genre: Whole
    old: NDArray[np.bool_]
    keep: float


class Visitors(NamedTuple):
    """`features` (n, features), the first of which is 1; `recent` (n, genres) counts what each
    visitor saw lately, by genre.
    """

    features: Floats
    recent: Whole


def draw_service(
    rng: np.random.Generator,
    titles: int = 16,
    genres: int = 4,
    features: int = 5,
    keep: float = 0.5,
    better: float = 0.25,
    taste: float = 0.13,
) -> Service:
    """Draw a service: half of the titles are new.

    `taste` is the standard deviation of the weights, apart from the first, which is the same for
    all visitors.

    Old titles are liked by a quarter of their visitors, on average. Of the new ones every other one
    is liked by 0.8 × `better` less, the rest by 1 to 1.8 × `better` more.
    """
    likes = rng.normal(0, taste, (titles, features))
    order = rng.permutation(titles)
    old = order < titles // 2
    more = np.where(order % 2, -0.8, 1 + 0.8 * order / titles)
    likes[:, 0] = np.where(old, 0.25, 0.25 + better * more)
    return Service(likes, rng.permutation(titles) % genres, old, keep)


def draw_visitors(rng: np.random.Generator, service: Service, n: int) -> Visitors:
    """Draw visitors; each has a favourite genre, of which most of the recent items were."""
    genres, features = int(service.genre.max()) + 1, service.likes.shape[1]
    x = np.column_stack([np.ones(n), rng.uniform(-1, 1, (n, features - 1))])
    favourite = rng.integers(genres, size=n)
    seen = np.where(
        rng.random((LATELY, n)) < 0.6, favourite, rng.integers(genres, size=(LATELY, n))
    )
    recent = np.stack([(seen == genre).sum(axis=0) for genre in range(genres)], axis=1)
    return Visitors(x, recent)


def chances(service: Service, visitors: Visitors) -> Floats:
    """The probability that each visitor watches each title, (n, titles)."""
    liked = (visitors.features @ service.likes.T).clip(0.02, 0.98)
    return np.asarray(liked * service.keep ** visitors.recent[:, service.genre])


def draw_history(
    rng: np.random.Generator, service: Service, n: int
) -> tuple[Visitors, Whole, Whole]:
    """The old log: n visitors, the old title that each was shown by chance, watched or not."""
    visitors = draw_visitors(rng, service, n)
    shown = rng.choice(np.flatnonzero(service.old), n)
    return visitors, shown, watch(rng, service, visitors, shown)


def watch(rng: np.random.Generator, service: Service, visitors: Visitors, shown: Whole) -> Whole:
    """Whether each visitor watches what is shown, 0 or 1, (n,)."""
    p = chances(service, visitors)[np.arange(len(shown)), shown]
    return (rng.random(len(shown)) < p).astype(np.int64)
