"""Task `allowed`: four kinds of pattern, each twice, at a place where every mistake shows."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.redraw import automaton, tokens
from labkit.exercise.drawing import until
from labkit.trends.generative_ai.world.patterns import Automaton

Ints = NDArray[np.int64]
FAR = 10**6
WORDS = (
    "alarm amber answer apple april arrow august autumn basket battery beacon bicycle blue bottle "
    "bridge bronze butter button cable camera candle carbon castle cellar cherry circle cloud "
    "coffee copper cotton crystal desk door engine errand fabric feather fever flower forest "
    "garden gold granite green grid hammer harbour harvest honey island jacket kettle ladder lamp "
    "lemon letter lever lion marble market meadow metal mirror monday morning motor mountain "
    "needle number ocean office olive orange orchard paper pepper pilot planet plastic pocket "
    "powder pressure queen quiet rabbit radio railway ribbon river rocket round salmon sensor "
    "shelter signal silver simple spring station steam stone street sugar summer sunday switch "
    "table tender thread ticket timber tower trade train valley velvet vessel village violet "
    "wagon water weather wheel window winter yellow zero"
).split()
UNITS = ("m mm min ms mg g gal h ha hm l lb lm s sr k kg km kn kHz t tn d dm db c cm cd").split()
MOST_MORE = {"record": 9, "date": 9, "quantity": 3, "brackets": 5}
"""The room is less than so many bytes more than the shortest way to the end."""
MUST_SHOW = {
    "record": ("characters", "fits so far"),
    "date": ("fits so far", "a byte less room"),
    "quantity": ("fits so far", "a byte less room"),
    "brackets": ("fits so far", "room forgotten", "room for the token"),
}
"""Mistakes that both cases of a kind show."""
TIGHT = ("a byte more room", "room for the token", "own bytes free", "a token is a byte")
"""What the first quantity shows too: lists grow by two bytes at a time, a date has one length."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, two of each kind of pattern, in a drawn order.

    Each has ``kind`` and ``given``, which make the automaton; ``text``, ``room`` and ``seed``,
    which draws the tokens; ``allowed``, the numbers of the right tokens; ``traps``, those that
    known mistakes allow; and ``shown``, all mistakes that differ from what is right. The second
    quantity ends where it is complete and may go on.
    """
    cases = [
        until(
            partial(_case, rng, kind, place),
            partial(_shows, also=TIGHT if (kind, place) == ("quantity", 0) else ()),
            f"every mistake shown by a {kind}",
        )
        for kind in MUST_SHOW
        for place in (0, 1)
    ]
    return {"cases": [cases[place] for place in rng.permutation(len(cases))]}


def _given(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    gap = str(rng.choice(["", " "]))
    if kind == "record":
        words = [str(word) for word in rng.permutation(WORDS)]
        sizes = rng.integers(4, 8, 2)
        return {
            "fields": [
                [words[0], words[2 : 2 + sizes[0]]],
                [words[1], words[12 : 12 + sizes[1]]],
            ],
            "gap": gap,
        }
    if kind == "date":
        year = int(rng.integers(1990, 2040))
        return {
            "order": str(rng.choice(["ymd", "dmy", "mdy"])),
            "mark": str(rng.choice(["-", "/", "."])),
            "years": list(range(year, year + int(rng.integers(3, 30)))),
        }
    if kind == "quantity":
        first = str(rng.choice(list("mghlskdc")))
        families = [unit for unit in UNITS if unit[0] == first]
        others = rng.choice([u for u in UNITS if u not in families], 3, replace=False)
        return {
            "digits": int(rng.integers(2, 5)),
            "decimals": int(rng.integers(1, 4)),
            "units": [*families, *others.tolist()],
            "gap": gap,
        }
    pairs = ["[]", "()", "{}", "<>"]
    return {
        "brackets": rng.choice(pairs, 2, replace=False).tolist(),
        "items": "".join(rng.choice(list("abcdxyz0123"), 3, replace=False)),
        "depth": int(rng.integers(2, 4)),
    }


def _case(rng: np.random.Generator, kind: str, place: int) -> dict[str, Any]:
    case: dict[str, Any] = {
        "kind": kind,
        "given": _given(rng, kind),
        "seed": seed(rng),
    }
    pattern = automaton(case)
    needed = distances(pattern)
    case["text"] = _walk(rng, pattern, needed, kind == "quantity" and place == 1)
    state = end_of(pattern, 0, case["text"].encode())
    vocabulary = tokens(case, pattern)
    case["room"] = _room(rng, pattern, needed, state, vocabulary, MOST_MORE[kind])
    case["allowed"] = reference(pattern, needed, state, vocabulary, case["room"])
    led = _mistakes(case, pattern, needed, state, vocabulary)
    case["traps"] = {
        key: numbers for key, numbers in led.items()
        if sum(numbers == other for other in led.values()) == 1
    }  # fmt: skip
    return case | {"shown": sorted(led)}


def _walk(rng: np.random.Generator, pattern: Automaton, needed: Ints, complete: bool) -> str:
    """A random beginning of a text that can be finished; `complete` ones are, and may go on."""
    places = []
    text, state = b"", 0
    for _ in range(40):
        steps = [
            byte for byte in np.flatnonzero(pattern.moves[state] >= 0).tolist()
            if needed[pattern.moves[state, byte]] < FAR
        ]  # fmt: skip
        if text and steps and bool(pattern.accepting[state]) == complete:
            places.append(text)
        if not steps:
            break
        byte = int(rng.choice(steps))
        text, state = text + bytes([byte]), int(pattern.moves[state, byte])
    return str(rng.choice([place.decode() for place in places])) if places else ""


def _room(
    rng: np.random.Generator,
    pattern: Automaton,
    needed: Ints,
    state: int,
    vocabulary: list[bytes],
    most_more: int,
) -> int:
    """A room that some tokens just fill and, if there are such, others miss by one byte."""
    ends = [(len(token), end_of(pattern, state, token)) for token in vocabulary if token]
    filled = {int(length + needed[end]) for length, end in ends if end >= 0}
    near = sorted(room for room in filled if room < needed[state] + most_more)
    tight = [room for room in near if room + 1 in filled]
    return int(rng.choice(tight or near or [int(needed[state])]))


def distances(pattern: Automaton) -> Ints:
    """How few bytes lead from each state to an accepting one."""
    needed = np.where(pattern.accepting, 0, FAR)
    while True:
        after = np.where(pattern.moves >= 0, needed[pattern.moves], FAR).min(axis=1) + 1
        nearer = np.minimum(needed, np.minimum(after, FAR))
        if (nearer == needed).all():
            return needed
        needed = nearer


def end_of(pattern: Automaton, state: int, text: bytes) -> int:
    """The state after a text, -1 where it cannot be written."""
    for byte in text:
        if state < 0:
            break
        state = int(pattern.moves[state, byte])
    return state


def reference(
    pattern: Automaton, needed: Ints, state: int, vocabulary: list[bytes], room: int
) -> list[int]:
    """Numbers of the tokens after which the text can be finished in the room that is left."""
    right = []
    for number, token in enumerate(vocabulary):
        end = end_of(pattern, state, token)
        if not token:
            if pattern.accepting[state]:
                right.append(number)
        elif end >= 0 and len(token) + needed[end] <= room:
            right.append(number)
    return right


def _mistakes(
    case: dict[str, Any], pattern: Automaton, needed: Ints, state: int, vocabulary: list[bytes]
) -> dict[str, list[int]]:
    """What known mistakes allow, of those that show here."""
    right, room = case["allowed"], case["room"]
    end = vocabulary.index(b"")
    ends = [end_of(pattern, state, token) for token in vocabulary]
    over = [end] if pattern.accepting[state] else []
    many = [number for number, token in enumerate(vocabulary) if token and ends[number] >= 0]
    led = {
        "characters": [n for n in right if len(vocabulary[n]) <= 1],
        "fits so far": sorted(over + many),
        "room forgotten": sorted(over + [n for n in many if needed[ends[n]] < FAR]),
        "room for the token": sorted(
            over + [n for n in many if needed[ends[n]] < FAR and len(vocabulary[n]) <= room]
        ),
        "own bytes free": sorted(over + [n for n in many if needed[ends[n]] <= room]),
        "a token is a byte": sorted(over + [n for n in many if needed[ends[n]] < room]),
        "a byte less room": reference(pattern, needed, state, vocabulary, room - 1),
        "a byte more room": reference(pattern, needed, state, vocabulary, room + 1),
        "end always": sorted({*right, end}),
        "end never": [n for n in right if n != end],
        "from the start": reference(pattern, needed, 0, vocabulary, room),
    }
    return {key: numbers for key, numbers in led.items() if numbers != right}


def _shows(case: dict[str, Any], also: tuple[str, ...]) -> bool:
    shown = all(key in case["shown"] for key in MUST_SHOW[case["kind"]] + also)
    told = "fits so far" in case["traps"]
    return bool(case["text"]) and len(case["allowed"]) >= 2 and shown and told
