"""Judge of the task `allowed`: exactly the tokens after which a text can still be finished."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.generative_ai.redraw import automaton, tokens
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_list
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TRAPS = {
    "characters": "Only tokens of one byte are allowed. A token is a walk of several steps, and "
    "may cross from one part of the pattern into the next.",
    "fits so far": "A token is allowed as soon as every step exists. Some states lead nowhere: no "
    "complete text is reached from them.",
    "room forgotten": "Tokens are allowed after which the text can be finished, but not in the "
    "bytes that are left.",
    "room for the token": "Tokens that fit into the room are allowed though what must follow them "
    "does not.",
    "own bytes free": "The token's own bytes are not counted: they are written, too.",
    "a token is a byte": "A token is counted as one byte of the room; it takes as many as it has.",
    "a byte less room": "Tokens are missing after which the text just fits: the room may be used "
    "to the last byte.",
    "a byte more room": "Tokens are allowed after which the text is one byte too long.",
    "end always": "The end is allowed where the text is not complete.",
    "end never": "The end is not allowed where the text is complete.",
    "from the start": "The text so far is not walked through: these tokens could begin a text.",
}
QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the set of tokens in each case."""
    return each_case(
        instance, lambda case: _case(answer, case), "Exactly the right tokens in every case."
    )


def _case(answer: Any, case: Instance) -> Outcome:
    pattern = automaton(case)
    vocabulary = tokens(case, pattern)
    text = case["text"].encode()
    raw = call(
        answer, text, pattern.moves, pattern.accepting, vocabulary, case["room"], seconds=QUICK
    )
    found = as_array(as_list(raw, "tokens"), "tokens", (None,))
    if not np.isin(found, np.arange(len(vocabulary))).all():
        raise UnusableError(
            f"Tokens are whole numbers from 0 to {len(vocabulary) - 1}.",
            "Return the places of the allowed tokens in the list.",
        )
    chosen, right = {int(token) for token in found}, set(case["allowed"])
    if chosen == right:
        return passed("")
    extra, missing = sorted(chosen - right), sorted(right - chosen)
    seen = []
    if extra:
        seen.append(f"{len(extra)} should not be, such as {vocabulary[extra[0]]!r}")
    if missing:
        seen.append(f"{len(missing)} are missing, such as {vocabulary[missing[0]]!r}")
    return failed(
        f"{len(chosen)} tokens are allowed; {' and '.join(seen)}.",
        on=f"{case['kind']}, after {case['text']!r}, {case['room']} bytes left",
        next_step="Ask of each token: in which state does it end, and how many bytes does a "
        "complete text need from there?",
        misconception=trap(sorted(chosen), case["traps"], TRAPS, 1e-9),
    )


TASK = Task(
    "allowed",
    15,
    judge,
    (
        "Walk through the text first, byte by byte. Each token then walks on from that state.",
        "Compute once for every state how few bytes lead from it to an accepting state: 0 for "
        "those that accept, then one more for each step back.",
        "A token is allowed if its walk exists and its length plus that number is at most `room`. "
        "The empty token is the end: it needs an accepting state.",
    ),
    title="Which tokens may come next",
    traps=TRAPS,
)
