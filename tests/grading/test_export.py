"""The exported grades open in a spreadsheet as what they are."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from traitlets.config import Config

from labkit.grading.export import SafeExport, harmless, replaced_when_complete
from labkit.grading.standing import standings


@pytest.fixture(scope="module")
def gradebook(
    tmp_path_factory: pytest.TempPathFactory, empty_gradebook: Path
) -> Iterator[Gradebook]:
    """Two assignments and two learners; one has handed in one, late."""
    database = shutil.copy(empty_gradebook, tmp_path_factory.mktemp("grades"))
    with Gradebook(f"sqlite:///{database}", "course") as book:
        for name in ("01_who", "02_what"):
            book.add_assignment(name, duedate="2026-01-01")
            book.add_notebook("task", name)
            book.add_grade_cell("test", "task", name, max_score=10, cell_type="code")
        book.add_student("ada", last_name='=HYPERLINK("http://evil")', first_name="Ada, \n=1+1")
        book.add_student("bob", email="-bob@example.org")
        submission = book.add_submission("01_who", "ada", timestamp="2026-01-02")
        submission.notebooks[0].grades[0].auto_score = 7
        submission.notebooks[0].late_submission_penalty = 2
        book.db.commit()
        yield book


def export(gradebook: Gradebook, target: Path, **options: object) -> list[dict[str, str]]:
    config = Config({"ExportPlugin": {"to": str(target), **options}})
    SafeExport(config=config).export(gradebook)
    with target.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_columns_are_those_of_nbgrader_and_what_waits_for_a_reader(
    gradebook: Gradebook, tmp_path: Path
):
    rows = export(gradebook, tmp_path / "ours.csv")
    stock = CsvExportPlugin(config=Config({"ExportPlugin": {"to": str(tmp_path / "stock.csv")}}))
    stock.export(gradebook)
    header = (tmp_path / "stock.csv").read_text(encoding="utf-8").split("\n")[0]
    assert list(rows[0]) == [*header.split(","), "points_to_be_read"]


def test_scores_are_numbers_and_the_penalty_is_taken_off(gradebook: Gradebook, tmp_path: Path):
    rows = export(gradebook, tmp_path / "grades.csv")
    assert len(rows) == 4
    numbers = {(row["assignment"], row["student_id"]): row for row in rows}
    ada = numbers["01_who", "ada"]
    assert (ada["raw_score"], ada["late_submission_penalty"], ada["score"]) == ("7.0", "2.0", "5.0")
    assert ada["timestamp"] == "2026-01-02 00:00:00"
    assert numbers["02_what", "ada"]["score"] == "0.0"


def test_an_essay_that_nobody_has_read_is_told_from_one_that_is_worth_nothing(
    empty_gradebook: Path, tmp_path: Path
):
    database = shutil.copy(empty_gradebook, tmp_path / "essays.db")
    with Gradebook(f"sqlite:///{database}", "course") as book:
        book.add_assignment("01_who")
        book.add_notebook("task", "01_who")
        book.add_grade_cell("test", "task", "01_who", max_score=90, cell_type="code")
        book.add_grade_cell("essay", "task", "01_who", max_score=10, cell_type="markdown")
        for name, manual in (("ada", None), ("bob", 0.0)):
            book.add_student(name)
            for grade in book.add_submission("01_who", name).notebooks[0].grades:
                grade.needs_manual_grade = grade.name == "essay" and manual is None
                grade.auto_score = 10.0 if grade.name == "test" else None
                grade.manual_score = manual if grade.name == "essay" else None
        book.db.commit()
        rows = {row["student_id"]: row for row in export(book, tmp_path / "grades.csv")}
        told = {name: str(one) for name, one in standings(book, "01_who").items()}
    assert {name: row["points_to_be_read"] for name, row in rows.items()} == {
        "ada": "10.0",
        "bob": "0.0",
    }
    assert rows["ada"]["score"] == rows["bob"]["score"] == "10.0"
    assert told == {"ada": "10 of 90, essay to be read", "bob": "10 of 100"}


def test_a_name_with_a_comma_and_a_line_break_stays_one_field(gradebook: Gradebook, tmp_path: Path):
    rows = export(gradebook, tmp_path / "grades.csv")
    assert {row["first_name"] for row in rows} == {"", "Ada,  '=1+1"}
    assert len((tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()) == 5


def test_names_and_addresses_never_become_formulas(gradebook: Gradebook, tmp_path: Path):
    rows = export(gradebook, tmp_path / "grades.csv")
    learners = {row["student_id"]: row for row in rows}
    assert learners["ada"]["last_name"] == '\'=HYPERLINK("http://evil")'
    assert learners["bob"]["email"] == "'-bob@example.org"


def test_one_learner_or_one_assignment_can_be_asked_for(gradebook: Gradebook, tmp_path: Path):
    rows = export(gradebook, tmp_path / "a.csv", student=["bob"], assignment=["02_what"])
    assert [(row["student_id"], row["assignment"]) for row in rows] == [("bob", "02_what")]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "  =1", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A"]
    + ["\u200b=1", "\ufeff=1", "\x00=1", "\u00a0@A1"],
)
def test_what_would_start_a_formula_gets_an_apostrophe(text: str):
    assert harmless(text).startswith("'")


def test_a_formula_behind_a_separator_is_stopped_as_well():
    assert harmless("x; =cmd|' /C calc'!A0") == "x; '=cmd|' /C calc'!A0"
    assert harmless('a","=1+1') == 'a","\'=1+1'


@pytest.mark.parametrize("text", ["-3.5", "0.0", "1e-05", "-1e+20", "Ada", "2026-01-02 00:00"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str):
    assert harmless(text) == text


def test_an_export_that_is_cut_short_leaves_the_old_file(tmp_path: Path):
    target = tmp_path / "grades.csv"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), replaced_when_complete(target) as stream:
        stream.write("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


def test_a_link_is_followed_and_a_device_written_to(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path / "grades.csv")
    with replaced_when_complete(tmp_path / "link") as stream:
        stream.write("new")
    assert (tmp_path / "grades.csv").read_text() == "new"
    with replaced_when_complete(Path("/dev/null")) as stream:
        stream.write("new")
    assert Path("/dev/null").is_char_device()
