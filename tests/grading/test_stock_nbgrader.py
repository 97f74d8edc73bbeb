"""Stock nbgrader, run from the root of a small course, grades what its config promises."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from labkit.authoring.build import build

ROOT = Path(__file__).resolve().parents[2]

LAB = """\
# %% [markdown]
# # Say who you are

# %% locked="setup"
import os
from pathlib import Path

exams = Path(os.environ.get("LABKIT_EXAMS", "practice"))

# %% solution="greet"
### BEGIN SOLUTION
def greet(name):
    return f"I am {name}"
### END SOLUTION

# %% test="greet" points=10
name = os.environ["LABKIT_LEARNER"]
10.0 if greet(name) == f"I am {name}" else 2.5

# %% solution="place"
### BEGIN SOLUTION
place = exams.name
### END SOLUTION

# %% test="place" points=4
4.0 * ((exams / "course.key").is_file() and place == "practice")

# %% [markdown] essay="memo" points=6
# ### BEGIN SOLUTION
# One page to the manager.
# ### END SOLUTION
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Path:
    """A course with one lab and three submissions, its folder's name with a space."""
    root = tmp_path_factory.mktemp("stock") / "my course"
    source = root / "labs" / "01_who" / "who.py"
    source.parent.mkdir(parents=True)
    source.write_text(LAB, encoding="utf-8")
    build(root)
    (root / "grader").mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copy(ROOT / "grader" / "nbgrader_config.py", root / "grader")
    nbgrader(root, "generate_assignment", "01_who")
    released = root / "grader" / "release" / "01_who" / "who.ipynb"
    for student, answer in {
        "ada": "def greet(name):\n    return f'I am {name}'",
        "bob": "def greet(name):\n    return 'I am ada'",
        "cyd": None,
    }.items():
        folder = root / "grader" / "submitted" / student / "01_who"
        folder.mkdir(parents=True)
        notebook = nbformat.read(released, as_version=4)
        if answer is not None:
            cells = {cell.id: cell for cell in notebook.cells}
            cells["greet"].source = answer
            cells["place"].source = "place = exams.name"
            cells["memo"].source = "Dear manager"
        nbformat.write(notebook, folder / "who.ipynb")
    nbgrader(root, "autograde", "01_who")
    nbgrader(root, "generate_feedback", "01_who")
    nbgrader(root, "export")
    return root


def nbgrader(root: Path, *arguments: str) -> None:
    """Run a command of nbgrader as from an environment that is not activated."""
    kept = ("HOME", "TMPDIR", "SYSTEMROOT", "TEMP", "USERPROFILE")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"PATH": os.defpath, "JUPYTER_CONFIG_DIR": str(root / ".jupyter")}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_the_release_holds_the_notebook_and_no_source(course: Path):
    released = course / "grader" / "release" / "01_who"
    assert [path.name for path in released.iterdir()] == ["who.ipynb"]
    assert "BEGIN SOLUTION" not in (released / "who.ipynb").read_text(encoding="utf-8")


def test_only_the_tests_know_the_learner_and_the_exams_and_partial_credit_counts(course: Path):
    with (course / "grader" / "grades.csv").open(encoding="utf-8") as stream:
        rows = {row["student_id"]: row for row in csv.DictReader(stream)}
    scores = {student: float(row["score"]) for student, row in rows.items()}
    # bob's greeting is right in ada's notebook only; cyd handed in an empty one.
    assert scores == {"ada": 14.0, "bob": 6.5, "cyd": 0.0}
    assert {float(row["max_score"]) for row in rows.values()} == {20.0}


def test_feedback_is_written_for_everyone(course: Path):
    feedback = course / "grader" / "feedback"
    written = sorted(path.relative_to(feedback).as_posix() for path in feedback.rglob("*.html"))
    assert written == [f"{student}/01_who/who.html" for student in ("ada", "bob", "cyd")]


def test_everything_nbgrader_writes_stays_in_the_grader_folder(course: Path):
    names = sorted(path.name for path in course.iterdir() if not path.name.startswith("."))
    assert [name for name in names if name != "__pycache__"] == [
        "grader",
        "labs",
        "nbgrader_config.py",
    ]
    assert sorted(path.name for path in (course / "labs" / "01_who").iterdir()) == [
        "who.ipynb",
        "who.py",
    ]
