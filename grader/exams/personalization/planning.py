"""Policies for whole sessions: the optimum, hand rules, and what a log teaches.

`best` is exact, by policy iteration. The others are known ways and known mistakes, as tables of
actions (7, 6, 2).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labkit.trends.personalization.world import loyalty
from labkit.trends.personalization.world.loyalty import (
    ACTIONS,
    GENRES,
    LEVELS,
    SHAPE,
    Steps,
    Viewer,
    transitions,
)

USUAL = (2.68, 4.27, 6.49, 8.61, 10.35, 11.65, 12.58)
"""What a satisfaction is worth under the best policy, in items, mean of 60 viewers."""

SCALES = (0.9, 1.0, 1.1)

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def solve(watch: Floats, moves: Floats) -> Whole:
    """The best policy of a decision process, by policy iteration (Howard 1960)."""
    rows = np.arange(len(watch))
    policy = watch.argmax(axis=1)
    for _ in range(100):
        worth = np.linalg.solve(np.eye(len(watch)) - moves[rows, policy], watch[rows, policy])
        all_worth = watch + moves @ worth
        better = all_worth.argmax(axis=1)
        if np.all(all_worth[rows, better] <= all_worth[rows, policy] + 1e-12):
            break
        policy = better
    return policy.reshape(SHAPE)


def best(viewer: Viewer) -> Whole:
    """The policy under which most is watched in a session."""
    return solve(*transitions(viewer))


def hand_rules(viewer: Viewer, most: float = np.inf) -> dict[str, float]:
    """The share of the optimum that each hand rule reaches, up to the first above `most`.

    Those that come nearest to the optimum come first.
    """
    watch, moves = transitions(viewer)
    rows = np.arange(len(watch))

    def value(policy: Whole) -> float:
        chosen = policy.ravel()
        left = np.eye(len(watch)) - moves[rows, chosen]
        worth = np.linalg.solve(left, watch[rows, chosen]).reshape(SHAPE)
        return float(worth[loyalty.START, :, 0].mean())

    optimum, shares = value(solve(watch, moves)), {}
    for name, rule in _rules(viewer, watch, moves):
        shares[name] = value(rule) / optimum
        if shares[name] > most:
            break
    return shares


def _rules(viewer: Viewer, watch: Floats, moves: Floats) -> Iterator[tuple[str, Whole]]:
    now = watch.argmax(axis=1).reshape(SHAPE)
    honest = 2 * watch[:, ::2].argmax(axis=1).reshape(SHAPE)
    adds = 2 * (watch[:, ::2] * viewer.up).argmax(axis=1).reshape(SHAPE)

    def bait_from(level: int, below: Whole) -> Whole:
        return np.where(np.arange(LEVELS)[:, None, None] < level, below, now)

    for level in (6, 5, 4, 7, 3):
        yield f"goodwill to {level}", bait_from(level, adds)
    yield "honest plan", 2 * solve(watch[:, ::2], moves[:, ::2])
    for level in range(LEVELS - 1, 2, -1):
        yield f"bait from {level}", bait_from(level, honest)
    yield "never bait", honest
    yield "next click", now


def one_step_ahead(viewer: Viewer) -> Iterator[Whole]:
    """Policies that know the viewer but look one step ahead only, to worths for all viewers."""
    watch, moves = transitions(viewer)
    for scale in SCALES:
        worth = np.repeat(scale * np.array(USUAL), GENRES * 2)
        yield (watch + moves @ worth).argmax(axis=1).reshape(SHAPE)


def miscounts(log: Steps) -> dict[str, list[float]]:
    """Estimates from rows that tell of something else too, by name of the estimate."""
    genre, bait, seen = log.action // 2, log.action % 2 == 1, log.watched == 1
    fell = log.then < log.satisfaction
    return {
        "taste": [float(seen[(genre == g) & ~bait].mean()) for g in range(GENRES)],
        "leave": [float(log.left[log.satisfaction == level].mean()) for level in range(LEVELS)],
        "lift": [float(seen[bait].mean() - seen[~bait].mean())],
        "miss": [float(fell[~seen & ~bait].mean())],
        "down": [float(fell[seen & bait].mean())],
    }


def from_parts(log: Steps) -> Whole:
    """What a log teaches who knows how the parts hang together."""
    return best(counted(log))


def counted(log: Steps) -> Viewer:
    """The viewers of a log, each part counted by itself from the rows that tell of it."""
    genre, bait = log.action // 2, log.action % 2
    tired = np.where(genre == log.last, 1 + log.twice, 0)
    taste = np.zeros((GENRES, 2))
    for g in range(GENRES):
        for b in range(2):
            taste[g, b] = log.watched[(genre == g) & (bait == b) & (tired == 0)].mean()
    less = [log.watched[tired == t].sum() / taste[genre, bait][tired == t].sum() for t in (1, 2)]
    inner = (log.satisfaction > 0) & (log.satisfaction < LEVELS - 1)
    step = log.then - log.satisfaction
    seen = log.watched == 1
    up = np.array(
        [(step[inner & seen & (genre == g) & (bait == 0)] > 0).mean() for g in range(GENRES)]
    )
    return Viewer(
        taste[:, 0],
        up,
        np.array(less),
        np.array([log.left[log.then == level].mean() for level in range(LEVELS)]),
        float((taste[:, 1] - taste[:, 0]).mean()),
        float((step[inner & ~seen & (bait == 0)] < 0).mean()),
        float((step[inner & seen & (bait == 1)] < 0).mean()),
    )


def from_raw_counts(log: Steps) -> Whole:
    """What a log teaches who counts every state and action by itself."""
    states = LEVELS * GENRES * 2
    here = np.ravel_multi_index((log.satisfaction, log.last, log.twice), SHAPE)
    genre = log.action // 2
    there = np.ravel_multi_index((log.then, genre, (genre == log.last).astype(int)), SHAPE)
    seen = np.zeros((states, ACTIONS))
    watch, moves = np.zeros((states, ACTIONS)), np.zeros((states, ACTIONS, states))
    np.add.at(seen, (here, log.action), 1)
    np.add.at(watch, (here, log.action), log.watched)
    stay = log.left == 0
    np.add.at(moves, (here[stay], log.action[stay], there[stay]), 1)
    most = np.maximum(seen, 1)
    return solve(watch / most, 0.9999 * moves / most[:, :, None])
