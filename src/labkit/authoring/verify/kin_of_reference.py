"""What stems from the reference: its mutants, which must fail, and its value in other forms."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat
from typing import Any

from labkit.authoring.verify.forked import cpu_seconds
from labkit.authoring.verify.forms import FUNCTION, Form, forms
from labkit.authoring.verify.lab import answers, notebook, practice
from labkit.authoring.verify.mutants import Mutant, mutants
from labkit.authoring.verify.observe import Call, Recorder
from labkit.authoring.verify.trials import MOST_SCORE, MUTANT, TYPE, Bench, Result, fits
from labkit.exercise.outcome import Outcome

TIMES_REFERENCE = 3.0
LEAST_SECONDS = 2.0
"""A mutant may take so many times the reference's CPU time and no less than so many seconds: what
takes longer has been stopped from ever ending, or is no answer."""


def try_mutants(bench: Bench) -> Iterator[Result]:
    """Judge every mutant of the reference, each until an exam kills it."""
    group = bench.group
    book = notebook(group.root, group.assignment)
    made = mutants(book.solutions[group.task])
    names = {mutant.name for mutant in made}
    yield from _stale_excuses(bench, names)
    if group.sample and len(made) > group.sample:
        made = random.Random(group.task).sample(made, group.sample)
    instances = [bench.exam(number) for number in group.seeds]
    before = cpu_seconds()
    for instance in instances:
        bench.judge(bench.reference, instance)
    each = (cpu_seconds() - before) / len(instances)
    bench.seconds = max(LEAST_SECONDS, TIMES_REFERENCE * each)
    (unchanged,) = bench.judge_strangers([lambda: bench.reference], instances[0])
    if unchanged.score != 1.0:  # a child that cannot judge would kill every mutant
        yield bench.result(MUTANT, "nothing changed", 0, unchanged, "must reach full marks")
        return
    alive = made
    for number in group.seeds:
        last = number == group.seeds[-1]
        answers_of = [lambda mutant=mutant: _answer(bench, mutant) for mutant in alive]
        survivors = []
        judged = bench.judge_strangers(answers_of, bench.exam(number))
        for mutant, outcome in zip(alive, judged, strict=True):
            if _killed(outcome):
                yield bench.result(MUTANT, mutant.name, number, outcome, "")
            elif not last:
                survivors.append(mutant)
            else:
                excuse = bench.excuse(mutant.name)
                fault = "" if excuse else f"line {mutant.line} of the cell must be missed"
                yield bench.result(MUTANT, mutant.name, number, outcome, fault, excuse)
        alive = survivors


def _answer(bench: Bench, mutant: Mutant) -> Any:
    """The answer of the notebook with a mutant's cell; a child's own notebook is changed."""
    book = notebook(bench.group.root, bench.group.assignment)
    with contextlib.suppress(Exception):  # a cell that cannot run has no answer
        book.run(mutant.source)
        return book.answer(bench.group.task)
    return None


def _killed(outcome: Outcome) -> bool:
    """Whether an exam gives at most a quarter, or one of its parts does."""
    return min((outcome.score, *outcome.parts)) <= MOST_SCORE


def _stale_excuses(bench: Bench, names: set[str]) -> Iterator[Result]:
    """What a task's file calls harmless, but no rule makes any more."""
    group = bench.group
    for key in answers(group.root, group.assignment, group.task).harmless:
        if key.startswith(("wheel: ", "memory: ")):
            continue
        if not any(fits(key, name) for name in names):
            fault = "HARMLESS names it, but there is no such mutant. Take it out"
            yield Result(group.task, MUTANT, key, 0, 0.0, fault)


# --- Forms --------------------------------------------------------------------------------------


def try_forms(bench: Bench) -> Iterator[Result]:
    """Judge the reference with its value, and itself, in every form that means the same."""
    instance = practice(bench.group.assignment, bench.group.task)[0]
    calls: list[Call] = []
    bench.judge(Recorder(bench.reference, calls), instance)
    kinds = max((forms(call.value) for call in calls), key=len, default={})
    # What acts through functions that it is handed has to act again; all else is said again, which
    # spares the time of a training.
    said = None if bench.judge(_again(calls), instance).score == 1.0 else bench.reference
    again: dict[str, Callable[[], Any]] = {
        f"the answer as {n}": partial(_as, form, said, calls) for n, form in FUNCTION.items()
    }
    again |= {f"returns {n}": partial(_returning, form, said, calls) for n, form in kinds.items()}
    for name, make in again.items():
        outcome = bench.judge(make(), instance)
        fault = "" if outcome.score == 1.0 else "must reach full marks"
        yield bench.result(TYPE, name, -1, outcome, fault)


def _as(form: Form, reference: Callable[..., Any] | None, calls: list[Call]) -> Any:
    """What answers as the reference does, in another form of function."""
    return form(reference or _again(calls))


def _returning(
    form: Form, reference: Callable[..., Any] | None, calls: list[Call]
) -> Callable[..., Any]:
    """What answers as the reference does, with each value in another form."""
    plain = reference or _again(calls)
    for call in calls[:1]:  # what a form imports, such as torch, is no time of the answer's
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            form(copy.deepcopy(call.value))

    def answer(*arguments: Any) -> Any:
        value = plain(*arguments)
        try:
            return form(value)
        except (TypeError, ValueError, AttributeError):  # this value has no such form
            return value

    return answer


def _again(calls: list[Call]) -> Callable[..., Any]:
    """What answers as the reference did, call by call."""
    values = _values(calls)
    return lambda *_: next(values)


def _values(calls: list[Call]) -> Iterator[Any]:
    """What the reference returned, call by call; the last for ever, if a judge asks more often."""
    for call in chain(calls, repeat(calls[-1])):
        # A function or a model is handed on as it is.
        yield copy.deepcopy(call.value) if forms(call.value) else call.value
