"""What a learning platform imports: its columns, its learners, and nothing that was not read."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from labkit.cohort.platforms import CanvasExport, MoodleExport, PlatformError, Points, plan
from made_course import LAB, LATER, digest

CANVAS_HEAD = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


@pytest.fixture
def book(course: Path, tmp_path: Path):
    """The course's gradebook with platform identities, of every script."""
    path = shutil.copy(course / "gradebook.db", tmp_path / "gradebook.db")
    with Gradebook(f"sqlite:///{path}", "made up") as opened:
        for learner, name, other in (("ada", "s1", "Łukasz"), ("bob", "s2", "=1+1"),
                                     ("cyd", "s3", "美玲, 王"), ("dan", "=s4", "د")):  # fmt: skip
            opened.update_or_create_student(learner, lms_user_id=name, last_name=other)
        before = digest(Path(path))
        yield opened
        opened.db.rollback()
    assert digest(Path(path)) == before


def export(kind: type, book: Gradebook, tmp_path: Path, **options: object) -> list[dict[str, str]]:
    target = tmp_path / "out.csv"
    kind(config=Config({kind.__name__: {"to": str(target), **options}})).export(book)
    if not target.exists():
        return []
    with target.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: list[list[str]], delimiter: str = ",", mark: str = "") -> str:
    text = "\n".join(delimiter.join(f'"{field}"' for field in row) for row in rows)
    path.write_text(mark + text + "\n", encoding="utf-8")
    return str(path)


def test_canvas_gets_its_columns_in_its_order_and_the_points_there_are(
    book: Gradebook, tmp_path: Path
):
    possible, ada, bob, cyd = export(CanvasExport, book, tmp_path)
    assert list(ada) == [*CANVAS_HEAD, LAB, LATER]
    assert (possible["Student"], possible[LAB], possible[LATER]) == ("Points Possible", "25", "25")
    assert (ada["Student"], ada["SIS User ID"], ada[LAB]) == ("Łukasz, Ada", "s1", "25")
    assert (bob[LAB], cyd[LAB], cyd["Student"]) == ("11", "0", "美玲, 王")
    assert bob["Student"].startswith("'=1+1")


def test_what_waits_for_a_reader_or_was_not_handed_in_is_no_zero(
    book: Gradebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    _, ada, bob, _ = export(CanvasExport, book, tmp_path)
    assert ada[LATER] == bob[LATER] == ""
    assert "Left as it is: ada, 02_products: 5 points wait for a reader" in capsys.readouterr().out


def test_an_identity_that_would_be_a_formula_is_left_out_and_named(
    book: Gradebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    rows = export(CanvasExport, book, tmp_path)
    assert [row["SIS User ID"] for row in rows] == ["", "s1", "s2", "s3"]
    assert "dan: '=s4' would be a formula" in capsys.readouterr().out


@pytest.mark.parametrize(("delimiter", "mark"), [(",", ""), (";", "\ufeff")])
def test_with_the_platforms_own_export_its_rows_and_grades_stay(
    book: Gradebook, tmp_path: Path, delimiter: str, mark: str
):
    head = [*CANVAS_HEAD[:4], "Section", "Sums (71)", f"{LATER} (72)", "Final Score"]
    rows = [
        ["    Points Possible", "", "", "", "", "25", "25", "(read only)"],
        ["Lu, Ada", "1", "s1", "ada@x", "A", "20", "7", "9"],
        ["B", "2", "s2", "bob@x", "A", "11.00", "", "9"],
        ["Other", "9", "s9", "eve@x", "A", "3", "3", "9"],
    ]
    current = write(tmp_path / "now.csv", [head, *rows], delimiter, mark)
    found = export(CanvasExport, book, tmp_path, current=current, columns={LAB: "Sums"})
    _, ada, bob = found
    assert list(ada) == [*CANVAS_HEAD, "Sums (71)", f"{LATER} (72)"]
    assert (ada["Student"], ada["ID"], ada["Sums (71)"]) == ("Lu, Ada", "1", "25")
    assert ada[f"{LATER} (72)"] == "7"  # the essay waits: what Canvas has stays
    assert (bob["Sums (71)"], bob[f"{LATER} (72)"]) == ("11.00", "")


def test_a_dry_run_writes_nothing_and_says_what_would_change(
    book: Gradebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    head = ["First name", "ID number", f"{LAB} (Real)"]
    current = write(tmp_path / "now.csv", [head, ["A", "s1", "20"], ["B", "s2", "11"]])
    assert export(MoodleExport, book, tmp_path, current=current, dry_run=True) == []
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"ada, {LAB}: 20 -> 25"
    assert not any(line.startswith("bob, 01_sums") for line in said)
    assert "Left as it is: cyd: the platform has nobody whose ID number is 's3'" in said
    assert f"Left as it is: {LATER}: no such column there; the platform would add it" in said
    assert said[-1] == "learners: 2, grades that change: 1; nothing is written"


def test_moodle_gets_its_columns_and_finds_learners_by_what_is_chosen(
    book: Gradebook, tmp_path: Path
):
    ada = export(MoodleExport, book, tmp_path)[0]
    assert list(ada) == [
        "First name", "Last name", "ID number", "Email address", "Username", LAB, LATER,
    ]  # fmt: skip
    assert (ada["ID number"], ada["Email address"], ada[LAB]) == ("s1", "ada@example.org", "25")
    by_name = export(MoodleExport, book, tmp_path, identity="Username", assignment=[LAB])[0]
    assert (by_name["Username"], by_name["ID number"], LATER in by_name) == ("s1", "", False)


def test_two_learners_are_never_one_on_the_platform():
    people = [("ada", {"ID": "1"}), ("bob", {"ID": "1"})]
    with pytest.raises(PlatformError, match="'bob' and 'ada' are both '1'"):
        plan(people, {("ada", LAB): Points(1)}, {LAB: LAB}, "ID", None)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n"])
def test_another_file_than_the_platforms_export_ends_the_command(
    book: Gradebook, tmp_path: Path, content: bytes
):
    (tmp_path / "now.csv").write_bytes(content)
    with pytest.raises(SystemExit):
        export(CanvasExport, book, tmp_path, current=str(tmp_path / "now.csv"))
    assert not (tmp_path / "out.csv").exists()
