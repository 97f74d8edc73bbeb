"""What formgrader's lists say is what the gradebook has, however a submission was graded."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import small_course
from labkit.grading import receipts
from labkit.grading.engine import Options, grade, load_app
from labkit.grading.formgrader import TruthfulAPI
from small_course import NAME, SCORES

LEARNERS = ("ada", "bob", "cyd")
LATE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def by_labkit(root: Path) -> None:
    grade(root, NAME, Options(workers=2, force=True, feedback=False))


def by_nbgrader(root: Path) -> None:
    small_course.nbgrader(root, "autograde", NAME, "--force")


def by_button(root: Path) -> None:
    with formgrader(root) as api:
        for learner in LEARNERS:
            done = api.autograde(NAME, learner, force=True, create=True)
            assert done["success"], done


@contextlib.contextmanager
def formgrader(root: Path) -> Any:
    app = load_app(root, NAME)
    with contextlib.chdir(root):
        yield TruthfulAPI(coursedir=app.coursedir, parent=app)


def told(root: Path) -> dict[str, tuple[str, float]]:
    """What the list of submissions shows of each learner: state and score."""
    with formgrader(root) as api:
        return {
            one["student"]: ("graded" if one["autograded"] else "needs autograding", one["score"])
            for one in api.get_submissions(NAME)
        }


GRADED = {learner: ("graded", SCORES[learner]) for learner in LEARNERS}


@pytest.mark.parametrize("way", [by_labkit, by_nbgrader, by_button])
def test_after_grading_the_list_has_the_gradebooks_state_and_score(
    way: Callable[[Path], None], tmp_path: Path, need_sandbox: None
) -> None:
    """With a learner's own time and none, with a receipt and none, late, and graded again."""
    root = small_course.make_course(tmp_path / "course", LEARNERS)
    ada, bob = (root / "submitted" / name / NAME for name in ("ada", "bob"))
    (ada / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC\n")
    (bob / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC\n")
    received = receipts.receipts_path(f"sqlite:///{root / 'gradebook.db'}", root)
    receipts.record(received, NAME, "bob", LATE, "told by mail")
    assert {state for state, _ in told(root).values()} == {"needs autograding"}
    way(root)
    assert told(root) == GRADED

    small_course.hand_in(root, "bob", ("return x * x", "return x**3"))
    assert told(root) == GRADED | {"bob": ("needs autograding", 0.0)}
    way(root)
    assert told(root) == GRADED | {"bob": ("graded", 6.0)}


def test_a_learners_nonsense_for_a_time_does_not_end_the_page(
    tmp_path: Path, need_sandbox: None
) -> None:
    root = small_course.make_course(tmp_path / "course", ["ada"])
    (root / "submitted" / "ada" / NAME / "timestamp.txt").write_bytes(b"\xff soon")
    assert told(root) == {"ada": ("needs autograding", 0.0)}


def test_a_run_that_was_cut_short_leaves_nothing_that_counts_as_graded(
    tmp_path: Path, need_sandbox: None
) -> None:
    root = small_course.make_course(tmp_path / "course", ["ada", "bob"])
    by_labkit(root)
    small_course.hand_in(root, "ada", ("return x + x", "return x"))
    code = "import os; from labkit.grading import stages\n"
    code += "stages.StagedAutograde.complete = lambda *a: os._exit(9)\n"
    code += "from labkit.cli import app; app()"
    (root / "course").mkdir()
    (root / "course" / "course.yml").touch()
    done = subprocess.run(
        [sys.executable, "-c", code, "grade", NAME], cwd=root, env=os.environ, capture_output=True
    )
    assert done.returncode == 9, done.stderr.decode()
    assert told(root)["ada"][0] == "needs autograding"
