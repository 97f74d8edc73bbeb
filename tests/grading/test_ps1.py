"""The example course of nbgrader's own documentation gets the same marks as from stock nbgrader."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbgrader
from nbgrader.api import Gradebook

GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"
STOCK = """
import os, sys
from pathlib import Path
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
c = get_config()
"""
OURS = STOCK + "from labkit.grading.config import apply\napply(c)\n"

Marks = dict[tuple[str, str, str], tuple[float | None, float, bool]]


def test_every_cell_of_every_submission_has_the_mark_that_stock_nbgrader_gives(
    tmp_path: Path, need_sandbox: None
):
    stock = graded(tmp_path / "stock", STOCK)
    assert sorted({student for student, _, _ in stock}) == ["bitdiddle", "hacker"]
    assert graded(tmp_path / "ours", OURS) == stock


def test_generated_tests_get_the_same_marks_too(tmp_path: Path, need_sandbox: None):
    stock = graded(tmp_path / "stock", STOCK, with_autotests)
    ours = graded(tmp_path / "ours", OURS, with_autotests)
    # The variant has a test worth 0 points that the submissions lack: it is put back and run here.
    worth = {cell for cell, (_, most, _) in stock.items() if most}
    assert ours.keys() == stock.keys()
    assert {cell: ours[cell] for cell in worth} == {cell: stock[cell] for cell in worth}


def with_autotests(root: Path) -> None:
    """Use the variant of the course whose tests are generated from templates."""
    shutil.rmtree(root / "source" / "ps1")
    (root / "source" / "ps1_autotest").rename(root / "source" / "ps1")
    shutil.copy(GUIDE / "autotests.yml", root)


def graded(root: Path, config: str, change: Callable[[Path], None] = lambda _: None) -> Marks:
    """Lay the course out, grade it, and read every cell's mark."""
    for part in ("source", "submitted"):
        shutil.copytree(GUIDE / part, root / part)
    (root / "nbgrader_config.py").write_text(config)
    change(root)
    for step in ("generate_assignment", "autograde"):
        command = [sys.executable, "-m", "nbgrader", step, "ps1"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (submission.student.id, notebook.name, grade.name): (
                grade.auto_score,
                grade.max_score,
                bool(grade.needs_manual_grade),
            )
            for submission in gradebook.assignment_submissions("ps1")
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
