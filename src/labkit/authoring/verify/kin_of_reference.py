"""What stems from the reference: its mutants, which must fail, and its value in other forms."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from labkit.authoring.verify.forked import LostError, cpu_seconds, forked
from labkit.authoring.verify.lab import answers, notebook
from labkit.authoring.verify.mutants import Mutant, mutants
from labkit.authoring.verify.trials import MOST_SCORE, MUTANT, Bench, Result, fits
from labkit.exercise.outcome import Outcome, error

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
    for mutant in made:
        outcome, number = _until_killed(bench, mutant)
        if _killed(outcome):
            yield bench.result(MUTANT, mutant.name, number, outcome, "")
            continue
        excuse = bench.excuse(mutant.name)
        fault = "" if excuse else f"line {mutant.line} of the cell must be missed"
        yield bench.result(MUTANT, mutant.name, number, outcome, fault, excuse)


def _until_killed(bench: Bench, mutant: Mutant) -> tuple[Outcome, int]:
    """The outcome that kills a mutant and its seed, or that of the last seed."""
    outcome, number = error("there was no seed"), 0
    for number in bench.group.seeds:
        instance = bench.exam(number)

        def changed(instance: Any = instance) -> Outcome:
            book = notebook(bench.group.root, bench.group.assignment)
            book.run(mutant.source)
            return bench.judge(book.answer(bench.group.task), instance)

        try:
            outcome = forked(changed, bench.seconds)
        except LostError as problem:
            outcome = error(str(problem))
        if _killed(outcome):
            break
    return outcome, number


def _killed(outcome: Outcome) -> bool:
    """Whether an exam gives at most a quarter, or one of its parts does."""
    return min((outcome.score, *outcome.parts)) <= MOST_SCORE


def _stale_excuses(bench: Bench, names: set[str]) -> Iterator[Result]:
    """What a task's file calls harmless, but no rule makes any more."""
    group = bench.group
    for key in answers(group.root, group.assignment, group.task).harmless:
        if key.startswith("wheel: "):
            continue
        if not any(fits(key, name) for name in names):
            fault = "HARMLESS names it, but there is no such mutant. Take it out"
            yield Result(group.task, MUTANT, key, 0, 0.0, fault)
