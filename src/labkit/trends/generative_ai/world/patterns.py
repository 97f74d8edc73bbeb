"""Patterns that a model's text must follow, as finite automata over bytes.

An automaton has states 0, 1, …; it begins in state 0. It is made of two patterns: a *form*, which
says what may be written next, and a *rule*, which only whole texts keep ("a date" and "a day of the
calendar"). Where the form goes on and the rule is lost, a state leads nowhere. Language models
write tokens of several bytes, so a token is a walk of several steps.

Construction: Thompson, "Regular expression search algorithm", CACM 1968, then subsets of states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Fragment = Callable[["_Builder", int], int]
"""Adds itself to an automaton that is being built, from a state on; returns where it ends."""

NOWHERE = -1


@dataclass(frozen=True)
class Automaton:
    """A finite automaton.

    Attributes:
        moves: the state after each byte, shape (states, 256); -1 where a byte cannot follow.
        accepting: whether a text that ends in a state is complete, shape (states,).
    """

    moves: NDArray[np.int64]
    accepting: NDArray[np.bool_]


class _Builder:
    """An automaton with free moves, while it is built."""

    def __init__(self) -> None:
        self.free: list[list[int]] = []
        self.steps: list[dict[int, list[int]]] = []

    def state(self) -> int:
        self.free.append([])
        self.steps.append({})
        return len(self.free) - 1

    def closed(self, states: Iterable[int]) -> frozenset[int]:
        """All states that are reached without a byte."""
        found, open_ = set(states), list(states)
        while open_:
            for state in self.free[open_.pop()]:
                if state not in found:
                    found.add(state)
                    open_.append(state)
        return frozenset(found)

    def after(self, states: frozenset[int], byte: int) -> frozenset[int]:
        return self.closed({end for state in states for end in self.steps[state].get(byte, ())})


def one_of(characters: str) -> Fragment:
    """One of some characters."""

    def add(builder: _Builder, start: int) -> int:
        end = builder.state()
        for byte in characters.encode():
            builder.steps[start].setdefault(byte, []).append(end)
        return end

    return add


def text(word: str) -> Fragment:
    """Exactly this."""
    return sequence(*(one_of(character) for character in word))


def sequence(*parts: Fragment) -> Fragment:
    """One after the other."""

    def add(builder: _Builder, start: int) -> int:
        for part in parts:
            start = part(builder, start)
        return start

    return add


def either(*parts: Fragment) -> Fragment:
    """One of them."""

    def add(builder: _Builder, start: int) -> int:
        end = builder.state()
        for part in parts:
            begin = builder.state()
            builder.free[start].append(begin)
            builder.free[part(builder, begin)].append(end)
        return end

    return add


def repeated(part: Fragment, low: int, high: int | None) -> Fragment:
    """From `low` to `high` times; None is without limit."""

    def add(builder: _Builder, start: int) -> int:
        for _ in range(low):
            start = part(builder, start)
        if high is None:
            loop, end = builder.state(), builder.state()
            builder.free[start].append(loop)
            builder.free[part(builder, loop)].append(loop)
            builder.free[loop].append(end)
            return end
        end = builder.state()
        for _ in range(high - low):
            builder.free[start].append(end)
            start = part(builder, start)
        builder.free[start].append(end)
        return end

    return add


def automaton(form: Fragment, rule: Fragment) -> Automaton:
    """Join a form with a rule: a text follows the form byte by byte, and is complete by the rule.

    Args:
        form: every text of the rule must be one of the form.
        rule: what whole texts keep.
    """
    builder = _Builder()
    starts = (builder.state(), builder.state())
    form(builder, starts[0])
    end = rule(builder, starts[1])
    first = (builder.closed({starts[0]}), builder.closed({starts[1]}))
    known, rows = {first: 0}, []
    open_ = [first]
    for place, (loose, strict) in enumerate(open_):
        rows.append(np.full(256, NOWHERE))
        for byte in sorted({byte for state in loose for byte in builder.steps[state]}):
            after = (builder.after(loose, byte), builder.after(strict, byte))
            if after not in known:
                known[after] = len(known)
                open_.append(after)
            rows[place][byte] = known[after]
    accepting = np.array([end in strict for _, strict in open_])
    return Automaton(np.array(rows), accepting)


LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


def record(fields: Sequence[tuple[str, Sequence[str]]], gap: str) -> Automaton:
    """A JSON record with these keys in order, whose values come from closed vocabularies."""

    def whole(value: Callable[[Sequence[str]], Fragment]) -> Fragment:
        parts = [text("{")]
        for place, (key, words) in enumerate(fields):
            before = f",{gap}" if place else ""
            parts += [text(f'{before}"{key}":{gap}"'), value(words), text('"')]
        return sequence(*parts, text("}"))

    loose = whole(lambda words: repeated(one_of(LETTERS), 1, None))
    return automaton(loose, whole(lambda words: either(*(text(word) for word in words))))


def date(order: str, mark: str, years: Sequence[int]) -> Automaton:
    """A day of the calendar; `order` has the letters y, m and d, `mark` stands between them."""
    two = repeated(one_of(DIGITS), 2, 2)
    loose = {"y": repeated(one_of(DIGITS), 4, 4), "m": two, "d": two}
    form = sequence(*_between([loose[part] for part in order], mark))
    rules = []
    for days, months in ((31, (1, 3, 5, 7, 8, 10, 12)), (30, (4, 6, 9, 11)), (28, (2,))):
        strict = {
            "y": either(*(text(str(year)) for year in years)),
            "m": either(*(text(f"{month:02d}") for month in months)),
            "d": either(*(text(f"{day:02d}") for day in range(1, days + 1))),
        }
        rules.append(sequence(*_between([strict[part] for part in order], mark)))
    return automaton(form, either(*rules))


def _between(parts: Sequence[Fragment], mark: str) -> list[Fragment]:
    joined: list[Fragment] = []
    for part in parts:
        joined += [text(mark), part] if joined else [part]
    return joined


def quantity(digits: int, decimals: int, units: Sequence[str], gap: str) -> Automaton:
    """A number without leading zeros, with at most so many digits and decimals, and a unit."""
    number = either(
        text("0"),
        sequence(one_of(DIGITS[1:]), repeated(one_of(DIGITS), 0, digits - 1)),
    )
    fraction = sequence(text("."), repeated(one_of(DIGITS), 1, decimals))
    form = sequence(
        repeated(one_of(DIGITS), 1, digits),
        repeated(fraction, 0, 1),
        text(gap),
        repeated(one_of("".join(sorted(set("".join(units))))), 1, max(map(len, units))),
    )
    rule = sequence(
        number, repeated(fraction, 0, 1), text(gap), either(*(text(unit) for unit in units))
    )
    return automaton(form, rule)


def brackets(kinds: Sequence[str], items: str, depth: int) -> Automaton:
    """Lists in lists down to a depth, as in ``[a,(b,a)]``; the form would go one list deeper.

    Args:
        kinds: pairs of brackets, "[]" and the like.
        items: the single characters that are no list.
        depth: how many lists may be open at once.
    """

    def nested(levels: int) -> Fragment:
        item = one_of(items)
        if levels == 0:
            return item
        inside = nested(levels - 1)
        entries = sequence(inside, repeated(sequence(text(","), inside), 0, None))
        lists = [sequence(text(kind[0]), entries, text(kind[1])) for kind in kinds]
        return either(item, *lists)

    def outermost(levels: int) -> Fragment:
        inside = nested(levels - 1)
        entries = sequence(inside, repeated(sequence(text(","), inside), 0, None))
        return either(*(sequence(text(kind[0]), entries, text(kind[1])) for kind in kinds))

    return automaton(outermost(depth + 1), outermost(depth))
