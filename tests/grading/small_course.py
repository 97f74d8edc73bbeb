"""A small course in plain nbgrader style, and learners who answered it differently."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook

NAME = "ps"
CONFIG = """\
c = get_config()
from labkit.grading.config import apply
apply(c)
c.CourseDirectory.course_id = "small"
c.ExecuteApart.timeout = 20
"""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

# What the learners' two functions do; who has None handed in only the second notebook.
ANSWERS: dict[str, tuple[str, str] | None] = {
    "ada": ("return x * x", "return x**3"),
    "bob": ("return x * x", "raise NotImplementedError"),
    "cyd": ("import warnings; warnings.warn('slow'); return x * x", "return x"),
    "dan": ("raise SystemExit", "return x**3"),
    "eve": None,
}
# Three points for the square, two for the cube, one for the second notebook; the essay is graded
# by hand.
SCORES = {"ada": 6.0, "bob": 4.0, "cyd": 4.0, "dan": 3.0, "eve": 1.0}


def _cell(source: str, kind: str = "code", **marks: Any) -> NotebookNode:
    cell = (new_code_cell if kind == "code" else new_markdown_cell)(source)
    if marks:
        plain = dict.fromkeys(("grade", "solution", "locked", "task"), False)
        cell.metadata["nbgrader"] = {"schema_version": 3} | plain | marks
    return cell


def _first() -> NotebookNode:
    solution = "    ### BEGIN SOLUTION\n    return x**{}\n    ### END SOLUTION"
    cells = [
        _cell("limit = 10", grade_id="setup", locked=True),
        _cell(f"def square(x):\n{solution.format(2)}", grade_id="square", solution=True),
        _cell(
            "assert square(3) == 9\nassert square(limit) == 100",
            grade_id="test_square",
            grade=True,
            locked=True,
            points=3,
        ),
        _cell(f"def cube(x):\n{solution.format(3)}", grade_id="cube", solution=True),
        _cell("assert cube(2) == 8", grade_id="test_cube", grade=True, locked=True, points=2),
        _cell("Why?", "markdown", grade_id="essay", grade=True, solution=True, points=5),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _second() -> NotebookNode:
    solution = "### BEGIN SOLUTION\nword = 'yes'\n### END SOLUTION"
    cells = [
        _cell(solution, grade_id="word", solution=True),
        _cell("assert word == 'yes'", grade_id="test_word", grade=True, locked=True, points=1),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def make_course(root: Path, learners: Iterable[str] = ANSWERS, config: str = CONFIG) -> Path:
    """Make a released course in a new folder, with what these learners handed in."""
    shutil.copytree(_released(NAME), root, dirs_exist_ok=True)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    for learner in learners:
        hand_in(root, learner, ANSWERS[learner])
    return root


@functools.cache
def _released(name: str) -> Path:
    """The course before anybody handed in. Releasing one takes seconds, copying it none."""
    root = Path(tempfile.mkdtemp(prefix="small-course-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    (root / "source" / name).mkdir(parents=True)
    nbformat.write(_first(), root / "source" / name / "p1.ipynb")
    nbformat.write(_second(), root / "source" / name / "p2.ipynb")
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    nbgrader(root, "generate_assignment", name)
    return root


def nbgrader(root: Path, *arguments: str) -> None:
    """Run a command of nbgrader in a course's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def hand_in(root: Path, learner: str, answer: tuple[str, str] | None) -> Path:
    """Write what a learner hands in; return the folder."""
    folder = root / "submitted" / learner / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "notes.txt").write_text(f"Notes of {learner}\n", encoding="utf-8")
    first, second = {}, {"word": "word = 'yes'"}
    if answer is not None:
        first = {
            "square": f"def square(x):\n    {answer[0]}",
            "cube": f"def cube(x):\n    {answer[1]}",
            "essay": f"{learner} thinks so.",
        }
    for name, sources in (("p1", first), ("p2", second)):
        if sources:
            _fill(root / "release" / NAME / f"{name}.ipynb", sources, folder / f"{name}.ipynb")
    return folder


def _fill(released: Path, sources: dict[str, str], to: Path) -> None:
    """Write a released notebook with a learner's text in its cells."""
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = sources.get(grade_id, cell.source)
    nbformat.write(notebook, to)


def scores(root: Path) -> dict[str, float]:
    """Return the scores in the gradebook by learner."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        entries = book.find_assignment(NAME).submissions
        return {entry.student_id: float(entry.score) for entry in entries}


def grades(root: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return all that the gradebook holds of each graded cell, ids of its rows left out."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        entries = book.find_assignment(NAME).submissions
        return {
            (entry.student_id, grade.name): (
                grade.auto_score,
                grade.manual_score,
                grade.needs_manual_grade,
                notebook.late_submission_penalty,
                entry.timestamp,
            )
            for entry in entries
            for notebook in entry.notebooks
            for grade in notebook.grades
        }


def run_in_process(job: dict[str, Any]) -> dict[str, Any]:
    """Stand in for the sandbox where a test is about the engine: run the cells in one namespace."""
    notebook = nbformat.reads(job["notebook"].decode(), as_version=4)
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = _outputs(cell.source, names)
    return {
        "version": 1,
        "notebook": nbformat.writes(notebook).encode(),
        "lost": "",
        "seconds": 0.0,
    }


def _outputs(source: str, names: dict[str, Any]) -> list[NotebookNode]:
    try:
        with warnings.catch_warnings(action="ignore"):
            exec(source, names)
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"
        return [
            new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[text])
        ]
    return []
