"""Automata accept what their patterns mean, and masks made from them end in valid texts."""

import datetime
import re

import numpy as np
import pytest

from exams.generative_ai.allowed import FAR, distances, end_of, reference
from labkit.trends.generative_ai import data
from labkit.trends.generative_ai.world import patterns

FIELDS = [("component", ["printer", "price", "laptop"]), ("urgency", ["low", "high"])]
KINDS = {
    "record": (
        patterns.record(FIELDS, " "),
        r'\{"component": "(printer|price|laptop)", "urgency": "(low|high)"\}',
    ),
    "date": (patterns.date("dmy", ".", [2026, 2027]), ""),
    "quantity": (
        patterns.quantity(3, 2, ["m", "min", "kg"], " "),
        r"(0|[1-9]\d{0,2})(\.\d{1,2})? (m|min|kg)",
    ),
    "brackets": (patterns.brackets(["[]", "()"], "ab", 2), ""),
}


def is_date(text):
    try:
        day = datetime.datetime.strptime(text, "%d.%m.%Y")
    except ValueError:
        return False
    last = 28 if day.month == 2 else 31
    return len(text) == 10 and day.year in (2026, 2027) and day.day <= last


def is_nested(text, depth=2):
    """A list of items and lists, at most two deep, by replacing the innermost ones."""
    for _ in range(depth):
        if re.fullmatch(r"\[[ab](,[ab])*\]|\([ab](,[ab])*\)", text):
            return True
        text = re.sub(r"(?<=[\[(,])(\[[ab](,[ab])*\]|\([ab](,[ab])*\))(?=[\]),])", "a", text)
    return False


def is_valid(kind, text):
    if kind == "date":
        return is_date(text)
    return is_nested(text) if kind == "brackets" else bool(re.fullmatch(KINDS[kind][1], text))


@pytest.fixture(scope="module")
def tokens():
    return [b"", *data.tokens()]


def walks(kind, tokens, count, room=70):
    """Texts written token by token under the mask, and the states they came through."""
    pattern = KINDS[kind][0]
    needed, rng, known = distances(pattern), np.random.default_rng(0), {}
    for _ in range(count):
        text, state, left = b"", 0, room
        while True:
            # Most of the room is left at first, so that few masks have to be made.
            key = (state, min(left, 60))
            if key not in known:
                known[key] = reference(pattern, needed, state, tokens, key[1])
            token = tokens[int(rng.choice(known[key]))]
            if not token:
                break
            text, left = text + token, left - len(token)
            state = end_of(pattern, state, token)
        yield text.decode(), known


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_walks_under_the_mask_end_in_a_valid_text(kind, tokens):
    alphabet = bytes(np.flatnonzero((KINDS[kind][0].moves >= 0).any(axis=0)).tolist())
    inside = [token for token in tokens if not token.translate(None, alphabet)]
    useful = inside if len(inside) < 400 else [b"", *(t for t in inside if len(t) == 1)]
    texts = [text for text, _ in walks(kind, useful, 200)]
    assert all(is_valid(kind, text) for text in texts)
    assert len(set(texts)) > 5


@pytest.mark.parametrize("kind", KINDS)
def test_on_states_of_walks_the_mask_is_what_the_automaton_says(kind, tokens):
    """By definition: a token is allowed if some complete text goes on with it, in time."""
    pattern = KINDS[kind][0]
    needed, rng = distances(pattern), np.random.default_rng(1)
    some = [b"", *(tokens[place] for place in rng.permutation(len(tokens))[:3000])]
    # Layers of states that can end within so many bytes, found without distances.
    alive = [pattern.accepting]
    for _ in range(40):
        after = np.where(pattern.moves >= 0, alive[-1][pattern.moves], False).any(axis=1)
        alive.append(alive[-1] | after)
    for state in np.flatnonzero(needed < FAR)[:: max(1, len(pattern.moves) // 25)]:
        room = int(rng.integers(0, 40))
        right = []
        for place, token in enumerate(some):
            end, left = end_of(pattern, int(state), token), room - len(token)
            if not token:
                right += [place] if pattern.accepting[state] else []
            elif end >= 0 and left >= 0 and alive[left][end]:
                right.append(place)
        assert reference(pattern, needed, int(state), some, room) == right


@pytest.mark.parametrize("kind", KINDS)
def test_an_automaton_accepts_exactly_what_the_pattern_means(kind):
    pattern, rng = KINDS[kind][0], np.random.default_rng(2)
    letters = [b for b in range(256) if (pattern.moves[:, b] >= 0).any()]
    valid = [text for text, _ in walks(kind, [b"", *(bytes([b]) for b in letters)], 40)]
    for text in valid:
        for _ in range(5):
            place = int(rng.integers(len(text)))
            other = text[:place] + chr(rng.choice(letters)) + text[place + 1 :]
            end = end_of(pattern, 0, other.encode())
            assert (end >= 0 and bool(pattern.accepting[end])) == is_valid(kind, other)


@pytest.mark.parametrize("kind", KINDS)
def test_some_states_lead_nowhere(kind):
    assert (distances(KINDS[kind][0]) == FAR).any()
