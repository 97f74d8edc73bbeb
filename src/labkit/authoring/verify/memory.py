"""Answers that remember: what one case of an instance gives away about the next.

Each case is judged alone, in a process of its own, and all together; the score is the same. Then
come answers that carry something over: the first call's result said again, one argument fresh and
the others as in the first or the last call, and every wrong answer shown the data of all calls so
far. None may gain by it, but for what the task's file excuses under "memory: " and the name, as
where each call goes on from the last. What a judge asks only once has nothing to carry over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from labkit.authoring.verify.lab import answers
from labkit.authoring.verify.observe import Call, Recorder
from labkit.authoring.verify.trials import MEMORY, MOST_SCORE, Bench, Result

SAMPLED = 2
"""Wrong answers that are shown all data where only a sample is tried."""

ALONE = "each case in a process of its own"


def try_memory(bench: Bench) -> Iterator[Result]:
    """Judge the reference case by case, and answers that remember."""
    number = bench.group.seeds[0]
    instance = bench.exam(number)
    calls: list[Call] = []
    outcome = bench.judge(Recorder(bench.reference, calls), instance)
    bench.seconds = 60.0
    cases = instance.get("cases", [])
    if len(cases) > 1:
        alone = [
            next(bench.judge_strangers([lambda: bench.reference], {**instance, "cases": [case]}))
            for case in cases
        ]
        worst = min(alone, key=lambda one: one.score)
        same = worst.score == outcome.score
        fault = "" if same else f"must score {outcome.score:g} as with all cases together"
        yield bench.result(MEMORY, ALONE, number, worst, fault)
    if len(calls) < 2:
        return
    carrying = dict(_carrying(bench.reference, len(calls[0].arguments)))
    yield from _judged(bench, number, carrying, MOST_SCORE)
    own = answers(bench.group.root, bench.group.assignment, bench.group.task).wrong
    for name in list(own)[: SAMPLED if bench.group.sample else None]:
        wrong, _, *rest = own[name]
        pooled = {f"{name}, shown all data so far": _making(_pooling, wrong)}
        yield from _judged(bench, number, pooled, rest[0] if rest else MOST_SCORE)


def _judged(
    bench: Bench, number: int, made: dict[str, Callable[[], Any]], most: float
) -> Iterator[Result]:
    outcomes = bench.judge_strangers(list(made.values()), bench.exam(number))
    for name, outcome in zip(made, outcomes, strict=True):
        gained = outcome.score > most
        excuse = bench.excuse(f"memory: {name}") if gained else ""
        fault = f"must earn at most {most:g} by what it remembers" if gained and not excuse else ""
        yield bench.result(MEMORY, name, number, outcome, fault, excuse)


def _carrying(
    reference: Callable[..., Any], count: int
) -> Iterator[tuple[str, Callable[[], Callable[..., Any]]]]:
    yield "says again what the first call returned", _making(_repeating, reference)
    for fresh in range(count) if count > 1 else ():
        for which, place in (("first", 0), ("last", -1)):
            name = f"only argument {fresh} is fresh, the others are of the {which} call"
            yield name, _making(_mixing, reference, fresh, place)


def _making(make: Callable[..., Any], *of: Any) -> Callable[[], Any]:
    """What makes an answer anew in each child, so that none remembers another's calls."""
    return lambda: make(*of)


def _repeating(reference: Callable[..., Any]) -> Callable[..., Any]:
    said: list[Any] = []

    def answer(*arguments: Any) -> Any:
        if not said:
            said.append(reference(*arguments))
        return said[0]

    return answer


def _mixing(reference: Callable[..., Any], fresh: int, place: int) -> Callable[..., Any]:
    seen: list[tuple[Any, ...]] = []

    def answer(*arguments: Any) -> Any:
        earlier = seen[place] if seen else arguments
        seen.append(arguments)
        return reference(*earlier[:fresh], arguments[fresh], *earlier[fresh + 1 :])

    return answer


def _pooling(wrong: Callable[..., Any]) -> Callable[..., Any]:
    """A wrong answer that sees the data of all calls so far; what it is asked about stays.

    Data is what has as many rows as the first argument.
    """
    seen: list[tuple[Any, ...]] = []

    def answer(*arguments: Any) -> Any:
        seen.append(arguments)
        rows = _rows(arguments[0]) if arguments else 0
        pooled = [
            _stacked([call[place] for call in reversed(seen)]) if _rows(now) == rows else now
            for place, now in enumerate(arguments)
        ]
        return wrong(*pooled)

    return answer


def _rows(value: Any) -> int:
    """How many rows a table, or a dictionary of tables, has; 0 for what is none."""
    if isinstance(value, dict) and value:
        return _rows(next(iter(value.values())))
    if isinstance(value, (np.ndarray, pd.DataFrame, pd.Series)) and value.ndim:
        return len(value)
    return 0


def _stacked(values: list[Any]) -> Any:
    """Tables of one width on top of each other, the present call's first; else just that."""
    first = values[0]
    if isinstance(first, dict):
        return {key: _stacked([value[key] for value in values]) for key in first}
    if isinstance(first, pd.DataFrame):
        same = [value for value in values if list(value.columns) == list(first.columns)]
        return pd.concat(same, ignore_index=True)
    if isinstance(first, np.ndarray):
        return np.concatenate([v for v in values if v.shape[1:] == first.shape[1:]])
    return first
