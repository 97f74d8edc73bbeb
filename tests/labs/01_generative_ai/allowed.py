"""Right and wrong answers of the task `allowed`."""

from __future__ import annotations

from collections import deque
from functools import partial

import numpy as np


def _needed(moves, accepting):
    """Bytes to the nearest accepting state, by breadth first from the back."""
    before = [[] for _ in moves]
    for state, row in enumerate(moves):
        for after in set(row[row >= 0].tolist()):
            before[after].append(state)
    needed = np.full(len(moves), np.inf)
    needed[accepting] = 0
    open_ = deque(np.flatnonzero(accepting).tolist())
    while open_:
        state = open_.popleft()
        for earlier in before[state]:
            if np.isinf(needed[earlier]):
                needed[earlier] = needed[state] + 1
                open_.append(earlier)
    return needed


def _end(moves, state, token):
    for byte in token:
        state = int(moves[state, byte])
        if state < 0:
            return None
    return state


def backwards(text, moves, accepting, tokens, room):
    """Breadth first from the accepting states."""
    needed, now = _needed(moves, accepting), _end(moves, 0, text)
    found = set()
    for place, token in enumerate(tokens):
        end = _end(moves, now, token)
        if token == b"":
            if accepting[now]:
                found.add(place)
        elif end is not None and len(token) + needed[end] <= room:
            found.add(place)
    return found


def by_layers(text, moves, accepting, tokens, room):
    """Which states can end within so many bytes, for each number; tokens by a trie of states."""
    alive = [np.asarray(accepting, bool)]
    for _ in range(room):
        reached = np.where(moves >= 0, alive[-1][moves], False).any(axis=1)
        alive.append(alive[-1] | reached)
    known = {b"": _end(moves, 0, text)}

    def end(token):
        if token not in known:
            before = end(token[:-1])
            after = -1 if before < 0 else int(moves[before, token[-1]])
            known[token] = after
        return known[token]

    good = []
    for place, token in enumerate(tokens):
        left = room - len(token)
        if not token:
            good += [place] if alive[0][known[b""]] else []
        elif left >= 0 and end(token) >= 0 and alive[left][end(token)]:
            good.append(place)
    return np.array(good)


def _wrong(text, moves, accepting, tokens, room, keep, end=None, state=None):
    needed = _needed(moves, accepting)
    now = _end(moves, 0, text) if state is None else state
    found = []
    for place, token in enumerate(tokens):
        after = _end(moves, now, token)
        if not token:
            if accepting[now] if end is None else end:
                found.append(place)
        elif after is not None and keep(token, needed[after], room):
            found.append(place)
    return found


def _fits(token, needed, room):
    return len(token) + needed <= room


RIGHT = {"backwards": backwards, "by layers": by_layers}
WRONG = {
    "single characters": (
        partial(_wrong, keep=lambda t, n, r: len(t) == 1 and _fits(t, n, r)),
        "tokens are allowed",
    ),
    "fits so far": (partial(_wrong, keep=lambda t, n, r: True), "lead nowhere"),
    "room forgotten": (partial(_wrong, keep=lambda t, n, r: np.isfinite(n)), "bytes left"),
    "room for the token alone": (
        partial(_wrong, keep=lambda t, n, r: np.isfinite(n) and len(t) <= r),
        "bytes left",
    ),
    "end always": (partial(_wrong, keep=_fits, end=True), "should not be"),
    "end never": (partial(_wrong, keep=_fits, end=False), "missing, such as b''"),
    "from the start": (partial(_wrong, keep=_fits, state=0), "tokens are allowed"),
    "one byte too much room": (
        partial(_wrong, keep=lambda t, n, r: len(t) + n <= r + 1),
        "should not be",
    ),
    "one byte too little room": (
        partial(_wrong, keep=lambda t, n, r: len(t) + n < r),
        "are missing",
    ),
    "own bytes not counted": (
        partial(_wrong, keep=lambda t, n, r: n <= r),
        "should not be",
    ),
    "a token takes one of the room": (
        partial(_wrong, keep=lambda t, n, r: 1 + n <= r),
        "should not be",
    ),
    "dead ends, but any complete start": (
        lambda text, moves, accepting, tokens, room: [
            place
            for place, token in enumerate(tokens)
            if (end := _end(moves, _end(moves, 0, text), token)) is not None
            and (accepting[end] or (moves[end] >= 0).any())
        ],
        "should not be",
    ),
    "nothing": (lambda *a: [], "missing"),
    "all": (lambda text, moves, accepting, tokens, room: range(len(tokens)), "should not be"),
}

BACK = "no byte leads back to the start"
HARMLESS = {
    "wheel: exam argument 1 is in practice argument 1": "patterns of one kind number some of their "
    "states alike; the whole pattern is handed to the answer",
    "constant: …ter = np.where(moves >= 0, needed[moves], np.inf)… -> *": BACK,
    "comparison: after = np.where(moves >= 0, needed[moves], np.inf).min(axis=1) -> *": BACK,
    "constant: if token and end >= 0 and (len(token) + neede… -> *": BACK,
    "comparison: if token and end >= 0 and (len(token) + needed[end] <= room): -> if token and "
    "end > 0 *": BACK,
}
