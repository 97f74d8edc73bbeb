"""Answers without the skill: what somebody earns who guesses, copies or calls what is there.

Learned from the reference on practice instances, as a learner could learn it, and judged on exams:
constants and empty answers of the right shape, what practice asked for, the task's own inputs,
random answers and the best of a hundred of them, every public function of the module's world and
of the libraries that the notebook imports that fits, and the reference shown noise in place of its
data. None may earn more than a quarter of a task, or of a part of it.
"""

from __future__ import annotations

import inspect
import random
import signal
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from labkit.authoring.verify.forked import LostError, cpu_seconds, forked
from labkit.authoring.verify.lab import notebook, practice
from labkit.authoring.verify.observe import (
    Call,
    Recorder,
    answer_by,
    as_numbers,
    at_random,
    constant,
    outline,
    quantile,
    typical,
)
from labkit.authoring.verify.trials import MOST_SCORE, UNSKILLED, Bench, Result
from labkit.authoring.verify.worlds import NOT_CALLED, public_functions, world_modules

Guess = tuple[str, Callable[..., Any]]
"""A name and an answer."""

SHOWN = 3
"""Practice instances that guesses are learned from."""

RANDOM = 100
RANDOM_SECONDS = 60.0
"""Random answers that are tried on practice, and seconds on the clock after which no more are."""

CALL_SECONDS = 0.3
BATCH = 100
"""How long a library's function is given, and how many are tried in one child process."""

LONGEST_NAME = 16
"""Letters of a text that may be a name or a choice; a longer one is data."""

WIDEST = 40
"""Columns, entries or keys of an argument that are handed back, each by itself."""


def try_unskilled(bench: Bench) -> Iterator[Result]:
    """Judge every answer without the skill."""
    shown, each = _shown(bench)
    bench.seconds = max(2.0, 3.0 * each)
    calls = [call for of_instance in shown for call in of_instance]
    guesses = list(_empties())
    if calls:  # the judge asked the answer something
        guesses += [*_constants(calls), *_replays(calls), *_inputs(calls)]
        guesses += _functions(bench, calls[0])
    if bench.group.sample:
        guesses = random.Random(bench.group.task).sample(
            guesses, min(len(guesses), bench.group.sample)
        )
    if calls:
        guesses.append(_best_random(bench, calls))
    guesses.append(("the reference shown noise", _noisy(bench.reference)))
    yield from _judged(bench, guesses)


def _shown(bench: Bench) -> tuple[list[list[Call]], float]:
    """The reference's calls on practice instances, and the CPU-seconds of one of them."""
    most = 1 if bench.group.sample else SHOWN
    shown = []
    before = cpu_seconds()
    for instance in practice(bench.group.assignment, bench.group.task)[:most]:
        calls: list[Call] = []
        bench.judge(Recorder(bench.reference, calls), instance)
        shown.append(calls)
    return shown, (cpu_seconds() - before) / len(shown)


def _judged(bench: Bench, guesses: Sequence[Guess]) -> Iterator[Result]:
    """The mean over the exams; who cannot exceed a quarter any more is judged on no further one."""
    seeds = bench.group.seeds
    sums, said = dict.fromkeys(range(len(guesses)), 0.0), dict.fromkeys(range(len(guesses)), "")
    alive = list(sums)
    for done, number in enumerate(seeds, 1):
        answers = [lambda place=place: guesses[place][1] for place in alive]
        outcomes = list(bench.judge_strangers(answers, bench.exam(number)))
        for place, outcome in zip(alive, outcomes, strict=True):
            sums[place] += max((outcome.score, *outcome.parts))
            said[place] = outcome.message
        alive = [p for p in alive if (sums[p] + len(seeds) - done) / len(seeds) > MOST_SCORE]
    for place, (name, _) in enumerate(guesses):
        mean, fault = sums[place] / len(seeds), ""
        if mean > MOST_SCORE:
            fault = f"earns {mean:.2f} without the skill; at last it is told: {said[place]}"
        yield Result(bench.group.task, UNSKILLED, name, seeds[-1], mean, fault)


# --- Guesses ------------------------------------------------------------------------------------


def _constants(calls: Sequence[Call]) -> Iterator[Guess]:
    strategies = [constant(value, all_names=value > 0) for value in (0, 1, -1, 0.5, 1e6)]
    strategies += [quantile(share) for share in (0, 0.1, 0.25, 0.75, 0.9, 1)]
    for strategy in [*strategies, typical()]:
        yield strategy.name, answer_by(calls, strategy)


def _empties() -> Iterator[Guess]:
    empties: list[Any] = [0, "", [], (), {}, np.zeros(0)]
    for empty in empties:
        yield f"always {empty!r}", lambda *_, empty=empty: empty


def _replays(calls: Sequence[Call]) -> Iterator[Guess]:
    """What was right on practice, said again."""
    for place, call in enumerate(calls[:8]):
        yield f"what is right in practice call {place}", lambda *_, value=call.value: value


def _inputs(calls: Sequence[Call]) -> Iterator[Guess]:
    """The task's own inputs, columns and summaries of them, as far as they have the right shape."""
    call = calls[0]
    wanted = outline(call.value)
    if wanted == ("function",) and call.inner:
        for name, answer in _inputs(call.inner):
            yield f"a function: {name}", lambda *_, answer=answer: answer
        return
    views = list(_views(call.arguments))
    by_shape: dict[Any, list[tuple[str, Take]]] = {}
    for name, take in views:
        by_shape.setdefault(_outline_of(take, call.arguments), []).append((name, take))
    for name, take in by_shape.get(wanted, []):
        yield f"handed back: {name}", lambda *arguments, take=take: take(arguments)
    if wanted[0] == "parts":
        for chosen in zip(*(by_shape.get(part, []) for part in wanted[1:]), strict=False):
            names = ", ".join(name for name, _ in chosen)
            yield f"handed back: {names}", lambda *a, c=chosen: tuple(take(a) for _, take in c)


def _outline_of(take: Take, arguments: tuple[Any, ...]) -> Any:
    try:
        return outline(take(arguments))
    except Exception:
        return None


Take = Callable[[tuple[Any, ...]], Any]
"""Takes something out of a task's arguments."""


def _views(arguments: tuple[Any, ...]) -> Iterator[tuple[str, Take]]:
    """Ways to take something out of the arguments, by name."""
    for place, value in enumerate(arguments):
        yield f"argument {place}", _entry(place)
        keys: list[Any] = []
        if isinstance(value, Mapping) or hasattr(value, "columns"):
            keys = list(value)[:WIDEST]
        elif isinstance(value, (list, tuple)):
            keys = list(range(min(len(value), WIDEST)))
        for key in keys:
            yield f"argument {place}[{key!r}]", _entry(place, key)
        array = as_numbers(value)
        if array is None or not array.ndim:
            continue
        for summary in (np.mean, np.median, np.sum, np.std, np.max, np.min, len):
            yield f"{summary.__name__} of argument {place}", _summary(place, summary)
        if array.ndim == 2:
            for column in range(min(array.shape[1], WIDEST)):
                yield f"column {column} of argument {place}", _column(place, column)
            for over in (np.mean, np.sum, np.max):
                for axis in (0, 1):
                    name = f"{over.__name__} of argument {place} over axis {axis}"
                    yield name, _summary(place, over, axis=axis)


def _entry(place: int, *keys: Any) -> Take:
    def take(arguments: tuple[Any, ...]) -> Any:
        value = arguments[place]
        for key in keys:
            value = value[key]
        return value

    return take


def _column(place: int, column: int) -> Take:
    return lambda arguments: np.asarray(as_numbers(arguments[place]))[:, column]


def _summary(place: int, of: Callable[..., Any], **options: int) -> Take:
    return lambda arguments: of(np.asarray(as_numbers(arguments[place])), **options)


def _best_random(bench: Bench, calls: Sequence[Call]) -> Guess:
    """The random answer that earns most on practice."""
    instance = practice(bench.group.assignment, bench.group.task)[0]
    strategies = [at_random(number) for number in range(bench.group.sample or RANDOM)]
    answers = [lambda s=s: answer_by(calls, s) for s in strategies]
    scores: list[float] = []
    start = time.monotonic()
    for outcome in bench.judge_strangers(answers, instance):
        scores.append(outcome.score)
        if len(scores) >= 10 and time.monotonic() - start > RANDOM_SECONDS:
            break
    best = strategies[int(np.argmax(scores))]
    return f"the best of {len(scores)} random answers", answer_by(calls, best)


# --- What is there to be called -----------------------------------------------------------------


def _functions(bench: Bench, call: Call) -> list[Guess]:
    """Public functions of the world and of imported libraries whose value has the right shape."""
    modules = list(world_modules(bench.group.assignment.partition("_")[2]))
    if not bench.group.sample:
        modules += _imported_modules(bench)
    found = public_functions(modules, left_out=NOT_CALLED)
    parameters = _parameters(bench.reference)
    guesses = [
        (f"{name}({words})", answer)
        for name, function in found
        for words, answer in _ways_to_call(function, call.arguments, parameters)
    ]
    kept: list[Guess] = []
    batches = [guesses[start : start + BATCH] for start in range(0, len(guesses), BATCH)]
    steps = [lambda batch=batch: _fitting(batch, call) for batch in batches]
    for batch, fitting in zip(batches, forked(steps, BATCH * CALL_SECONDS), strict=True):
        if not isinstance(fitting, LostError):
            kept += [batch[place] for place in fitting]
    return kept


def _imported_modules(bench: Bench) -> list[ModuleType]:
    names = notebook(bench.group.root, bench.group.assignment).names.values()
    return [v for v in names if isinstance(v, ModuleType) and not v.__name__.startswith("labkit")]


def _parameters(answer: Any) -> list[str]:
    return [p.name for p in inspect.signature(answer).parameters.values()]


def _ways_to_call(
    function: Callable[..., Any], arguments: tuple[Any, ...], parameters: list[str]
) -> Iterator[Guess]:
    """With all arguments in order, with each alone, and with those it has the same names for."""
    yield "all arguments", lambda *a: function(*a)
    if len(arguments) > 1:
        for place in range(len(arguments)):
            yield f"argument {place}", lambda *a, p=place: function(a[p])
    try:
        own = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    needed = [p.name for p in own if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
    if needed and set(needed) <= set(parameters):
        common = [p.name for p in own if p.name in parameters]

        def by_name(*a: Any) -> Any:
            given = dict(zip(parameters, a, strict=False))
            return function(**{name: given[name] for name in common if name in given})

        yield "arguments by name", by_name


def _fitting(guesses: list[Guess], call: Call) -> list[int]:
    """The places of the guesses whose value looks like the reference's; runs in a child."""
    wanted = outline(call.value)
    places = []
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    for place, (_, answer) in enumerate(guesses):
        signal.setitimer(signal.ITIMER_REAL, CALL_SECONDS)
        signal.signal(signal.SIGALRM, _ring)
        try:
            if outline(answer(*call.arguments)) == wanted:
                places.append(place)
        except BaseException:
            continue
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return places


def _ring(*_: object) -> None:
    raise TimeoutError


# --- Noise --------------------------------------------------------------------------------------


def _noisy(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The answer shown noise of the same kind in place of its data."""

    def shown_noise(*arguments: Any) -> Any:
        rng = np.random.default_rng(1)
        return answer(*(noise(argument, rng) for argument in arguments))

    return shown_noise


def noise(value: Any, rng: np.random.Generator) -> Any:
    """Data of the same kind that says nothing: columns, letters and bytes in another order.

    A number is moved. What is short, such as a shape or names, stays.
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (str, bytes)):
        return _shuffled(value, rng) if len(value) > LONGEST_NAME else value
    if isinstance(value, (int, float)):
        moved = value * rng.choice([0.5, 0.7, 1.5, 2.0])
        return type(value)(round(moved) if isinstance(value, int) else moved)
    if hasattr(value, "columns"):
        return value.assign(**{c: rng.permutation(value[c].to_numpy()) for c in value.columns})
    if isinstance(value, Mapping):
        return {key: noise(item, rng) for key, item in value.items()}
    array = as_numbers(value)
    if array is not None and array.ndim and not isinstance(value, list):
        mixed = rng.permuted(array, axis=0) if len(array) > 1 else array
        return _like(mixed, value)
    if isinstance(value, (list, tuple)):
        return type(value)(noise(item, rng) for item in value)
    return value


def _shuffled(text: Any, rng: np.random.Generator) -> Any:
    """The same letters or bytes in another order."""
    return text[:0].join(text[place : place + 1] for place in rng.permutation(len(text)))


def _like(array: np.ndarray, value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return array
    make = getattr(value, "new_tensor", None)
    return make(array) if make else type(value)(array)
