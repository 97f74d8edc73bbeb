"""The grading side of this course in a folder of its own, with one lab and its sample cohort."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from labkit.authoring.cohort import write_cohort
from labkit.authoring.source import header_of, read_source

ROOT = Path(__file__).resolve().parents[2]


def lay(root: Path, lab: str) -> Path:
    """Lay a lab, the exams, what marks the folder of a course, and the sample cohort's work."""
    shutil.copytree(ROOT / "labs" / lab, root / "labs" / lab)
    shutil.copytree(ROOT / "grader" / "exams", root / "grader" / "exams")
    shutil.copy(ROOT / "grader" / "nbgrader_config.py", root / "grader")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "course").mkdir()
    (root / "course" / "course.yml").touch()  # by this file labkit knows a course's folder
    write_cohort(root, lab)
    return root


def run(root: Path, module: str, *arguments: str) -> None:
    """Run a command of a Python module in the course's folder; it must succeed."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]


def grade(root: Path, lab: str) -> None:
    """Release a lab and grade what was handed in, in the sandbox, by nbgrader's own command.

    `labkit grade` would run the solution and the release first, apart and in one kernel, which is
    three fifths of the work; `test_lab_06.py` grades a lab by it.
    """
    for step in ("generate_assignment", "autograde"):
        run(root, "nbgrader", step, lab)


def scores(root: Path) -> dict[str, float]:
    """Return every learner's score, as the gradebook has it."""
    with Gradebook(f"sqlite:///{root / 'grader' / 'gradebook.db'}") as book:
        (assignment,) = book.assignments
        return {
            work.student.id: float(work.score)
            for work in book.assignment_submissions(assignment.name)
        }


def worth(lab: str) -> dict[str, float]:
    """Return what the sample learners' answers are worth; an essay's points are given by hand."""
    source = read_source(ROOT / "labs" / lab / f"{lab[3:]}.py")
    headers = [header_of(cell) for cell in source.cells]
    points = {header.key: header.points for header in headers if header.role == "test"}
    tasks = [header.key for header in headers if header.role == "solution"]
    return {
        "sample-all": sum(points.values()),
        "sample-half": sum(points[task] for task in tasks[: len(tasks) // 2]),
        "sample-none": 0.0,
        "sample-broken": 0.0,
    }
