"""What a proof is about: a lab's tasks, its own answers, the author's, and drawn instances.

The reference is the solution in the lab's text source, the stub what a release leaves of it.
Right and wrong answers stand in `tests/labs/NN_slug/task.py`, instances come from `grader/exams`.
Each is made once a process.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from nbformat import NotebookNode

from labkit.authoring.release import release_source
from labkit.authoring.source import header_of, read_source
from labkit.errors import CourseError
from labkit.exercise import instances
from labkit.exercise.guard import quiet
from labkit.exercise.task import Instance, LabSpec
from labkit.learner.variants import PRACTICE_KEY, seed


class VerifyError(CourseError):
    """The lab cannot be verified at all; the text says what is missing."""


@dataclass(frozen=True)
class Notebook:
    """A lab's cells after they ran.

    Attributes:
        path: the text source.
        names: what its cells defined.
        solutions: the source of each task's solution cell, marks included.
        checked: the expression that each task's test cell hands to `lab.check`.
    """

    path: Path
    names: dict[str, Any]
    solutions: dict[str, str] = field(default_factory=dict)
    checked: dict[str, str] = field(default_factory=dict)

    def answer(self, task: str) -> Any:
        """What the notebook hands in for a task.

        Raises:
            VerifyError: no test cell checks it.
        """
        if task not in self.checked:
            raise VerifyError(f'{self.path} has no cell with lab.check("{task}", …).')
        return eval(self.checked[task], self.names)

    def run(self, source: str) -> None:
        """Run a cell's source as its kernel would; it is the course's own."""
        with quiet():
            exec(compile(source, str(self.path), "exec"), self.names)


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


@lru_cache
def notebook(root: Path, assignment: str, solved: bool = True) -> Notebook:
    """Run a lab's cells, with solutions or as released."""
    path = root / "labs" / assignment / f"{assignment.partition('_')[2]}.py"
    made = Notebook(path, {"__name__": "__main__"})
    for cell in (read_source(path) if solved else release_source(path)).cells:
        if cell.cell_type != "code":
            continue
        header = header_of(cell)
        if header.role == "test":
            made.checked.update(_checked(cell))
            continue
        if header.role == "solution":
            made.solutions[header.key] = cell.source
        made.run(cell.source)
    return made


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


@dataclass(frozen=True)
class Answers:
    """What an author brings to the proof of a task.

    Attributes:
        right: answers written differently from the reference, by name.
        wrong: (answer, words that its outcome must show[, the most it may score]), by name.
        harmless: why a mutant, or something that ships, gives nothing away; by its printed name.
        sharing: a context within which every trial is judged.
    """

    right: dict[str, Any]
    wrong: dict[str, tuple[Any, ...]]
    harmless: dict[str, str]
    sharing: Any


@lru_cache
def answers(root: Path, assignment: str, task: str) -> Answers:
    """Read `tests/labs/NN_slug/task.py`; it may import what stands beside it as `.name`.

    Raises:
        VerifyError: there is no such file, or it lacks a table.
    """
    folder = root / "tests" / "labs" / assignment
    package = f"answers_{assignment}"
    if not (folder / f"{task}.py").is_file():
        raise VerifyError(
            f"{folder / task}.py is missing: it holds the right and wrong answers of the task."
        )
    found = _imported(folder, package, task)
    for table in ("RIGHT", "WRONG"):
        if not hasattr(found, table):
            raise VerifyError(f"{folder / task}.py has no table {table}.")
    return Answers(
        found.RIGHT,
        found.WRONG,
        getattr(found, "HARMLESS", {}),
        getattr(found, "sharing", contextlib.nullcontext),
    )


def _imported(folder: Path, package: str, name: str) -> ModuleType:
    """Import a module of a folder whose own name is no Python name, as `package.name`."""
    if package not in sys.modules:
        made = ModuleType(package)
        made.__path__ = [str(folder)]
        sys.modules[package] = made
    return importlib.import_module(f"{package}.{name}")


@lru_cache(maxsize=16)
def exam(root: Path, assignment: str, task: str, number: int) -> Instance:
    """Draw a secret instance as grading would, for the learner of this number."""
    own = seed(PRACTICE_KEY, f"verify {number}", assignment, task)
    return instances.draw(root / "grader", spec(assignment).slug, task, own)


@lru_cache
def practice(assignment: str, task: str) -> list[Instance]:
    """The practice instances of a task, which learners have."""
    return instances.practice(spec(assignment).slug)[task]
