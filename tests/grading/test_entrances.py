"""The command line, formgrader's button and the engine give everyone the same grades."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI

import small_course
from labkit.grading.engine import load_app
from small_course import ANSWERS, NAME, SCORES, grades, scores


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> dict[str, Path]:
    """The small course, graded by each entrance."""
    folder = tmp_path_factory.mktemp("entrances")
    template = small_course.make_course(folder / "template")
    ways = {"nbgrader": by_nbgrader, "button": by_button, "labkit": by_labkit}
    found = {}
    for name, way in ways.items():
        found[name] = Path(shutil.copytree(template, folder / name))
        way(found[name])
    return found


def by_nbgrader(root: Path) -> None:
    small_course.nbgrader(root, "autograde", NAME)


def by_button(root: Path) -> None:
    app = load_app(root, NAME)
    with contextlib.chdir(root):
        api = NbGraderAPI(coursedir=app.coursedir, parent=app)
        for learner in ANSWERS:
            done = api.autograde(NAME, learner)
            assert done["success"], done


def by_labkit(root: Path) -> None:
    """In a folder with nbgrader's configuration alone."""
    done = labkit_grade(root)
    assert done.returncode == 0, done.stderr
    assert "6 of 6, essay to be read" in done.stdout
    assert "4 essays to be read: ada, bob, cyd, dan. Read in formgrader" in done.stdout
    assert f"{NAME}: 5 graded, 0 unchanged, 0 refused, 0 failed." in done.stdout
    assert done.stderr.splitlines()[-1].startswith("5 of 5: ")


def labkit_grade(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labkit.cli", "grade", NAME, "--workers", "2", *options],
        cwd=root,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_all_entrances_give_the_marks_that_were_earned(courses: dict[str, Path]):
    assert {name: scores(root) for name, root in courses.items()} == dict.fromkeys(courses, SCORES)


def test_all_entrances_write_the_same_into_the_gradebook(courses: dict[str, Path]):
    assert grades(courses["nbgrader"]) == grades(courses["button"]) == grades(courses["labkit"])


def test_all_entrances_write_the_same_files(courses: dict[str, Path]):
    written = {name: files(root / "autograded") for name, root in courses.items()}
    assert written["nbgrader"] == written["button"] == written["labkit"]
    assert len(written["labkit"]) == 3 * len(ANSWERS) - 1


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = [path for path in folder.rglob("*") if path.is_file() and path.name[0] != "."]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mode) for p in found}


def test_a_second_run_leaves_everything_and_says_so(courses: dict[str, Path]):
    done = labkit_grade(courses["labkit"])
    assert done.returncode == 0
    assert done.stdout.startswith(f"{NAME}: 0 graded, 5 unchanged, 0 refused, 0 failed.\n")


def test_learners_find_their_feedback(courses: dict[str, Path]):
    pages = (courses["labkit"] / "feedback").rglob("p2.html")
    assert sorted(path.parts[-3] for path in pages) == sorted(ANSWERS)


def test_without_a_sandbox_the_same_marks_are_given_to_trusted_learners(
    courses: dict[str, Path], tmp_path: Path
):
    root = Path(shutil.copytree(courses["labkit"], tmp_path / "course"))
    done = labkit_grade(root, "--unsafe", "--force", "--only", "ada,dan", "--no-feedback")
    assert done.returncode == 0, done.stderr
    assert scores(root) == SCORES
