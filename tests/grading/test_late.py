"""Late work costs what the course's configuration says, on marks that tests gave for an answer."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

import small_course
from labkit.grading import engine
from labkit.grading.engine import Options, grade
from labkit.grading.pool import pool_here
from labkit.grading.receipts import receipts_path, record
from small_course import NAME, SCORES, run_in_process

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATE = timedelta(hours=3)

OWN = """
from nbgrader.plugins import BasePlugin
class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        assert total_seconds_late == 3 * 3600, total_seconds_late
        return 1.5 if student_id == "ada" else 100
c.AssignLatePenalties.plugin_class = Half
"""

CONFIGS = {
    "none": ("", (6.0, 4.0)),
    "zero": ("c.LateSubmissionPlugin.penalty_method = 'zero'\n", (0.0, 0.0)),
    # For each of two notebooks, and no more than it has: 1.5 of 5 points and 1 of 1.
    "plugin": (OWN, (3.5, 0.0)),
}
"""What stands in the configuration, and what ada and bob have who were late."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_course.make_course(tmp_path_factory.mktemp("late") / "template", SCORES)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "local_pool", lambda workers: pool_here(run_in_process))
    monkeypatch.setattr(engine.grading_job, "prepare", lambda modules: None)


@pytest.mark.parametrize("kind", sorted(CONFIGS))
def test_late_work_loses_what_the_configuration_says(template: Path, tmp_path: Path, kind: str):
    config, (ada, bob) = CONFIGS[kind]
    course = Path(shutil.copytree(template, tmp_path / "course"))
    url = f"sqlite:///{course / 'gradebook.db'}"
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as stream:
        stream.write(config)
    with Gradebook(url) as book:
        book.update_or_create_assignment(NAME, duedate=DUE.replace(tzinfo=None))
    for student, when in (("ada", DUE + LATE), ("bob", DUE + LATE), ("cyd", DUE - LATE)):
        record(receipts_path(url, str(course)), NAME, student, when, "by hand")
    report = grade(course, NAME, Options(only=["ada", "bob", "cyd"], feedback=False))
    assert report.scores == {"ada": ada, "bob": bob, "cyd": SCORES["cyd"]}


def test_learners_that_the_configuration_leaves_out_are_not_graded(template: Path, tmp_path: Path):
    course = Path(shutil.copytree(template, tmp_path / "course"))
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as stream:
        stream.write("c.CourseDirectory.student_id_exclude = 'bob,dan'\n")
    report = grade(course, NAME, Options(feedback=False))
    assert report.scores == {name: SCORES[name] for name in ("ada", "cyd", "eve")}
    assert not (course / "autograded" / "bob").exists()
