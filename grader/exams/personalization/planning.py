"""Policies for whole sessions: the optimum, hand rules, and what a log teaches.

`best` is exact, by policy iteration. The others are known ways and known mistakes, as tables of
actions (7, 6, 2).
"""

from __future__ import annotations

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


def next_click(viewer: Viewer) -> Whole:
    """The action that is watched most probably now."""
    return transitions(viewer)[0].argmax(axis=1).reshape(SHAPE)


def never_bait(viewer: Viewer) -> Whole:
    """The honest item that is watched most probably now."""
    return 2 * transitions(viewer)[0][:, ::2].argmax(axis=1).reshape(SHAPE)


def honest_plan(viewer: Viewer) -> Whole:
    """The best policy that never baits."""
    watch, moves = transitions(viewer)
    return 2 * solve(watch[:, ::2], moves[:, ::2])


def bait_from(viewer: Viewer, level: int) -> Whole:
    """Bait from a satisfaction on, honest items below, each the most probably watched."""
    policy = never_bait(viewer)
    policy[level:] = next_click(viewer)[level:]
    return policy


def hand_rules(viewer: Viewer) -> dict[str, float]:
    """The share of the optimum that each hand rule reaches."""
    most = loyalty.value(viewer, best(viewer))
    rules = {"next click": next_click(viewer), "never bait": never_bait(viewer),
             "honest plan": honest_plan(viewer)}  # fmt: skip
    rules |= {f"bait from {level}": bait_from(viewer, level) for level in range(3, LEVELS)}
    return {name: loyalty.value(viewer, rule) / most for name, rule in rules.items()}


def from_parts(log: Steps) -> Whole:
    """What a log teaches who knows how the parts hang together: each part is counted by itself."""
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
    viewer = Viewer(
        taste[:, 0],
        up,
        np.array(less),
        np.array([log.left[log.then == level].mean() for level in range(LEVELS)]),
        float((taste[:, 1] - taste[:, 0]).mean()),
        float((step[inner & ~seen & (bait == 0)] < 0).mean()),
        float((step[inner & seen & (bait == 1)] < 0).mean()),
    )
    return best(viewer)


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
