"""A learner's folder gets what is new and never loses what the learner did."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import nbformat
import pytest

from labkit import files
from labkit.authoring.handout import RECORD, WorkbookError, hand_out
from labkit.authoring.leaks import LeakError, collect_secrets, scan
from labkit.authoring.outline import OUTLINE
from labkit.authoring.workbook import release_workbook
from labkit.files import WriteError
from sample_course import CATALOG, LAB, write

HOME = "HOME.md"
FACTS = ".labkit-course.json"
LESSON = "course/01_stock/lesson.ipynb"
NOTEBOOK = "labs/01_stock/stock.ipynb"


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "my workbook"


def contents(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def renew_the_lab(lab: Path) -> None:
    write(lab, LAB.replace("little is lost", "nothing is lost"))


def test_a_workbook_holds_home_page_lesson_and_released_lab(course: Path, dest: Path):
    report = release_workbook(course, dest)
    assert report.written == [HOME, FACTS, LESSON, NOTEBOOK, OUTLINE]
    assert sorted(contents(dest)) == sorted([RECORD, OUTLINE, HOME, FACTS, LESSON, NOTEBOOK])
    assert scan(dest, collect_secrets(course)) == []


def test_a_workbook_knows_which_cells_of_a_lab_count(course: Path, dest: Path):
    release_workbook(course, dest)
    lab = json.loads((dest / OUTLINE).read_text(encoding="utf-8"))["01_stock"]
    assert lab["notebook"] == Path(NOTEBOOK).name
    kinds = {cell["id"]: (cell["kind"], cell["points"]) for cell in lab["cells"]}
    released = json.loads((dest / NOTEBOOK).read_text(encoding="utf-8"))
    marked = {
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in released["cells"]
        if "nbgrader" in cell["metadata"]
    }
    assert set(kinds) == marked
    assert {kind for kind, _ in kinds.values()} >= {"answer", "test"}


def test_every_link_of_the_home_page_leads_to_a_file(course: Path, dest: Path):
    release_workbook(course, dest)
    links = [part.split(")")[0] for part in (dest / HOME).read_text().split("](")[1:]]
    assert links == [LESSON, NOTEBOOK]
    assert all((dest / link).is_file() for link in links)


def test_releasing_again_changes_nothing(course: Path, dest: Path):
    release_workbook(course, dest)
    before = contents(dest)
    report = release_workbook(course, dest)
    assert (report.written, report.unchanged) == ([], [HOME, FACTS, LESSON, NOTEBOOK, OUTLINE])
    assert contents(dest) == before


def test_an_untouched_file_is_renewed(course: Path, lab: Path, dest: Path):
    release_workbook(course, dest)
    renew_the_lab(lab)
    assert release_workbook(course, dest).written == [NOTEBOOK]
    assert b"nothing is lost" in (dest / NOTEBOOK).read_bytes()


def test_a_changed_file_is_kept_and_the_new_one_lies_beside_it(course: Path, lab: Path, dest: Path):
    release_workbook(course, dest)
    write(dest / NOTEBOOK, "my work")
    assert release_workbook(course, dest).beside == []
    renew_the_lab(lab)
    report = release_workbook(course, dest)
    assert (report.kept, report.beside) == ([NOTEBOOK], ["labs/01_stock/stock.new.ipynb"])
    assert (dest / NOTEBOOK).read_text() == "my work"
    assert b"nothing is lost" in (dest / report.beside[0]).read_bytes()
    assert "Newer versions lie beside them: labs/01_stock/stock.new.ipynb" in str(report)
    before = contents(dest)
    assert release_workbook(course, dest).beside == []
    assert contents(dest) == before


def test_work_done_in_the_file_beside_is_kept_too(course: Path, lab: Path, dest: Path):
    release_workbook(course, dest)
    write(dest / NOTEBOOK, "my work")
    renew_the_lab(lab)
    release_workbook(course, dest)
    write(dest / "labs/01_stock/stock.new.ipynb", "more of my work")
    write(lab, LAB.replace("little is lost", "all is lost"))
    assert release_workbook(course, dest).beside == ["labs/01_stock/stock.new2.ipynb"]
    assert (dest / "labs/01_stock/stock.new.ipynb").read_text() == "more of my work"
    assert (dest / NOTEBOOK).read_text() == "my work"


def test_files_of_unknown_origin_are_kept(course: Path, dest: Path):
    write(dest / NOTEBOOK, "from elsewhere")
    write(dest / RECORD, "not json")
    report = release_workbook(course, dest)
    assert report.beside == ["labs/01_stock/stock.new.ipynb"]
    assert (dest / NOTEBOOK).read_text() == "from elsewhere"


def test_pictures_beside_a_lesson_travel_and_sources_do_not(course: Path, dest: Path):
    write(course / "course" / "01_stock" / "images" / "shelf.svg", "<svg/>")
    write(course / "labs" / "01_stock" / "__pycache__" / "stock.txt", "x")
    release_workbook(course, dest)
    assert "course/01_stock/images/shelf.svg" in contents(dest)
    assert not [name for name in contents(dest) if name.endswith((".py", ".txt"))]


def test_a_leak_stops_the_release_before_anything_is_written(course: Path, dest: Path):
    line = "missing_units = max(level - on_hand, 0)"
    write(course / "course" / "01_stock" / "lesson.py", f"# %%\n{line}\n")
    with pytest.raises(LeakError, match="course/01_stock/lesson.ipynb, cell 1: missing_units"):
        release_workbook(course, dest)
    assert not dest.exists()


@pytest.mark.parametrize("place", [".", "labs", "course/01_stock", "grader/release"])
def test_the_sources_themselves_are_no_workbook(course: Path, place: str):
    before = contents(course)
    with pytest.raises(WorkbookError, match="the course's own sources"):
        release_workbook(course, course / place)
    assert contents(course) == before


def test_a_file_is_no_folder(course: Path, tmp_path: Path):
    with pytest.raises(WorkbookError, match="is a file"):
        release_workbook(course, write(tmp_path / "taken", ""))


def test_a_full_disk_is_told_and_the_next_run_finishes(
    course: Path, lab: Path, dest: Path, monkeypatch
):
    release_workbook(course, dest)
    write(course / "course" / "course.yml", CATALOG.replace("How much?", "How many?"))
    renew_the_lab(lab)
    before = contents(dest)
    real_replace = files.os.replace

    def full(source: str, target: Path) -> None:
        if target.suffix == ".ipynb":
            raise OSError(errno.ENOSPC, "No space left on device")
        real_replace(source, target)

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(WriteError, match="The disk is full: .*stock.ipynb needs"):
        release_workbook(course, dest)
    after = contents(dest)
    assert after[NOTEBOOK] == before[NOTEBOOK] and sorted(after) == sorted(before)
    monkeypatch.undo()
    report = release_workbook(course, dest)
    assert (report.written, report.kept) == ([NOTEBOOK], [])


def test_a_folder_that_cannot_be_written_is_told(course: Path, tmp_path: Path, monkeypatch):
    def forbidden(*_: object, **__: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkstemp", forbidden)
    with pytest.raises(WriteError, match="Choose a folder you may write to"):
        release_workbook(course, tmp_path / "locked")


def test_the_notebooks_open_without_a_dialog(course: Path, dest: Path):
    release_workbook(course, dest)
    for name in (LESSON, NOTEBOOK):
        notebook = nbformat.read(dest / name, as_version=4)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"


# ------------------------------------------------------------------- from a released workbook


def test_a_released_workbook_is_handed_out_without_the_course(
    course: Path, tmp_path: Path, dest: Path
):
    released = tmp_path / "released"
    release_workbook(course, released)
    hand_out(released, dest)
    assert contents(dest) == contents(released)


def test_handing_out_again_renews_what_the_learner_did_not_touch(
    course: Path, lab: Path, tmp_path: Path, dest: Path
):
    released = tmp_path / "released"
    release_workbook(course, released)
    hand_out(released, dest)
    write(dest / LESSON, "my notes")
    renew_the_lab(lab)
    release_workbook(course, released)
    report = hand_out(released, dest)
    assert report.written == [NOTEBOOK] and report.kept == [LESSON] and report.beside == []
    assert (dest / LESSON).read_text("utf-8") == "my notes"


def test_only_a_workbook_is_handed_out(course: Path, dest: Path):
    with pytest.raises(WorkbookError, match="labkit release --to"):
        hand_out(course, dest)
    assert not dest.exists()
