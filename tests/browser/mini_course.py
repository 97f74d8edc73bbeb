"""A whole course of one small lab, and a cohort whose work was handed in and graded.

Its checks leave the cards of real labs, with known traps, and grading it takes seconds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from lab_server import ROOT
from labkit.authoring.build import build
from labkit.grading import receipts

LAB = "01_sums"
COURSE = """\
title: A course of sums
help: Ask Grace, grace@example.org.
introduction: One lab, to try things on.
modules:
  - name: 01_sums
    title: Sums
    trend: Adding never ends.
    question: How much is twice as much?
    skills: [Double a number]
    roles: [Accountant]
    minutes: 30
    points: 20
    prerequisites: []
    status: available
    due: 2026-03-01
"""
README = """\
<!-- modules:start -->
<!-- modules:end -->
<!-- data:start -->
<!-- data:end -->
"""
LESSON = """\
# %% [markdown]
# # Lesson 01: sums
#
# Twice two is four.

# %%
from labkit.exercise.lab import Lab
from labkit.exercise.quiz import Option, Question
from labkit.exercise.task import LabSpec

options = (Option("three", "That is one more."), Option("four", "Two and two.", right=True))
lab = Lab(LabSpec(1, "sums", 1, (), (Question("twice", "Twice two is?", options),)), 1)

# %%
lab.quiz("twice")

# %%
import ipywidgets

ipywidgets.IntSlider(description="twice")

# %%
2 + 2
"""
SOURCE = """\
# %% [markdown]
# # Lab 01: sums you can defend

# %% locked="setup"
from labkit.exercise.guard import call
from labkit.exercise.lab import Lab
from labkit.exercise.outcome import failed, passed
from labkit.exercise.task import LabSpec, Task


def judge(answer, instance):
    x = instance["x"]
    found = call(answer, x, seconds=5)
    if found == 2 * x:
        return passed("Twice as much.")
    trap = "squares instead of doubling" if found == x * x else ""
    return failed("Not twice as much.", on=f"x = {x}", next_step="Add.", misconception=trap)


tasks = tuple(Task(name, 5, judge, ("Add it to itself.",)) for name in ("double", "again"))
lab = Lab(LabSpec(1, "sums", 1, tasks), 1)

# %% [markdown]
# ## 1 · Twice as much (5 points)

# %% solution="double"
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% test="double" points=5
lab.check("double", double)

# %% [markdown]
# ## 2 · Once more (5 points)

# %% solution="again"
def again(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% test="again" points=5
lab.check("again", again)

# %% [markdown]
# ## 3 · A letter (10 points, graded by hand)

# %% [markdown] essay="letter" points=10
# ### BEGIN SOLUTION
# Dear reader.
# ### END SOLUTION

# %%
lab.progress()

# %%
lab.hint("double")

# %%
from labkit.desk.submit import submit

submit("01_sums")
"""
EXAM = "def draw(rng):\n    return {'x': int(rng.integers(3, 99))}\n"
RIGHT, SQUARE = "return 2 * x", "return x * x"
LEARNERS = {
    "ada": {"double": RIGHT, "again": RIGHT, "letter": "Twice is **twice**. <b onclick=x>Ada</b>"},
    "bob": {"double": SQUARE, "again": RIGHT},
    "cyd": {"double": SQUARE, "letter": "I would double it."},
    "dan": {},
}


def make_course(root: Path) -> Path:
    """Write and build the course; nothing is handed in yet."""
    for place, text in {
        "course/course.yml": COURSE,
        f"course/{LAB}/lesson.py": LESSON,
        f"labs/{LAB}/sums.py": SOURCE,
        "README.md": README,
        "grader/exams/__init__.py": "",
        "grader/exams/sums/__init__.py": "",
        "grader/exams/sums/double.py": EXAM,
        "grader/exams/sums/again.py": EXAM,
    }.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, encoding="utf-8")
    for name in ("nbgrader_config.py", "jupyter_server_config.py", "grader/nbgrader_config.py"):
        shutil.copy(ROOT / name, root / name)
    build(root)
    return root


def hand_in(root: Path, learner: str) -> Path:
    """Write what a learner hands in; return the folder."""
    folder = root / "grader" / "submitted" / learner / LAB
    folder.mkdir(parents=True)
    notebook = nbformat.read(root / "grader" / "release" / LAB / "sums.ipynb", as_version=4)
    for cell in notebook.cells:
        answer = LEARNERS[learner].get(cell.id)
        if answer is not None:
            code = cell.cell_type == "code"
            cell.source = f"def {cell.id}(x):\n    {answer}" if code else answer
    nbformat.write(notebook, folder / "sums.ipynb")
    (folder / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC\n")
    return folder


def hand_all_in(root: Path) -> None:
    """Hand in everybody's work; dan's arrived a day late."""
    labkit(root, "nbgrader", "generate_assignment", LAB)
    for learner in LEARNERS:
        hand_in(root, learner)
    late = datetime(2026, 3, 2, 12, tzinfo=UTC)
    receipts.record(root / "grader" / "receipts.csv", LAB, "dan", late, "told by mail")


def labkit(root: Path, *command: str) -> str:
    """Run a module of Python in the course's folder; return what it said."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=os.environ | {"PATH": path, "JUPYTER_CONFIG_DIR": str(root / ".jupyter")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
