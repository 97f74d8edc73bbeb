"""From the learner's folder to a mark: `labkit submit`, `nbgrader zip_collect`, `labkit grade`."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from labkit.authoring.build import build
from labkit.learner.zip_names import ZipName

ROOT = Path(__file__).resolve().parents[2]
LAB = "01_sums"

SOURCE = """\
# %% [markdown]
# # Sums

# %% locked="setup"
limit = 10

# %% solution="double"
### BEGIN SOLUTION
def double(x):
    return 2 * x
### END SOLUTION

# %% test="double" points=3
assert double(limit) == 20

# %% solution="word"
### BEGIN SOLUTION
word = "yes"
### END SOLUTION

# %% test="word" points=1
assert word == "yes"

# %%
from labkit.desk.submit import submit

submit("01_sums")
"""
LEARNERS = {
    "ada": {"double": "def double(x):\n    return x + x", "word": "word = 'yes'"},
    "Zoë Ø": {"double": "def double(x):\n    return x + x", "word": "word = 'no'"},
    "bob": {"double": "def double(x):\n    return x", "word": "word = 'yes'"},
}
SCORES = {"ada": 4.0, "Zoë Ø": 3.0, "bob": 1.0}


def run(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=os.environ | {"PATH": path, "JUPYTER_CONFIG_DIR": str(root / ".jupyter")} | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


def hand_in(course: Path, learner: str) -> Path:
    """Answer and hand in as one learner; return the zip."""
    home = course.parent / f"home of {learner}"
    folder = home / LAB
    shutil.copytree(course / "grader" / "release" / LAB, folder)
    notebook = nbformat.read(folder / "sums.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = LEARNERS[learner].get(cell.id, cell.source)
    notebook.cells[-1].source = 'from labkit.desk.submit import submit\nsubmit("01_sums", now=True)'
    nbformat.write(notebook, folder / "sums.ipynb")
    done = run(
        folder,
        *("labkit.cli", "submit", "--no-validate"),
        LABKIT_LEARNER=learner,
        LABKIT_HOME=str(home / "labkit"),
    )
    assert done.returncode == 0, done.stderr
    (found,) = (home / "handed_in" / LAB).iterdir()
    return found


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Path:
    """A course whose learners' zips, and some hostile ones, were collected and graded."""
    root = tmp_path_factory.mktemp("handed in") / "course"
    source = root / "labs" / LAB / "sums.py"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE, encoding="utf-8")
    build(root)
    (root / "course").mkdir()
    (root / "course" / "course.yml").touch()
    shutil.copytree(
        ROOT / "grader", root / "grader", ignore=shutil.ignore_patterns("*.db", "exams")
    )
    shutil.copy(ROOT / "nbgrader_config.py", root)
    assert run(root, "nbgrader", "generate_assignment", LAB).returncode == 0
    archive = root / "grader" / "downloaded" / LAB / "archive"
    archive.mkdir(parents=True)
    zips = {learner: hand_in(root, learner) for learner in LEARNERS}
    bundle(archive / "download.zip", zips)
    write_hostile(archive)
    collected = run(root, "nbgrader", "zip_collect", LAB)
    assert collected.returncode == 0, collected.stderr
    (root / "collected.log").write_text(collected.stderr, encoding="utf-8")
    graded = run(root, "labkit.cli", "grade", LAB, "--workers", "2")
    assert graded.returncode == 0, graded.stderr
    assert run(root, "nbgrader", "export").returncode == 0
    return root


def bundle(path: Path, zips: dict[str, Path]) -> None:
    """Pack zips as a learning platform does, and an older one of ada's with them."""
    with zipfile.ZipFile(path, "w") as archive:
        for found in zips.values():
            archive.write(found, found.name)
        older = ZipName("ada", LAB, "20200101T000000Z", "a" * 12)
        archive.writestr(str(older), packed("ada", b"{}"))


def packed(learner: str, notebook: bytes, name: str = "sums.ipynb") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, notebook)
        archive.writestr("receipt.json", json.dumps({"learner": learner, "lab": LAB}))
    return stream.getvalue()


def write_hostile(archive: Path) -> None:
    for learner, content in {
        "slip": packed("slip", b"{}", "../../../../submitted/ada/01_sums/sums.ipynb"),
        "bomb": packed("bomb", bytes(60_000_000)),
        "mask": packed("somebody", b"{}"),
        "torn": packed("torn", b"{}")[:50],
    }.items():
        (archive / str(ZipName(learner, LAB, "20990101T000000Z", "b" * 12))).write_bytes(content)
    # One name from two places: whose is it?
    for place in ("a_17_file", "z_18_file"):
        (archive / place).mkdir()
        name = ZipName("cyd", LAB, "20990101T000000Z", "c" * 12)
        (archive / place / str(name)).write_bytes(packed("cyd", b"{}"))
    other_lab = ZipName("late", "02_other", "20990101T000000Z", "d" * 12)
    (archive / str(other_lab)).write_bytes(packed("late", b"{}"))


def test_everybody_gets_the_marks_of_the_own_notebook_and_nobody_else_any(course: Path):
    with (course / "grader" / "grades.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["student_id"]: float(row["score"]) for row in rows} == SCORES
    assert {float(row["max_score"]) for row in rows} == {4.0}


def test_each_refused_archive_is_named_with_the_reason(course: Path):
    log = (course / "collected.log").read_text(encoding="utf-8")
    for learner, reason in {
        "slip": "leads out of its folder",
        "bomb": "unfolds to more than is allowed",
        "mask": "its receipt 'somebody'",
        "torn": "it is broken",
    }.items():
        assert [line for line in log.splitlines() if f"/{learner}+" in line and reason in line]
    assert "'cyd' is the name on zips from" in log
    assert "it was handed in for 02_other" in log


def test_the_time_in_a_zips_name_is_no_time_of_receipt(course: Path):
    assert not (course / "grader" / "receipts.csv").exists()


def test_handing_in_left_the_cell_that_hands_in_quiet_at_grading(course: Path):
    graded = course / "grader" / "autograded" / "ada" / LAB
    notebook = nbformat.read(graded / "sums.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if "now=True" in cell.source)
    assert cell.outputs == []
    assert not list(graded.rglob("*.zip"))
