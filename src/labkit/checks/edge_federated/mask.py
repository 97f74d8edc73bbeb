"""Task `mask`: what leaves a client tells nothing alone, and the sum of all is exact.

Judged by properties, so any order and any sign will do as long as the masks cancel.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from scipy.stats import chi2

from labkit.checks.edge_federated.faults import Fault, first_fault
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.edge_federated.world import secure

WORDS = 2**32

UNEVEN = float(chi2.isf(1e-10, 15))
"""Of 16 equal boxes, where a fair sample lands once in 10^10; an instance asks some 5,000 times.
Masks that lack a single bit give above 600."""

FEW = 2
"""Numbers that two masks may have in common: of 600 out of 2**32 it is none in 10,000 draws."""

OTHER_KEYS = (1, 2, 2**8, 2**16, 2**32, 2**64)
"""What is added to a key; each has to change every number."""

QUICK = 5.0
"""CPU-seconds of a call; the reference needs below a millisecond."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Sums, single vectors, rounds, and clients that tell each other what they know."""

    def one(case: Instance) -> Outcome:
        return first_fault(
            _Clients(answer, case), (_sums, _hides, _rounds, _every_key), _words(case)
        )

    return each_case(instance, one, "Single vectors tell nothing, and every sum is exact.")


class _Clients:
    """The clients of a case, each asked once a round."""

    def __init__(self, answer: Any, case: Instance) -> None:
        self.answer = answer
        self.names: list[int] = case["clients"]
        self.keys = {
            int(c): {int(p): key for p, key in keys.items()} for c, keys in case["keys"].items()
        }
        self.updates = {int(c): np.array(u) for c, u in case["updates"].items()}
        self.sent = {r: {c: self.ask(c, r) for c in self.names} for r in case["rounds"]}

    def masks(self, client: int) -> dict[int, np.ndarray]:
        """What the client added to its update, by round."""
        return {r: (sent[client] - self.updates[client]) % WORDS for r, sent in self.sent.items()}

    def ask(self, me: int, number: int, keys: dict[int, int] | None = None) -> np.ndarray:
        """The masked numbers of a client, from 0 to 2**32 - 1."""
        own = self.keys[me] if keys is None else keys
        raw = call(self.answer, self.updates[me], me, dict(own), number, seconds=QUICK)
        array = as_array(raw, "masked update", self.updates[me].shape)
        if not np.array_equal(array, np.floor(array)):
            raise UnusableError(
                f"The masked update holds {array[array != np.floor(array)][0]:g}; masks work on "
                "whole numbers.",
                "Masks of floating-point numbers cannot be uniform, and their sum is not exact. "
                "Add whole numbers and take the rest modulo 2**32.",
            )
        if array.min() < 0 or array.max() >= WORDS:
            raise UnusableError(
                f"The masked update runs from {array.min():.0f} to {array.max():.0f}; it should "
                "stay from 0 to 2**32 - 1.",
                "Take the rest modulo 2**32 at the end.",
            )
        return array.astype(np.int64)


def _sums(asked: _Clients) -> Fault:
    right = np.sum(list(asked.updates.values()), axis=0) % WORDS
    for number, sent in asked.sent.items():
        total = np.sum(list(sent.values()), axis=0) % WORDS
        wrong = np.flatnonzero(total != right)
        if len(wrong):
            twice = (right + 2 * _streams(asked, number)) % WORDS
            return (
                f"In round {number} the masks do not cancel: {len(wrong)} of {len(right)} sums are "
                "wrong.",
                "Of every two clients one has to add the common stream and the other take it away. "
                "Which one is which must follow from their numbers.",
                "Both clients of a pair add the same mask, so the sum holds it twice."
                if np.array_equal(total, twice)
                else "",
            )
    return None


def _streams(asked: _Clients, number: int) -> np.ndarray:
    """The sum of one stream for each pair of clients."""
    pairs = itertools.combinations(asked.names, 2)
    length = len(asked.updates[asked.names[0]])
    streams = [secure.stream(asked.keys[a][b], number, length).astype(np.int64) for a, b in pairs]
    return np.asarray(np.sum(streams, axis=0))


def _hides(asked: _Clients) -> Fault:
    for client in asked.names:
        for mask in asked.masks(client).values():
            if _uneven(mask) or len(np.unique(mask)) < len(mask) - FEW:
                return (
                    f"What client {client} sends can be told from chance: its update shows.",
                    "Add whole streams of 32 bits: secure.stream(key, round, n).",
                    "Adding noise hides a little. A mask is uniform over all 2**32 numbers, in "
                    "every bit and at every place, and hides everything.",
                )
    return None


def _rounds(asked: _Clients) -> Fault:
    """Whether masks of different rounds have something to do with each other."""
    for client in asked.names:
        masks = asked.masks(client)
        for (a, first), (b, second) in itertools.combinations(masks.items(), 2):
            if _uneven(first - second) or len(np.intersect1d(first, second)) > FEW:
                return (
                    f"Rounds {a} and {b} of client {client}, held side by side, can be told from "
                    "chance.",
                    "Hand the round itself to secure.stream.",
                    "A mask that comes again, or only moves, cancels in the difference of two "
                    "rounds, and what changed in the update lies open.",
                )
        first, second, third, *_ = masks.values()
        if _uneven(first - 2 * second + third):
            return (
                f"Three rounds of client {client} tell its masks: each is the last one plus the "
                "same numbers.",
                "Hand the round itself to secure.stream.",
                "A mask that grows evenly with the round can be computed from two others.",
            )
    return None


def _every_key(asked: _Clients) -> Fault:
    """Whether one honest peer is enough, even if all others tell their keys."""
    number = next(iter(asked.sent))
    for me in asked.names[:2]:
        sent = asked.sent[number][me]
        for peer, key in asked.keys[me].items():
            changed = [
                asked.ask(me, number, {**asked.keys[me], peer: key + more}) - sent
                for more in OTHER_KEYS
            ]
            if not any(change.any() for change in changed):
                return (
                    f"Client {me} does not use its key with client {peer}.",
                    "Add or take away one stream for each of the other clients.",
                    "With fewer masks, those who hold the keys can take them off together.",
                )
            if any(map(_uneven, changed)) or _uneven(changed[1] - 2 * changed[0]):
                return (
                    f"Another key with client {peer} gives client {me} the same mask, or one that "
                    "can be computed from it.",
                    "Hand the whole key to secure.stream.",
                    "Of a key that is cut short there are few, and they can all be tried.",
                )
    return None


def _uneven(numbers: np.ndarray) -> bool:
    """Whether numbers modulo 2**32 are not spread evenly, in four bits at each of eight places."""
    digits = (numbers % WORDS)[:, None] >> np.arange(0, 32, 4) & 15
    counts = np.bincount((digits + 16 * np.arange(8)).ravel(), minlength=128).reshape(8, 16)
    expected = len(numbers) / 16
    return bool((((counts - expected) ** 2).sum(axis=1) / expected).max() > UNEVEN)


def _words(case: Instance) -> str:
    rounds = ", ".join(map(str, case["rounds"]))
    return f"clients {', '.join(map(str, case['clients']))}, rounds {rounds}"


TASK = Task(
    "mask",
    10,
    judge,
    (
        "Every two clients share a key, so they can compute the same stream without talking.",
        "If the one adds the stream and the other takes it away, both are gone from the sum. Their "
        "numbers decide: the lower one adds.",
        "NumPy's uint32 wraps around by itself: update.astype(np.uint32) and then + and −.",
    ),
    title="Hide every update, keep the sum",
)
