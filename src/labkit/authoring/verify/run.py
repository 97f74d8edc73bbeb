"""Running a proof: groups of trials, side by side, and what they come to in a table."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from labkit.authoring.verify import (
    kin_of_reference,
    memory,
    own_answers,
    unskilled,
    wheel,
)
from labkit.authoring.verify.lab import VerifyError, answers, spec
from labkit.authoring.verify.trials import (
    MEMORY,
    MUTANT,
    REFERENCE,
    RIGHT,
    STUB,
    TYPE,
    UNSKILLED,
    WHEEL,
    WRONG,
    Bench,
    Group,
    Result,
)

ANSWERS, ALONE, PRACTICE = "answers", "reference", "practice"
KINDS = {
    ANSWERS: own_answers.try_own,
    ALONE: own_answers.try_reference,
    PRACTICE: own_answers.try_practice,
    "mutants": kin_of_reference.try_mutants,
    "unskilled": unskilled.try_unskilled,
    "memory": memory.try_memory,
    "types": kin_of_reference.try_forms,
    "wheel": wheel.try_wheel,
}
"""What can be tried, by the word that asks for it."""

STRANGE_SEEDS = 3
"""Exams on which mutants and guesses are tried at most."""


def groups(
    root: Path,
    assignment: str,
    seeds: int,
    tasks: Iterable[str] = (),
    kinds: Iterable[str] = (),
    sample: int = 0,
) -> list[Group]:
    """List what is to be tried: an author's answers by seed, everything else by task.

    Args:
        root: the course's folder.
        assignment: the lab.
        seeds: exams a task; on up to three of them mutants and guesses are tried.
        tasks: only these; all where there are none.
        kinds: only these of `KINDS`; where there are none, all but the reference alone, which is
            among the answers.
        sample: at most so many mutants and guesses a task, and wrong answers where the reference
            is slow; 0 stands for all.

    Raises:
        VerifyError: a task has too few right or wrong answers, or there is no such lab or task.
    """
    names = [task.name for task in spec(assignment).tasks]
    chosen = list(tasks) or names
    wanted = list(kinds) or [kind for kind in KINDS if kind != ALONE]
    if unknown := set(chosen) - set(names):
        raise VerifyError(f"{assignment} has no task {unknown.pop()!r}; it has {', '.join(names)}.")
    if unknown := set(wanted) - set(KINDS):
        raise VerifyError(
            f"There is nothing called {unknown.pop()!r}; there is {', '.join(KINDS)}."
        )
    listed = []
    for task in chosen:
        for kind in wanted:
            few = range(min(seeds, STRANGE_SEEDS))
            by_seed = kind in (ANSWERS, ALONE)
            together = [(n,) for n in range(seeds)] if by_seed else [tuple(few)]
            listed += [Group(root, assignment, task, kind, own, sample) for own in together]
        own_answers.check_tables(Bench(listed[-1]))
    return listed


def run(listed: list[Group], workers: int = 1) -> Iterator[list[Result]]:
    """Run groups and yield the results of each; each worker is a process of its own."""
    # One thread a worker, set before a child imports NumPy or torch.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if workers == 1:
        yield from map(run_group, listed)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(run_group, listed)


def run_group(group: Group) -> list[Result]:
    """Run the trials of a group in this process."""
    with answers(group.root, group.assignment, group.task).sharing():
        return list(KINDS[group.kind](Bench(group)))


HEADER: tuple[str, ...] = (
    "task",
    "reference",
    "stub is 0",
    "right",
    "wrong killed",
    "mutants killed",
    "harmless",
)
HEADER += ("best unskilled", "memory", "types", "wheel")


def summary(results: list[Result]) -> list[tuple[str, ...]]:
    """One row a task, in the columns of `HEADER`; `-` where a kind was not tried."""
    return [
        _row(task, [result for result in results if result.task == task])
        for task in dict.fromkeys(result.task for result in results)
    ]


def _row(task: str, results: list[Result]) -> tuple[str, ...]:
    of_kind = {kind: [r for r in results if r.kind == kind] for kind in {r.kind for r in results}}

    def good(kind: str) -> str:
        own = of_kind.get(kind, [])
        return f"{sum(not r.fault for r in own)}/{len(own)}" if own else "-"

    mutants, unskilled = of_kind.get(MUTANT, []), of_kind.get(UNSKILLED, [])
    states = Counter(bool(r.excused) for r in mutants)
    best = max((r.score for r in unskilled), default=0.0)
    return (
        task,
        *(good(kind) for kind in (REFERENCE, STUB, RIGHT, WRONG, MUTANT)),
        str(states[True]) if mutants else "-",
        f"{best:.2f} of {len(unskilled)}" if unskilled else "-",
        *(good(kind) for kind in (MEMORY, TYPE, WHEEL)),
    )
