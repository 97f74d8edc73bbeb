"""How a lab stands, while somebody else makes the gradebook."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

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


def test_grades_are_seen_after_the_course_was_given_another_name(tmp_path: Path) -> None:
    root = small_course.make_course(tmp_path / "course", ["ada"])
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "small") as book:
        book.update_or_create_assignment(NAME, duedate="2026-01-01")
        book.update_or_create_student("ada")
        book.update_or_create_submission(NAME, "ada", timestamp="2026-01-02")
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    renamed = config.replace('course_id = "small"', 'course_id = "renamed"')
    assert renamed != config
    (root / "nbgrader_config.py").write_text(renamed, encoding="utf-8")
    assert lab_overview(root, NAME)["late"] == 1


def test_without_a_gradebook_none_is_made(tmp_path: Path) -> None:
    root = small_course.make_course(tmp_path / "course", ["ada"])
    (root / "gradebook.db").unlink(missing_ok=True)
    assert lab_overview(root, NAME)["handed_in"] == 1
    assert not (root / "gradebook.db").exists()
