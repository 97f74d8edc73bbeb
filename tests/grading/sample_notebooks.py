"""Small notebooks for the tests of grading, and a gradebook that knows one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, SaveCells

from labkit.grading import job
from labkit.grading.sandbox.limits import Limits

KERNEL = {"name": "python3", "display_name": "Course", "language": "python"}


def marked(
    grade_id: str, source: str, *, kind: str = "code", points: float | None = None, **marks: bool
) -> nbformat.NotebookNode:
    """Return a cell with nbgrader's mark: `solution=True`, `locked=True`, `task=True` or points."""
    data: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None and not marks.get("task"),
        "solution": False,
        "locked": False,
        "task": False,
        **marks,
    }
    if points is not None:
        data["points"] = points
    make = new_code_cell if kind == "code" else new_markdown_cell
    return make(source=source, metadata={"nbgrader": data})


def lesson() -> nbformat.NotebookNode:
    """Return a source notebook with one cell of every kind."""
    cells = [
        new_markdown_cell("# Sums"),
        new_code_cell("import math\nfrom collections import Counter as Count"),
        marked("setup", "limit = 3\nresults = []", locked=True),
        marked(
            "double",
            "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\nresults.append(1)\n"
            "### END SOLUTION",
            solution=True,
        ),
        marked("test_double", "assert double(limit) == 6", points=2, locked=True),
        marked("essay", "Say why.", kind="markdown", points=3, solution=True),
        marked("task", "Draw a plot.", kind="markdown", points=1, task=True, locked=True),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def generate(db_url: str, source: nbformat.NotebookNode, path: Path) -> nbformat.NotebookNode:
    """Store a source notebook as `ps1/p1` in a gradebook and at a path; return the release."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(source, path)
    with Gradebook(db_url) as gradebook:
        gradebook.update_or_create_assignment("ps1")
    resources = {"nbgrader": {"db_url": db_url, "assignment": "ps1", "notebook": "p1"}}
    released = nbformat.from_dict(source)
    for step in (ClearSolutions, ComputeChecksums, SaveCells):
        released, _ = step().preprocess(released, resources)
    return released


QUICK = Limits(cell_seconds=30, call_seconds=20, total_seconds=120, memory_mb=500, processes=60)
"""Enough for an honest cell on a busy machine; what is to be stopped takes `HURRIED`."""
HURRIED = replace(QUICK, cell_seconds=5, call_seconds=3)


def plain_job(cells: dict[str, str]) -> dict[str, Any]:
    """Return the job that runs some cells; see `graded` for their names."""
    made = [new_code_cell(text, metadata=_named(name)) for name, text in cells.items()]
    return {
        "version": job.VERSION,
        "notebook": nbformat.writes(new_notebook(cells=made)).encode(),
        "tests": {name: text for name, text in cells.items() if name.startswith("test")},
        "setup": {name: text for name, text in cells.items() if name.startswith("setup")},
        "imports": [],
        "learner_names": [],
        "learner_classes": None,
        "preload": [],
        "trusted_files": [],
        "files": {"numbers.csv": b"1,2,3\n"},
        "drawn": {},
        "secret": {"exams/answers.txt": b"42"},
        "environment": {"LABKIT_EXAMS": "{secret}"},
        "limits": vars(QUICK),
    }


def _named(name: str) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": name}}
