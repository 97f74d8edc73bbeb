"""Task `intent`: how probable each mood is at each item, from what was seen until then.

The reference is the forward algorithm; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until
from labkit.trends.personalization.world.sessions import Moods, Session, draw_moods, draw_session

Floats = NDArray[np.float64]

CASES = 4
APART = 0.01
"""By how much some probability of every known mistake is off."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has the arguments ``prior``, ``move``, ``watch``, ``shown`` and ``watched``; ``belief``,
    the right answer; and ``traps``, those of known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng), _apart, "every mistake apart from the belief")
            for _ in range(CASES)
        ]
    }


def forward(known: Moods, session: Session) -> Floats:
    """The probability of each mood at each item, given all until then, (items, moods)."""
    belief = np.zeros((len(session.shown), len(known.prior)))
    ahead = known.prior
    for t, weight in enumerate(likelihood(known, session)):
        belief[t] = ahead * weight / (ahead @ weight)
        ahead = belief[t] @ known.move
    return belief


def likelihood(known: Moods, session: Session) -> Floats:
    """How probable what was seen is in each mood, (items, moods)."""
    liked = known.watch[:, session.shown].T
    return np.where(session.watched[:, None] == 1, liked, 1 - liked)


def smoothed(known: Moods, session: Session) -> Floats:
    """The probability of each mood at each item, given the whole session (Rabiner 1989)."""
    weights, belief = likelihood(known, session), forward(known, session)
    after = np.ones_like(belief)
    for t in range(len(belief) - 2, -1, -1):
        after[t] = known.move @ (weights[t + 1] * after[t + 1])
        after[t] /= after[t].sum()
    both = belief * after
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def _mistakes(known: Moods, session: Session) -> dict[str, Floats]:
    """What known mistakes lead to, by name."""
    belief = forward(known, session)
    still = known._replace(move=np.eye(len(known.prior)))
    skipped = forward_over(known, session, np.where(session.watched[:, None] == 1,
                           likelihood(known, session), 1.0))  # fmt: skip
    return {
        "smoothed": smoothed(known, session),
        "no move": forward(still, session),
        "moved first": forward(known._replace(prior=known.prior @ known.move), session),
        "watched only": skipped,
        "next item": belief @ known.move,
        "transposed": forward(known._replace(move=known.move.T), session),
    }


def forward_over(known: Moods, session: Session, weights: Floats) -> Floats:
    """The forward algorithm over other weights than the right ones."""
    belief, ahead = [], known.prior
    for weight in weights:
        belief.append(ahead * weight / (ahead @ weight))
        ahead = belief[-1] @ known.move
    return np.array(belief)


def _case(rng: np.random.Generator) -> dict[str, Any]:
    known = draw_moods(rng, int(rng.integers(3, 5)), int(rng.integers(4, 7)))
    session = draw_session(rng, known, int(rng.integers(10, 18)))
    return {
        "prior": known.prior.tolist(),
        "move": known.move.tolist(),
        "watch": known.watch.tolist(),
        "shown": session.shown.tolist(),
        "watched": session.watched.tolist(),
        "belief": forward(known, session).tolist(),
        "traps": {name: found.tolist() for name, found in _mistakes(known, session).items()},
    }


def _apart(case: dict[str, Any]) -> bool:
    right = np.array(case["belief"])
    return all(np.abs(np.array(wrong) - right).max() > APART for wrong in case["traps"].values())
