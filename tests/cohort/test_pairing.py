"""Learners review each other: everybody as many, nobody the own, and no form names a writer."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import ROOT
from labkit.cohort.pairing import TABLE, PairingError, essays, ring, write_forms

LAB, SLUG = "14_career_capstone", "career_capstone"
HOSTILE = '</pre><script>alert("from cyd")</script>'
MEMOS = {
    "ada": "We launch.", "bo": "We wait.", "cyd": HOSTILE, "=dan": "=1+1", "empty": "  ",
}  # fmt: skip


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one lab, five hand-ins, one of them blank, and one broken file."""
    root = tmp_path / "a course"
    (root / "labs").mkdir(parents=True)
    shutil.copytree(ROOT / "labs" / LAB, root / "labs" / LAB)
    (root / "course").mkdir()
    (root / "course" / "course.yml").touch()
    (root / "grader").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copy(ROOT / "grader" / "nbgrader_config.py", root / "grader")
    for name, memo in MEMOS.items():
        folder = root / "grader" / "submitted" / name / LAB
        folder.mkdir(parents=True)
        cell = nbformat.v4.new_markdown_cell(memo, metadata={"nbgrader": {"grade_id": "memo"}})
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / f"{SLUG}.ipynb")
    broken = root / "grader" / "submitted" / "eve" / LAB
    broken.mkdir(parents=True)
    (broken / f"{SLUG}.ipynb").write_text("no notebook")
    return root


@given(st.integers(2, 40), st.integers(1, 39), st.integers(0, 2**32))
def test_everybody_reads_and_is_read_equally_often_and_nobody_twice_or_the_own(n, each, seed):
    names = [f"learner {place}" for place in range(n)]
    if each >= n:
        with pytest.raises(PairingError, match=f"{n} essays are here"):
            ring(names, each, seed)
        return
    reads = ring(names, each, seed)
    assert set(reads) == set(names)
    assert all(len(set(writers)) == each and name not in writers for name, writers in reads.items())
    read = [writer for writers in reads.values() for writer in writers]
    assert all(read.count(name) == each for name in names)
    assert ring(names[::-1], each, seed) == reads


def test_who_handed_an_essay_in_is_paired(course: Path):
    assert set(essays(course, LAB, "memo")) == {"ada", "bo", "cyd", "=dan"}


def test_a_form_holds_others_essays_as_they_are_and_no_names(course: Path):
    *forms, table = write_forms(course, LAB, "memo", 2, 7, course / "forms")
    assert table.name == TABLE and len(forms) == 4
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # A name that begins like a formula is made harmless in the table.
    writers = {(row["reader"].lstrip("'"), row["essay"]): row["writer"].lstrip("'") for row in rows}
    for path in forms:
        notebook = nbformat.read(path, as_version=4)
        raw = [cell.source for cell in notebook.cells if cell.cell_type == "raw"]
        assert raw == [MEMOS[writers[path.stem, place]] for place in ("1", "2")]
        assert MEMOS[path.stem] not in raw
        marked = json.dumps([cell.source for cell in notebook.cells if cell.cell_type != "raw"])
        assert "<script>" not in marked and not {"ada", "bo", "cyd"} & set(marked.split())
        assert "criterion" in marked  # the rubric


def test_what_is_not_there_is_said(course: Path):
    with pytest.raises(PairingError, match="no essay 'letter'"):
        write_forms(course, LAB, "letter", 2, 0, course / "forms")
    with pytest.raises(PairingError, match="can read 1 to 3 of others, not 4"):
        write_forms(course, LAB, "memo", 4, 0, course / "forms")
    assert not (course / "forms").exists()


def test_forms_that_were_given_out_are_not_replaced(course: Path):
    written = write_forms(course, LAB, "memo", 2, 7, course / "forms")
    before = {path: path.read_bytes() for path in written}
    with pytest.raises(PairingError, match="an earlier pairing. Keep them"):
        write_forms(course, LAB, "memo", 2, 8, course / "forms")
    assert {path: path.read_bytes() for path in written} == before
