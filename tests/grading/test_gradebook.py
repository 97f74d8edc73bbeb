"""One writer: all of a submission reaches the gradebook, or nothing of it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, InvalidEntry

from labkit.grading.gradebook import EntryRefused, GradebookError, hold


@pytest.fixture
def url(db: str) -> str:
    """A gradebook with one assignment of one notebook with one graded cell."""
    with Gradebook(db, "course") as book:
        book.add_assignment("ps")
        book.add_notebook("p1", "ps")
        book.add_grade_cell("test", "p1", "ps", max_score=3, cell_type="code")
    return db


def students_seen_by_others(tmp_path: Path) -> list[str]:
    with sqlite3.connect(tmp_path / "gradebook.db") as other:
        return [name for (name,) in other.execute("SELECT id FROM student ORDER BY id")]


def test_every_opening_during_a_run_is_the_one_session(url: str):
    with hold(url, "course") as held:
        with Gradebook(url) as opened:
            assert opened.db() is held.session
        # nbgrader closes what it opened; the session goes on.
        assert held.api.find_assignment("ps").name == "ps"


def test_another_gradebook_is_opened_and_closed_as_ever(url: str, empty_gradebook: Path):
    with hold(url, "course"), Gradebook(f"sqlite:///{empty_gradebook}") as opened:
        assert opened.assignments == []


def test_after_the_run_each_opening_has_a_session_of_its_own(url: str):
    with hold(url, "course") as held:
        session = held.session
    with Gradebook(url) as opened:
        assert opened.db() is not session
        assert opened.find_assignment("ps").name == "ps"


def test_what_nbgrader_commits_on_the_way_is_seen_by_others_only_at_the_end(
    url: str, tmp_path: Path
):
    with hold(url, "course") as held:
        with held.transaction() as book:
            book.add_student("ada")
            book.add_submission("ps", "ada")
            assert students_seen_by_others(tmp_path) == []
        assert students_seen_by_others(tmp_path) == ["ada"]


def test_an_error_half_way_leaves_nothing(url: str, tmp_path: Path):
    with hold(url, "course") as held:
        with pytest.raises(ZeroDivisionError), held.transaction() as book:
            book.add_student("ada")
            raise ZeroDivisionError
        with held.transaction() as book:
            book.add_student("bob")
    assert students_seen_by_others(tmp_path) == ["bob"]


def test_an_entry_that_the_database_refuses_takes_the_whole_transaction_with_it(
    url: str, tmp_path: Path
):
    with hold(url, "course") as held:
        with held.transaction() as book:
            book.add_student("ada")
        with pytest.raises(EntryRefused), held.transaction() as book:
            book.add_student("bob")
            book.db().expunge_all()
            with pytest.raises(InvalidEntry):
                book.add_student("ada")
            book.add_student("cyd")
    assert students_seen_by_others(tmp_path) == ["ada"]


def test_a_grade_given_by_hand_meanwhile_is_seen_by_the_next_transaction(url: str, tmp_path: Path):
    with hold(url, "course") as held:
        with held.transaction() as book:
            book.add_student("ada")
            book.add_submission("ps", "ada")
            assert book.find_grade("test", "p1", "ps", "ada").manual_score is None
        with sqlite3.connect(tmp_path / "gradebook.db") as formgrader:
            formgrader.execute("UPDATE grade SET manual_score = 2.5")
        with held.transaction() as book:
            assert book.find_grade("test", "p1", "ps", "ada").manual_score == 2.5


def test_a_second_run_is_refused_in_a_sentence(url: str, tmp_path: Path):
    with hold(url, "course"):
        with pytest.raises(GradebookError, match="Another grading run is writing to .*gradebook"):
            with hold(url, "course"):
                pass
    with hold(url, "course") as held:
        assert held.api.find_assignment("ps").name == "ps"


KILLED = """
import os, signal, sys
from labkit.grading.gradebook import hold

with hold(sys.argv[1], "course") as held:
    with held.transaction() as book:
        book.add_student("ada")
    with held.transaction() as book:
        book.add_student("bob")
        book.add_submission("ps", "bob")
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_a_run_killed_in_a_transaction_leaves_the_ones_before_it_and_no_lock(
    url: str, tmp_path: Path
):
    done = subprocess.run([sys.executable, "-c", KILLED, url], timeout=300)
    assert done.returncode == -signal.SIGKILL
    assert students_seen_by_others(tmp_path) == ["ada"]
    with hold(url, "course") as held:
        assert [student.id for student in held.api.students] == ["ada"]
