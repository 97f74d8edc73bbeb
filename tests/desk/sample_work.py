"""A small lab in plain nbgrader style, as a learner has it in the workbook."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from labkit.authoring.outline import OUTLINE, render_outline

LAB = "01_sums"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
STUB_IN_FUNCTION = STUB.replace("\n", "\n    ")


def marked(grade_id: str, source: str, kind: str = "code", **marks: object) -> NotebookNode:
    make = new_code_cell if kind == "code" else new_markdown_cell
    plain = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    mark = {"schema_version": 3, "grade_id": grade_id} | plain | marks
    return make(source, metadata={"nbgrader": mark}, id=grade_id)


def released() -> NotebookNode:
    """The notebook as learners get it."""
    cells = [
        marked("setup", "limit = 10", locked=True),
        marked(
            "double",
            f"def double(x):\n    {STUB_IN_FUNCTION}",
            solution=True,
        ),
        marked("test_double", "assert double(limit) == 20", grade=True, locked=True, points=3),
        marked("word", STUB, solution=True),
        marked("test_word", "assert word == 'yes'", grade=True, locked=True, points=1),
        marked("share", STUB, solution=True),
        marked("test_share", "4 * share", grade=True, locked=True, points=4),
        marked("memo", "YOUR ANSWER HERE", "markdown", grade=True, solution=True, points=5),
    ]
    return new_notebook(
        cells=cells,
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


def write(path: Path, notebook: NotebookNode, **sources: str) -> Path:
    """Write a notebook with a learner's text in its cells."""
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def make_workbook(root: Path) -> Path:
    """Make a workbook with the lab as released; return the notebook."""
    path = write(root / "labs" / LAB / "sums.ipynb", released())
    content = path.read_bytes()
    name = path.relative_to(root).as_posix()
    record = {name: hashlib.sha256(content).hexdigest()}
    (root / ".labkit-release.json").write_text(json.dumps(record), encoding="utf-8")
    (root / OUTLINE).write_bytes(render_outline({name: content}))
    return path


RIGHT = {
    "double": "def double(x):\n    return x + x",
    "word": "word = 'yes'",
    "share": "share = 0.5",
    "memo": "Double it.",
}


def answered(root: Path, **sources: str) -> Path:
    """Make a workbook whose lab is answered; return the notebook."""
    return write(make_workbook(root), released(), **(RIGHT | sources))
