"""A graded course without grading: a gradebook with chosen marks, and notebooks with cards."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from labkit.exercise.cards import outcome_card
from labkit.exercise.outcome import Outcome

CONFIG = """\
c = get_config()
from labkit.grading.config import apply
apply(c)
c.CourseDirectory.course_id = "made up"
"""
DUE = datetime(2026, 3, 1)
LAB, LATER = "01_sums", "02_products"
TRAP = "Forgot the carry"
EVIL = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


@dataclass(frozen=True)
class Handed:
    """What a learner handed in of a lab: outcomes by task, points of the essay, hours too late."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    essay: float | None = None
    late: float = 0.0
    penalty: float = 0.0


def make_course(
    root: Path,
    empty: Path,
    tasks: Sequence[str],
    learners: Mapping[str, Mapping[str, str]],
    handed: Mapping[tuple[str, str], Handed],
) -> Path:
    """Make a course whose labs have these tasks of ten points each, and an essay of five.

    Args:
        root: a folder; made.
        empty: a gradebook without content.
        tasks: names of tasks, of every lab.
        learners: fields of the gradebook's entry, by learner's name.
        handed: by learner and lab.
    """
    root.mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    shutil.copy(empty, root / "gradebook.db")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "made up") as book:
        for lab in sorted({lab for _, lab in handed}):
            book.add_assignment(lab, duedate=DUE)
            book.add_notebook("lab", lab)
            for task in tasks:
                book.add_grade_cell(task, "lab", lab, max_score=10, cell_type="code")
            book.add_grade_cell("essay", "lab", lab, max_score=5, cell_type="markdown")
            _write(root / "source" / lab / "lab.ipynb", _cells(tasks, {}))
        for name, fields in learners.items():
            book.add_student(name, **fields)
        for (learner, lab), one in handed.items():
            received = DUE + timedelta(hours=one.late or -1)
            notebook = book.add_submission(lab, learner, timestamp=received).notebooks[0]
            notebook.late_submission_penalty = one.penalty
            for grade in notebook.grades:
                outcome = one.outcomes.get(grade.name)
                grade.auto_score = 10 * outcome.score if outcome else 0.0
                grade.needs_manual_grade = grade.name == "essay" and one.essay is None
                if grade.name == "essay":
                    grade.auto_score, grade.manual_score = None, one.essay
            _write(
                root / "autograded" / learner.replace("/", "_") / lab / "lab.ipynb",
                _cells(tasks, one.outcomes),
            )
        book.db.commit()
    return root


def _cells(tasks: Sequence[str], outcomes: Mapping[str, Outcome]) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = []
    for number, task in enumerate(tasks, 1):
        heading = f"## {number} · The task {task} (10 points)"
        cells.append({"cell_type": "markdown", "source": heading, "metadata": {}})
        outputs = []
        if task in outcomes:
            card = outcome_card(task, outcomes[task], 10, "the exam")
            outputs = [{"output_type": "display_data", "data": {"text/plain": card.text}}]
        marks = {"grade": True, "solution": False, "grade_id": task}
        cells.append({"cell_type": "code", "source": "", "outputs": outputs, "metadata": {}})
        cells[-1]["metadata"]["nbgrader"] = marks
    cells.append({"cell_type": "markdown", "source": "## Essay (5 points)", "metadata": {}})
    marks = {"grade": True, "solution": True, "grade_id": "essay"}
    cells.append({"cell_type": "markdown", "source": "", "metadata": {"nbgrader": marks}})
    return cells


def _write(path: Path, cells: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path.write_text(json.dumps(content), encoding="utf-8")


def progress_file(folder: Path, learner: str, labs: Mapping[str, Any]) -> None:
    """Write a progress file as a learner saves one."""
    folder.mkdir(exist_ok=True)
    text = json.dumps({"format": 1, "labs": labs})
    (folder / f"{learner}.json").write_text(text, encoding="utf-8")


def times(*scores: float) -> list[dict[str, Any]]:
    """Return a history of tries, ten minutes apart."""
    begin = datetime(2026, 2, 1, tzinfo=UTC)
    return [
        {"score": score, "status": "", "when": (begin + timedelta(minutes=10 * n)).isoformat()}
        for n, score in enumerate(scores)
    ]


def digest(path: Path) -> str:
    """Return a file's digest, to see that it did not change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
