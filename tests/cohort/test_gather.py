"""A graded course is read as it is, and left as it is."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from labkit.cohort.gather import Cohort, GatherError, gather
from labkit.cohort.kept_progress import Effort, read_efforts
from labkit.exercise.outcome import Status
from made_course import EVIL, LAB, LATER, TRAP, digest, progress_file


def test_everybody_in_the_gradebook_is_there_also_who_handed_in_nothing(cohort: Cohort):
    assert [one.id for one in cohort.learners] == ["ada", "bob", "cyd", "dan"]
    assert cohort.learners[1].name == f"{EVIL} =1+1"
    assert {lab for _, lab in cohort.works} == {LAB, LATER}
    assert ("dan", LAB) not in cohort.works


def test_a_task_has_its_points_its_outcome_and_its_trap(cohort: Cohort):
    carry = cohort.works["bob", LAB].results["carry"]
    assert (carry.score, carry.maximum, carry.status, carry.trap) == (0, 10, Status.FAILED, TRAP)
    assert cohort.works["cyd", LATER].results["carry"].fault
    assert not carry.fault


def test_an_unread_essay_waits_and_is_no_zero(cohort: Cohort):
    assert cohort.works["ada", LATER].results["essay"].score is None
    assert cohort.works["ada", LATER].waiting == 5
    assert cohort.works["ada", LAB].waiting == 0


def test_lateness_and_what_was_taken_off_are_told(cohort: Cohort):
    work = cohort.works["bob", LAB]
    assert (work.late_hours, work.penalty, work.score) == (24.0, 2.0, 11.0)


def test_tasks_have_the_titles_and_the_order_of_the_notebook(cohort: Cohort):
    assert list(cohort.labs[0].tasks.items()) == [
        ("add", "1 · The task add"),
        ("carry", "2 · The task carry"),
        ("essay", "Essay"),
    ]


def test_points_given_by_a_person_count_before_the_card(course: Path, tmp_path: Path):
    copy = tmp_path / "course"
    shutil.copytree(course, copy)
    with sqlite3.connect(copy / "gradebook.db") as book:
        book.execute("UPDATE grade SET manual_score = 10 WHERE auto_score = 0")
    result = gather(copy).works["bob", LAB].results["carry"]
    assert (result.status, result.trap) == (Status.PASSED, "")


def test_tries_hints_and_minutes_come_from_kept_progress(cohort: Cohort):
    assert cohort.efforts["ada", LAB, "add"] == Effort(3, 2, True, 20.0)


def test_the_time_to_the_first_pass_is_unknown_where_the_first_try_is_not_kept(cohort: Cohort):
    assert cohort.efforts["ada", LAB, "carry"] == Effort(9, 0, True, None)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": 1, "labs": []}', '{"format": 1, "labs": {"a": {"tasks": [1]}}}',
     '{"format": 99, "labs": {}}', "[" * 100_000, "\udcff"],
)  # fmt: skip
def test_a_broken_progress_file_breaks_nothing(tmp_path: Path, text: str):
    (tmp_path / "eve.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert read_efforts(tmp_path, ["eve"]) == {}


def test_numbers_beyond_reason_are_cut_and_make_no_trouble(cohort: Cohort):
    assert cohort.efforts["bob", "<script>", "add"] == Effort(100_000, 0, True, None)


def test_a_link_and_a_name_that_leaves_the_folder_are_not_followed(tmp_path: Path):
    entry = {"a": {"tasks": {"b": {"tries": 1, "best": 0.0}}}}
    progress_file(tmp_path, "target", entry)
    assert read_efforts(tmp_path, ["target"])
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "eve.json").symlink_to(tmp_path / "target.json")
    assert read_efforts(inner, ["eve", "../target"]) == {}


def test_the_gradebook_keeps_its_bytes_and_no_file_is_added(course: Path):
    before, names = digest(course / "gradebook.db"), sorted(course.iterdir())
    gather(course)
    assert digest(course / "gradebook.db") == before
    assert sorted(course.iterdir()) == names


def test_while_a_transaction_is_open_the_state_before_it_is_read(course: Path, tmp_path: Path):
    copy = tmp_path / "course"
    shutil.copytree(course, copy)
    writer = sqlite3.connect(copy / "gradebook.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE grade SET auto_score = 7")
    try:
        assert gather(copy).works["ada", LAB].score == 25
    finally:
        writer.execute("COMMIT")
        writer.close()
    assert gather(copy).works["ada", LAB].score == 19


def test_without_a_gradebook_it_is_said_what_to_do_and_none_is_made(course: Path, tmp_path: Path):
    (tmp_path / "nbgrader_config.py").write_bytes((course / "nbgrader_config.py").read_bytes())
    with pytest.raises(GatherError, match="labkit grade"):
        gather(tmp_path)
    assert not (tmp_path / "gradebook.db").exists()
