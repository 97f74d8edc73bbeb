"""After a run that judges anew, everybody who lost points is named."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from nbgrader.api import Gradebook

import small_course
from labkit.grading.changes import NAMED, Change, changes, lines, table
from labkit.grading.engine import Options, grade, summary
from labkit.grading.standing import Mark, Standing
from small_course import NAME


def standing(*points: float | None, penalty: float = 0.0) -> Standing:
    marks = tuple(Mark(f"t{n}", False, one, 10.0) for n, one in enumerate(points))
    return Standing(marks, penalty)


def test_losses_come_first_and_all_of_them_are_told():
    before = {f"l{n:02}": standing(5.0, 0.0) for n in range(60)}
    after = {
        name: standing(*((3.0, 0.0) if name < "l30" else (5.0, 10.0))) for name in before
    }  # fmt: skip
    found = changes(before, after)
    assert [one.lost for one in found] == [True] * 30 + [False] * 30
    told = lines(found)
    assert told[0].endswith("30 lower, 30 higher.")
    assert sum(": 5 -> 3" in line for line in told) == 30
    assert sum(": 0 -> 10" in line for line in told) == NAMED
    assert told[-1] == "  and 10 higher ones more"
    assert len(list(csv.reader(io.StringIO(table("lab", found).decode())))) == 61


def test_who_is_new_or_unchanged_is_not_told_and_what_waits_or_is_late_is():
    before = {"ada": standing(5.0), "bob": standing(5.0), "cyd": standing(1.0, penalty=1.0)}
    after = {
        "ada": standing(5.0),
        "bob": standing(None),
        "cyd": standing(1.0, penalty=3.0),
        "new": standing(0.0),
    }
    assert changes(before, after) == [
        Change("bob", "t0", 5.0, None),
        Change("cyd", "lateness", -1.0, -3.0),
    ]
    assert lines([]) == []
    assert str(Change("=a\nb", "t", 1.0, None)) == "=a?b, t: 1 -> waits"


def test_a_mended_check_is_told_before_and_after_and_marks_given_by_hand_stay(
    tmp_path: Path, need_sandbox: None
):
    root = small_course.make_course(tmp_path / "course", ["ada", "bob"])
    grade(root, NAME, Options(workers=1, feedback=False))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for one in book.find_submission(NAME, "ada").notebooks:
            for mark in one.grades:
                if mark.name == "test_cube":
                    mark.manual_score = 1.5
        book.db.commit()
    answer = next((root / "submitted" / "bob" / NAME).glob("p1.ipynb"))
    answer.write_text(answer.read_text(encoding="utf-8").replace("x * x", "x + x"), "utf-8")
    report = grade(root, NAME, Options(workers=1, force=True, feedback=False))
    assert [str(one) for one in report.changes] == [
        "ada, test_cube: 1.5 -> waits",
        "bob, test_square: 3 -> 0",
    ]
    assert any("2 lower, 0 higher" in line for line in summary(report))
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        marks = book.find_submission_notebook("p1", NAME, "ada").grades
        assert [one.manual_score for one in marks if one.name == "test_cube"] == [1.5]
