"""A whole session, until the viewer leaves: what is watched now, and whether they come to stay.

A Markov decision process with 7 × 6 × 2 = 84 states: satisfaction (0 to 6), the genre shown last
(0 to 5), and whether that genre was shown at least twice in a row. There are 12 actions, numbered
2 × genre + bait; bait is a loud title that promises more than the item holds.

- An item is watched with probability taste[genre] + lift × bait, at most 1; times tired[0] if its
  genre was the last one, times tired[1] if that was shown twice or more.
- Satisfaction then moves by one step, within 0 and 6. An honest item that is watched adds one with
  probability up[genre]; one that is not watched takes one with probability miss. Bait that is
  watched takes one with probability down; bait that is not watched changes nothing.
- Then the viewer leaves with probability leave[satisfaction], after the move.

A session begins at satisfaction 3, with any last genre, shown once. The value of a policy is the
expected number of items watched, found by one linear system. Planning is left to the learner.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LEVELS, GENRES, ACTIONS = 7, 6, 12
SHAPE = (LEVELS, GENRES, 2)
START = 3


class Viewer(NamedTuple):
    """How viewers behave: `taste` and `up` (6,), `tired` (2,), `leave` (7,), and three numbers."""

    taste: Floats
    up: Floats
    tired: Floats
    leave: Floats
    lift: float
    miss: float
    down: float


class Steps(NamedTuple):
    """A log, one row a step, arrays (n,).

    The state (`satisfaction`, `last`, `twice`), the `action`, `watched` (0 or 1), the satisfaction
    afterwards (`then`), and `left` (0 or 1).
    """

    satisfaction: Whole
    last: Whole
    twice: Whole
    action: Whole
    watched: Whole
    then: Whole
    left: Whole


def draw_viewer(rng: np.random.Generator) -> Viewer:
    """Draw viewers whose favourite genres are not those that make them come to stay."""
    taste = np.sort(rng.uniform(0.25, 0.6, GENRES))
    up = np.sort(rng.uniform(0.15, 0.85, GENRES))[::-1]
    order = rng.permutation(GENRES)
    first, fall = rng.uniform(0.25, 0.4), rng.uniform(0.4, 0.55)
    leave = np.array([0.04 + first * fall**level for level in range(LEVELS)])
    return Viewer(
        taste[order],
        up[order],
        np.sort(rng.uniform(0.35, 0.85, 2))[::-1],
        leave,
        float(rng.uniform(0.3, 0.4)),
        float(rng.uniform(0.1, 0.25)),
        float(rng.uniform(0.3, 0.5)),
    )


def transitions(viewer: Viewer) -> tuple[Floats, Floats]:
    """Watching and moving in every state.

    Returns:
        The probability to watch, (84, 12), and the probability to stay and be in each next state,
        (84, 12, 84); a row's sum is the probability that the viewer does not leave. State numbers
        are those of `numpy.ravel_multi_index` over `SHAPE`.
    """
    level, last, twice, genre, bait = np.meshgrid(
        np.arange(LEVELS), np.arange(GENRES), np.arange(2), np.arange(GENRES), np.arange(2),
        indexing="ij",
    )  # fmt: skip
    same = genre == last
    tired = np.where(same, viewer.tired[twice], 1.0)
    watch = np.minimum(viewer.taste[genre] + viewer.lift * bait, 1.0) * tired
    up = np.where(bait == 1, 0.0, watch * viewer.up[genre])
    down = np.where(bait == 1, watch * viewer.down, (1 - watch) * viewer.miss)
    moves = np.zeros((*watch.shape, *SHAPE))
    here = np.indices(watch.shape)
    for step, chance in ((1, up), (-1, down), (0, 1 - up - down)):
        then = np.clip(level + step, 0, LEVELS - 1)
        np.add.at(moves, (*here, then, genre, same.astype(int)), chance * (1 - viewer.leave[then]))
    states = LEVELS * GENRES * 2
    return watch.reshape(states, ACTIONS), moves.reshape(states, ACTIONS, states)


def worths(viewer: Viewer, policy: Whole) -> Floats:
    """Items still to be watched from every state on, expected, exact, (84,).

    `policy` (7, 6, 2) holds actions.
    """
    watch, moves = transitions(viewer)
    rows, chosen = np.arange(len(watch)), np.asarray(policy).ravel()
    return np.linalg.solve(np.eye(len(watch)) - moves[rows, chosen], watch[rows, chosen])


def value(viewer: Viewer, policy: Whole) -> float:
    """Items watched in a session, expected, exact; `policy` (7, 6, 2) holds actions."""
    return float(worths(viewer, policy).reshape(SHAPE)[START, :, 0].mean())


def missed(viewer: Viewer, policy: Whole) -> float:
    """How many items more one other action promises, at most, if the policy is followed after it.

    Nothing where the policy is the best one for such viewers; `policy` (7, 6, 2) holds actions.
    """
    watch, moves = transitions(viewer)
    worth = worths(viewer, policy)
    return float(((watch + moves @ worth).max(axis=1) - worth).max())


def draw_steps(rng: np.random.Generator, viewer: Viewer, steps: int) -> Steps:
    """A log of sessions in which every action is taken equally often, by chance.

    Viewers begin with any satisfaction, which they bring from earlier sessions.
    """
    side = 400
    rows: list[Whole] = []
    level, last = rng.integers(LEVELS, size=side), rng.integers(GENRES, size=side)
    twice = np.zeros(side, dtype=np.int64)
    for _ in range(-(-steps // side)):
        action = rng.integers(ACTIONS, size=side)
        genre, bait = action // 2, action % 2
        tired = np.where(genre == last, viewer.tired[twice], 1.0)
        chance = np.minimum(viewer.taste[genre] + viewer.lift * bait, 1.0) * tired
        watched = rng.random(side) < chance
        luck = rng.random(side)
        up = (bait == 0) & watched & (luck < viewer.up[genre])
        fall = np.where(bait == 1, watched * viewer.down, ~watched * viewer.miss)
        then = np.clip(level + up - (luck < fall) * ~up, 0, LEVELS - 1)
        left = rng.random(side) < viewer.leave[then]
        rows.append(np.array([level, last, twice, action, watched, then, left], dtype=np.int64))
        level = np.where(left, rng.integers(LEVELS, size=side), then)
        twice = np.where(left, 0, genre == last)
        last = np.where(left, rng.integers(GENRES, size=side), genre)
    return Steps(*np.concatenate(rows, axis=1)[:, :steps])
