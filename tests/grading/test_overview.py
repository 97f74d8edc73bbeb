"""How a lab stands, while somebody else makes the gradebook."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import small_course
from labkit.grading.cohort import lab_overview
from small_course import NAME

# What nbgrader has made of a gradebook on its way: the file, a table, all tables.
STAGES = {
    "an empty file": "",
    "the first table": "CREATE TABLE student (id VARCHAR(128) PRIMARY KEY)",
    "no course yet": "CREATE TABLE course (id VARCHAR(128) PRIMARY KEY)",
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_gradebook_that_is_being_made_is_left_alone(stage: str, tmp_path: Path) -> None:
    root = small_course.make_course(tmp_path / "course", ["ada"])
    database = root / "gradebook.db"
    database.unlink(missing_ok=True)
    with sqlite3.connect(database) as half:
        half.executescript(STAGES[stage])
    before = database.read_bytes()
    found = lab_overview(root, NAME)
    assert (found["handed_in"], found["graded"]) == (1, 0)
    assert database.read_bytes() == before


def test_without_a_gradebook_none_is_made(tmp_path: Path) -> None:
    root = small_course.make_course(tmp_path / "course", ["ada"])
    (root / "gradebook.db").unlink(missing_ok=True)
    assert lab_overview(root, NAME)["handed_in"] == 1
    assert not (root / "gradebook.db").exists()
