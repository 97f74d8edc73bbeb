"""Task `intent`: the mood within a session, from what was seen until now."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

CLOSE = 1e-8
"""How far a probability may be off. Three ways of the recursion agree to 1e-14; some probability of
every known mistake is off by .01 and more."""

QUICK = 10.0
"""CPU-seconds of a call; the reference needs less than a thousandth."""

TRAPS = {
    "smoothed": "These are the moods as the whole session tells them. A service that must decide "
    "now has not seen the rest.",
    "no move": "The mood may change between two items, and here it never does.",
    "moved first": "`prior` is the mood at the first item. Nothing has moved before it.",
    "watched only": "An item that was shown and not watched tells something too.",
    "next item": "These are the moods at the next item, after one more move.",
    "transposed": "`move[i, j]` leads from mood i to mood j; here it leads from j to i.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare every probability."""

    def one(case: Instance) -> Outcome:
        prior, move, watch = (np.array(case[name]) for name in ("prior", "move", "watch"))
        shown, watched = np.array(case["shown"]), np.array(case["watched"])
        right = np.array(case["belief"])
        raw = call(answer, prior, move, watch, shown, watched, seconds=QUICK)
        belief = as_array(raw, "moods", right.shape)
        off = np.abs(belief - right)
        if off.max() <= CLOSE:
            return passed("")
        at, mood = np.unravel_index(off.argmax(), off.shape)
        return failed(
            f"At item {at} mood {mood} has probability {right[at, mood]:.6f}; you say "
            f"{belief[at, mood]:.6f}.",
            on=f"{len(shown)} items, {len(prior)} moods, {watch.shape[1]} genres",
            next_step="Work out the first two items by hand: weigh, divide by the sum, move, weigh "
            "again.",
            misconception=trap(belief, case["traps"], TRAPS, CLOSE),
        )

    return each_case(instance, one, "Every mood is as probable as what was seen makes it.")


TASK = Task(
    "intent",
    10,
    judge,
    (
        "At each item: multiply each mood's probability by how probable what you saw is in that "
        "mood, and divide by the sum.",
        "Watched: watch[:, genre]. Not watched: 1 − watch[:, genre]. Then belief @ move, before "
        "the next item.",
    ),
    title="What are they in the mood for",
    traps=TRAPS,
)
