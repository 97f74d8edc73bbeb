"""Tests that cannot be trusted are told before the first learner is graded, and flagged after."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from honest import Case, sides
from labkit.errors import CourseError
from labkit.grading.engine import Options, check, grade, summary
from labkit.grading.sandbox import protection

CASES = [
    Case("fine", "q1 = 3", "q1 = 4", "assert q1 == 3"),
    Case("private", "class Q2:\n    _n = 1", "class Q2: pass", "assert Q2()._n == 1"),
    Case("nothing", "q3 = 1", "q3 = 2", "assert True"),
    Case("stub_passes", "q4['n'] = 1", "q4['n'] = 2", "assert len(q4) < 2", setup="q4 = {}"),
    Case("fails", "q5 = 1", "q5 = 2", "assert q5 == 3"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Path:
    """A plain nbgrader course in a folder of its own, with the work of two learners."""
    root = tmp_path_factory.mktemp("preflight") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sides.KINDS, "quiz", CASES)
        sides.make(root, ["quiz"], sides.OURS)
    return root


def test_every_test_that_cannot_be_trusted_is_told_with_its_cell(course: Path) -> None:
    found = {finding.test: finding.words for finding in check(course, sides.NAME)}
    assert set(found) == {"test_private", "test_nothing", "test_stub_passes", "test_fails"}
    assert "needs a person for the solution" in found["test_private"]
    assert "labkit: attributes _n" in found["test_private"]
    assert "looked at no name" in found["test_nothing"]
    assert found["test_stub_passes"] == "gives the untouched release 1 of 1 points."
    assert found["test_fails"] == "gives the solution 0 of 1 points."


def test_a_version_of_an_assignment_is_looked_over_once(course: Path) -> None:
    record = course / "checked" / f"{sides.NAME}.json"
    record.unlink(missing_ok=True)
    assert len(check(course, sides.NAME, again=False)) == 4
    assert len(json.loads(record.read_text(encoding="utf-8"))["findings"]) == 4
    assert check(course, sides.NAME, again=False) == []
    source = course / "source" / sides.NAME / "quiz.ipynb"
    notebook = nbformat.read(source, as_version=4)
    notebook.cells[0].source += "\n# changed"
    nbformat.write(notebook, source)
    assert len(check(course, sides.NAME, again=False)) == 4


def test_the_command_takes_the_course_of_the_folder_and_says_what_is_wrong(course: Path) -> None:
    command = [sys.executable, "-m", "labkit.cli", "check", sides.NAME]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "quiz, test_private: needs a person" in done.stdout
    lost = subprocess.run(command, cwd=course.parent, capture_output=True, text=True, timeout=300)
    assert lost.returncode == 1 and "is in no course" in lost.stderr


def test_without_a_sandbox_it_is_refused_in_a_sentence(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = protection.Protection(False, "bwrap is not installed")
    monkeypatch.setattr(protection, "protection", lambda: missing)
    with pytest.raises(CourseError, match=r"bwrap is not installed.*--unsafe"):
        check(course, sides.NAME)


def test_what_needs_a_person_is_flagged_counted_and_worth_nothing_until_somebody_looks(
    course: Path,
) -> None:
    report = grade(course, sides.NAME, Options(workers=1))
    assert report.scores["right"] == 2.0
    lines = "\n".join(summary(report))
    assert "4 results need a person: they have no points until somebody gives them" in lines
    assert "  test_private (2): The test reads ._n" in lines
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        grades = book.find_submission_notebook("quiz", sides.NAME, "right").grades
        states = {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in grades}
    assert states["test_private"] == states["test_nothing"] == (None, True)
    assert states["test_fine"] == (1.0, False)
    page = course / "feedback" / "right" / sides.NAME / "quiz.html"
    assert "Your instructor looks at it" in page.read_text(encoding="utf-8")
