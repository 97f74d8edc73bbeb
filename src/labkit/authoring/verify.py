"""The proof of a lab's checks: right answers pass, wrong ones fail for the reason named.

For every graded task the reference (the solution in the lab's source) must reach full marks on
every seed, the stub that learners start from must score 0, answers written differently must reach
full marks, and at least five plausible wrong answers must fail with words that name the reason.
The answers of a task stand in `tests/labs/NN_slug/task.py`; instances come from `grader/exams`.

Such a file defines two tables of named answers:

    RIGHT = {"by root finding": by_root_finding, ...}
    WRONG = {"orders the mean": (order_the_mean, "ignores the costs"), ...}

The second part of a wrong answer is a piece of the text that its outcome must show. A third part,
if there is one, is the most it may score; without it that is a quarter, since a mistake may not
show in every case.

Where answers repeat expensive work, such as compiling the same source, the file may bring a
context manager `sharing`; every trial is judged within it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from nbformat import NotebookNode

from labkit.authoring.release import release_source
from labkit.authoring.source import header_of, read_source
from labkit.errors import CourseError
from labkit.exercise.guard import quiet
from labkit.exercise.instances import draw
from labkit.exercise.outcome import Outcome
from labkit.exercise.task import LabSpec, judge
from labkit.learner.variants import PRACTICE_KEY, seed

LEAST_WRONG = 5
MOST_SCORE = 0.25
LEAST_RIGHT = 2
REFERENCE, STUB, RIGHT, WRONG = "reference", "stub", "right", "wrong"


class VerifyError(CourseError):
    """The lab cannot be verified at all; the text says what is missing."""


@dataclass(frozen=True)
class Trial:
    """One answer on one seed: what is tried, and what it must show."""

    root: Path
    assignment: str
    task: str
    kind: str
    name: str
    seed: int


@dataclass(frozen=True)
class Result:
    """What a trial showed; `fault` is empty if that is what it must show."""

    trial: Trial
    outcome: Outcome
    fault: str


def trials(root: Path, assignment: str, seeds: int, tasks: Iterable[str] = ()) -> list[Trial]:
    """List all trials of a lab, the stub's on one seed only.

    Raises:
        VerifyError: a task has too few right or wrong answers, or there is no such lab or task.
    """
    names = [task.name for task in spec(assignment).tasks]
    chosen = list(tasks) or names
    if unknown := set(chosen) - set(names):
        raise VerifyError(f"{assignment} has no task {unknown.pop()!r}; it has {', '.join(names)}.")
    listed = []
    for task in chosen:
        answers = _answers(root, assignment, task)
        right, wrong = answers.RIGHT, answers.WRONG
        if len(right) < LEAST_RIGHT or len(wrong) < LEAST_WRONG:
            raise VerifyError(
                f"tests/labs/{assignment}/{task}.py has {len(right)} right and {len(wrong)} wrong "
                f"answers; at least {LEAST_RIGHT} and {LEAST_WRONG} are needed."
            )
        named = [(REFERENCE, ""), *((RIGHT, n) for n in right), *((WRONG, n) for n in wrong)]
        listed.append(Trial(root, assignment, task, STUB, "", 0))
        listed += [
            Trial(root, assignment, task, kind, name, number)
            for number in range(seeds)
            for kind, name in named
        ]
    return listed


def run(listed: list[Trial], workers: int = 1) -> Iterator[Result]:
    """Run trials and yield their results in order; each worker is a process of its own."""
    # One thread a worker, set before a child imports NumPy or torch.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if workers == 1:
        yield from map(run_trial, listed)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(run_trial, listed)


def run_trial(trial: Trial) -> Result:
    """Judge one answer on one secret instance, and hold the outcome against what it must show."""
    answer, reason, most = _answer(trial)
    drawn = draw(
        trial.root / "grader",
        spec(trial.assignment).slug,
        trial.task,
        seed(PRACTICE_KEY, f"verify {trial.seed}", trial.assignment, trial.task),
    )
    answers = _answers(trial.root, trial.assignment, trial.task)
    shared = getattr(answers, "sharing", contextlib.nullcontext)
    with shared():
        outcome = judge(spec(trial.assignment).task(trial.task), answer, drawn)
    return Result(trial, outcome, _fault(trial, outcome, reason, most))


def spec(assignment: str) -> LabSpec:
    """Find the checks of a lab, named like "08_rl_supply_chain".

    Raises:
        VerifyError: labkit has no checks of this name.
    """
    name = f"labkit.checks.{assignment.partition('_')[2]}"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as problem:
        if problem.name != name:
            raise
        raise VerifyError(
            f"There are no checks for {assignment!r}. A lab is named like 08_rl_supply_chain."
        ) from None
    found: LabSpec = module.SPEC
    return found


def summary(results: list[Result]) -> list[tuple[str, str, str, str, str]]:
    """One row a task: its name, reference, stub, right answers accepted, wrong answers killed."""
    rows = []
    for task in dict.fromkeys(result.trial.task for result in results):
        own = [result for result in results if result.trial.task == task]
        counts = []
        for kind in (REFERENCE, STUB, RIGHT, WRONG):
            of_kind = [result for result in own if result.trial.kind == kind]
            good = sum(not result.fault for result in of_kind)
            counts.append(f"{good}/{len(of_kind)}")
        rows.append((task, *counts))
    return rows  # type: ignore[return-value]


def _fault(trial: Trial, outcome: Outcome, reason: str, most: float) -> str:
    shown = f"{outcome.status}, score {outcome.score:.3g}: {outcome.message}"
    if trial.kind in (REFERENCE, RIGHT):
        return "" if outcome.score == 1.0 else f"must reach full marks, but: {shown}"
    if outcome.score > most:
        return f"must score at most {most:g}, but: {shown}"
    if trial.kind == STUB:
        return ""
    words = " ".join([outcome.message, outcome.misconception, outcome.on, outcome.next_step])
    return "" if reason in words else f"must say {reason!r}, but says: {words}"


def _answer(trial: Trial) -> tuple[Any, str, float]:
    """The answer of a trial, the words its outcome must show, and the most it may score."""
    if trial.kind == RIGHT:
        return _answers(trial.root, trial.assignment, trial.task).RIGHT[trial.name], "", 1.0
    if trial.kind == WRONG:
        entry = _answers(trial.root, trial.assignment, trial.task).WRONG[trial.name]
        return entry[0], entry[1], entry[2] if len(entry) > 2 else MOST_SCORE
    return _notebook_answers(trial.root, trial.assignment, trial.kind)[trial.task], "", 0.0


@lru_cache
def _answers(root: Path, assignment: str, task: str) -> ModuleType | SimpleNamespace:
    """The module `tests/labs/NN_slug/task.py`; it may import what stands beside it as `.name`."""
    folder = root / "tests" / "labs" / assignment
    if (folder / "answers.py").is_file():  # until every lab has one file a task
        together = _imported(folder, f"answers_{assignment}", "answers")
        shared = {"sharing": together.sharing} if hasattr(together, "sharing") else {}
        return SimpleNamespace(
            RIGHT=together.RIGHT.get(task, {}), WRONG=together.WRONG.get(task, {}), **shared
        )
    if not (folder / f"{task}.py").is_file():
        raise VerifyError(
            f"{folder / task}.py is missing: it holds the right and wrong answers of the task."
        )
    return _imported(folder, f"answers_{assignment}", task)


def _imported(folder: Path, package: str, name: str) -> ModuleType:
    """Import a module of a folder whose own name is no Python name, as `package.name`."""
    if package not in sys.modules:
        made = ModuleType(package)
        made.__path__ = [str(folder)]
        sys.modules[package] = made
    return importlib.import_module(f"{package}.{name}")


@lru_cache
def _notebook_answers(root: Path, assignment: str, kind: str) -> dict[str, Any]:
    """Run a lab's cells, with solutions or as released, and pick out the answer of every task."""
    path = root / "labs" / assignment / f"{assignment.partition('_')[2]}.py"
    notebook = read_source(path) if kind == REFERENCE else release_source(path)
    names: dict[str, Any] = {"__name__": "__main__"}
    answers = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if header_of(cell).role != "test":
            # The source of the course's own lab, as its kernel would run it.
            with quiet():
                exec(compile(cell.source, str(path), "exec"), names)
            continue
        for task, expression in _checked(cell):
            answers[task] = eval(expression, names)
    return answers


def _checked(cell: NotebookNode) -> Iterator[tuple[str, str]]:
    """The calls `lab.check("task", answer)` of a test cell, as task and source of the answer."""
    for node in ast.walk(ast.parse(cell.source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "check"
            and len(node.args) == 2
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value), ast.unparse(node.args[1])
