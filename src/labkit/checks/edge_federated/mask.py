"""Task `mask`: what leaves a client tells nothing alone, and the sum of all is exact.

Judged by properties, so any order and any sign will do as long as the masks cancel.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import chi2

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case

WORDS = 2**32

LEAST_CHANCE = 1e-7
"""Of a uniform sample to look as uneven as this; asked some 60 times an instance. Masks that lack
only their top bit give below 1e-100."""

CHANGED = 0.9
"""Share of the numbers that another key has to change; a fresh stream changes nearly all."""

QUICK = 5.0
"""CPU-seconds of a call; the reference needs below a millisecond."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Sums, single vectors, rounds, and clients that tell each other what they know."""

    def one(case: Instance) -> Outcome:
        asked = _Clients(answer, case)
        for check in (_sums, _hides, _rounds, _every_key):
            if fault := check(asked):
                words, step, trap = fault
                return failed(words, on=_words(case), next_step=step, misconception=trap)
        return passed("")

    return each_case(instance, one, "Single vectors tell nothing, and every sum is exact.")


Fault = tuple[str, str, str] | None


class _Clients:
    """The clients of a case, each asked once a round."""

    def __init__(self, answer: Any, case: Instance) -> None:
        self.answer = answer
        self.names: list[int] = case["clients"]
        self.keys = {
            int(c): {int(p): key for p, key in keys.items()} for c, keys in case["keys"].items()
        }
        self.updates = {int(c): np.array(u) for c, u in case["updates"].items()}
        first, second = case["rounds"]
        self.sent = {r: {c: self.ask(c, r) for c in self.names} for r in (first, second)}

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
        wrong = np.flatnonzero(np.sum(list(sent.values()), axis=0) % WORDS != right)
        if len(wrong):
            return (
                f"In round {number} the masks do not cancel: {len(wrong)} of {len(right)} sums are "
                "wrong.",
                "Of every two clients one has to add the common stream and the other take it away. "
                "Which one is which must follow from their numbers.",
                "Both clients of a pair add the same mask, so the sum holds it twice."
                if len(wrong) == len(right)
                else "",
            )
    return None


def _hides(asked: _Clients) -> Fault:
    for sent in asked.sent.values():
        for client, numbers in sent.items():
            if _uneven(numbers - asked.updates[client]):
                return (
                    f"What client {client} sends can be told from chance: its update shows.",
                    "Add whole streams of 32 bits: secure.stream(key, round, n).",
                    "Adding noise hides a little. A mask is uniform over all 2**32 numbers and "
                    "hides everything.",
                )
    return None


def _rounds(asked: _Clients) -> Fault:
    first, second = asked.sent.values()
    for client in asked.names:
        if _uneven(first[client] - second[client]):
            return (
                f"The difference of two rounds of client {client} can be told from chance.",
                "Hand the round to secure.stream.",
                "The same mask in two rounds cancels in their difference, and what changed in the "
                "update lies open.",
            )
    return None


def _every_key(asked: _Clients) -> Fault:
    """Whether one honest peer is enough, even if all others tell their keys."""
    number = next(iter(asked.sent))
    for me in asked.names[:2]:
        for peer, key in asked.keys[me].items():
            other = asked.ask(me, number, {**asked.keys[me], peer: key + 1})
            if np.mean(other != asked.sent[number][me]) < CHANGED:
                return (
                    f"Client {me} does not use its key with client {peer}.",
                    "Add or take away one stream for each of the other clients.",
                    "With fewer masks, those who hold the keys can take them off together.",
                )
    return None


def _uneven(numbers: np.ndarray) -> bool:
    """Whether numbers modulo 2**32 are not spread evenly, by their highest four bits."""
    counts = np.bincount((numbers % WORDS) >> 28, minlength=16)
    expected = len(numbers) / 16
    statistic = float(((counts - expected) ** 2).sum() / expected)
    return bool(chi2.sf(statistic, 15) < LEAST_CHANCE)


def _words(case: Instance) -> str:
    return f"clients {', '.join(map(str, case['clients']))}, rounds {case['rounds']}"


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
