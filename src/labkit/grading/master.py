"""What the gradebook and the instructor's source say of one notebook, as plain data.

The gradebook, written when the assignment was generated, has the last word on the text, type,
points and checksum of every marked cell (hidden tests included). The source notebook gives their
order and the instructor's unmarked code. Nothing that a learner handed in is read here;
`labkit.grading.rebuild` puts the two together.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry, Notebook
from nbgrader.api import SourceCell as StoredCell
from nbgrader.nbgraderformat import SCHEMA_VERSION

from labkit.code import class_names, import_statements, imported_modules
from labkit.errors import CourseError
from labkit.grading.ownership import names_left_to_learners

# What nbclient starts for a notebook that names no kernel; a notebook without this entry opens a
# blocking dialog in JupyterLab.
PYTHON_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

# Text that nbgrader takes out of what learners get; its default marks, each alone on a line.
INSTRUCTORS_ONLY = re.compile(
    r"^[^\n]*BEGIN (HIDDEN TESTS|MARK SCHEME)[^\n]*\n.*?END \1[^\n]*(\n|\Z)",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class MasterCell:
    """A marked cell as the gradebook holds it."""

    grade_id: str
    cell_type: str
    source: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float
    checksum: str | None

    @property
    def metadata(self) -> dict[str, Any]:
        """The cell's `nbgrader` metadata, in the current schema."""
        data = {
            "schema_version": SCHEMA_VERSION,
            "grade_id": self.grade_id,
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": self.task,
            "cell_type": self.cell_type,
        }
        if self.grade or self.task:
            data["points"] = self.points
        if self.checksum:
            data["checksum"] = self.checksum
        return data

    @property
    def released(self) -> str:
        """The text as learners got it: without hidden tests and marking scheme."""
        text, cuts = INSTRUCTORS_ONLY.subn("", self.source)
        return text.rstrip("\n") if cuts else self.source


@dataclass(frozen=True)
class Master:
    """One notebook of an assignment, as its instructor wrote it.

    `tests` are the code cells whose output is graded, `setup` the locked code cells that are not,
    both by grade id. `imports` are the import statements of the instructor's unmarked code,
    `learner_names` the global names that the instructor leaves to the learner, and `preload` the
    modules that the instructor's code imports anywhere.
    """

    cells: tuple[MasterCell, ...]
    kernelspec: dict[str, Any]
    tests: dict[str, str]
    setup: dict[str, str]
    imports: tuple[str, ...]
    learner_names: frozenset[str]
    learner_classes: tuple[str, ...] | None
    preload: tuple[str, ...]


@dataclass(frozen=True)
class _Source:
    """What is read from the instructor's notebook: the order of cells and the unlocked code."""

    order: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


def load(gradebook: Gradebook, assignment: str, notebook: str, source: Path | None) -> Master:
    """Read a notebook's master.

    Args:
        gradebook: An open gradebook.
        assignment, notebook: Their names in the gradebook.
        source: The instructor's notebook; None or a missing file is allowed, then the order of the
            cells is the gradebook's, and nothing is known of unmarked cells.

    Raises:
        CourseError: Where the gradebook does not know the notebook, or the source cannot be read.
    """
    try:
        stored = gradebook.find_notebook(notebook, assignment)
    except MissingEntry:
        raise CourseError(
            f"The gradebook has no notebook {notebook!r} in assignment {assignment!r}. "
            f"Run `nbgrader generate_assignment {assignment}` first."
        ) from None
    source_cells = _source_cells(source)
    cells = _ordered(_stored_cells(stored), source_cells.order)
    code = [cell for cell in cells if cell.cell_type == "code"]
    locked = [cell.source for cell in code if cell.locked]
    return Master(
        cells=cells,
        kernelspec=_kernelspec(stored),
        tests={cell.grade_id: cell.source for cell in code if cell.grade and not cell.solution},
        setup={cell.grade_id: cell.source for cell in code if cell.locked and not cell.grade},
        imports=_imports(source_cells),
        learner_names=_learner_names(source_cells, tuple(locked)),
        learner_classes=_classes(source_cells) if source_cells.order else None,
        preload=_modules(source_cells, tuple(cell.source for cell in code)),
    )


def _stored_cells(notebook: Notebook) -> list[MasterCell]:
    grades = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    return [
        _stored_cell(cell, grades, tasks, cell.name in solutions) for cell in notebook.source_cells
    ]


def _stored_cell(
    cell: StoredCell, grades: dict[str, float], tasks: dict[str, float], solution: bool
) -> MasterCell:
    name = cell.name
    return MasterCell(
        grade_id=name,
        cell_type=cell.cell_type,
        source=cell.source or "",
        locked=bool(cell.locked),
        grade=name in grades,
        solution=solution,
        task=name in tasks,
        points=float(grades.get(name, tasks.get(name, 0.0))),
        checksum=cell.checksum,
    )


def _ordered(cells: list[MasterCell], order: tuple[str, ...]) -> tuple[MasterCell, ...]:
    """Put cells into the source's order, unless the source has changed since its release."""
    position = {grade_id: index for index, grade_id in enumerate(order)}
    if all(cell.grade_id in position for cell in cells):
        cells = sorted(cells, key=lambda cell: position[cell.grade_id])
    return tuple(cells)


def _kernelspec(notebook: Notebook) -> dict[str, Any]:
    stored = json.loads(notebook.kernelspec) if notebook.kernelspec else None
    return stored or dict(PYTHON_KERNEL)


def _source_cells(path: Path | None) -> _Source:
    if path is None or not path.is_file():
        return _Source()
    try:
        return _parse_source(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise CourseError(f"{path} cannot be read as a notebook: {error}") from error


# A course's source is read for every submission and hardly ever changes between two.
@lru_cache(maxsize=32)
def _parse_source(text: str) -> _Source:
    order: list[str] = []
    unmarked: list[str] = []
    solutions: list[str] = []
    locked: list[str] = []
    for cell in nbformat.reads(text, as_version=4).cells:
        marks = cell.metadata.get("nbgrader", {})
        is_marked = any(marks.get(mark) for mark in ("grade", "solution", "locked", "task"))
        if is_marked:
            order.append(marks["grade_id"])
        if cell.cell_type == "code":
            kind = solutions if marks.get("solution") else locked if is_marked else unmarked
            kind.append(cell.source)
    return _Source(tuple(order), tuple(unmarked), tuple(solutions), tuple(locked))


@lru_cache(maxsize=32)
def _imports(source: _Source) -> tuple[str, ...]:
    return import_statements([*source.unmarked, *source.solutions])


@lru_cache(maxsize=32)
def _classes(source: _Source) -> tuple[str, ...]:
    return class_names([*source.unmarked, *source.solutions])


@lru_cache(maxsize=32)
def _learner_names(source: _Source, locked: tuple[str, ...]) -> frozenset[str]:
    return names_left_to_learners(source.solutions, source.unmarked, [*locked, *source.locked])


@lru_cache(maxsize=32)
def _modules(source: _Source, stored: tuple[str, ...]) -> tuple[str, ...]:
    return imported_modules([*source.unmarked, *source.solutions, *source.locked, *stored])
