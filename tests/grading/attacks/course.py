"""The course that is attacked: built from `attacked.py`, with a gradebook and honest learners.

Everything a test could find out is planted here as a canary: an exam's key, the instructor's home,
a word in the solution, in the hidden test and in a neighbour's work.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from attacks.submission import ASSIGNMENT, Place, Submission

HERE = Path(__file__).resolve().parent

# What each of the honest learners deserves. Their names spread them over the order of grading.
BYSTANDERS = {"aa-solved": 12.0, "mm-untouched": 0.0, "zz-half": 5.0}

DUE = "2026-01-01 00:00:00 UTC"
TOO_LATE = "2026-02-01T00:00:00+00:00"

CONFIG = """\
from pathlib import Path

c = get_config()
root = Path(__file__).resolve().parent
c.CourseDirectory.course_id = "attacked"
c.CourseDirectory.root = str(root)
c.CourseDirectory.db_url = f"sqlite:///{root}/gradebook.db"
c.LateSubmissionPlugin.penalty_method = "zero"
"""


def notebook() -> nbformat.NotebookNode:
    """Build the instructor's notebook with solutions and hidden tests."""
    text = (HERE / "attacked.py").read_text(encoding="utf-8")
    made = new_notebook()
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for block in text.split("# %% ")[1:]:
        head, _, body = block.partition("\n")
        made.cells.append(_cell(head.split(), body.strip()))
    return made


def _cell(head: list[str], body: str) -> nbformat.NotebookNode:
    kind, *rest = head
    if kind in ("markdown", "essay"):
        body = body.replace("# ", "", 1).replace("\n# ", "\n")
        cell = new_markdown_cell(body)
    else:
        cell = new_code_cell(body)
    if kind in ("markdown", "code"):
        return cell
    name = f"test_{rest[0]}" if kind == "test" else rest[0]
    grade, solution = kind in ("test", "essay"), kind in ("solution", "essay")
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    if grade:
        cell.metadata["nbgrader"]["points"] = int(rest[1])
    return cell


def build(root: Path, more: str = "") -> None:
    """Write the course to a folder and release its assignment.

    Args:
        root: an empty folder.
        more: further lines of its nbgrader_config.py.
    """
    source = root / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(notebook(), source / f"{ASSIGNMENT}.ipynb")
    text = CONFIG + more + "\n"
    (root / "nbgrader_config.py").write_text(text, encoding="utf-8")
    done = command(root, root / "no-home", 120, "nbgrader", "generate_assignment", ASSIGNMENT)
    if done:
        raise RuntimeError(f"the attacked course cannot be released: {done}")
    with Gradebook(f"sqlite:///{root}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)


def hand_in_honest_work(place: Place, students: Iterable[str]) -> None:
    """Write the submissions of honest learners, named in `BYSTANDERS`."""
    for student in students:
        work = Submission(place.course / "submitted" / student / ASSIGNMENT, place)
        if student == "aa-solved":
            work.honest()
        elif student == "zz-half":
            work.honest("tax", "account", "words", "is_prime", "median")
        work.cell("tax")["source"] += "\n# secret-of-a-neighbour"
        work.save()


def plant_canaries(place: Place) -> None:
    """Put secrets where only the instructor may read and write."""
    exams = place.course / "exams"
    exams.mkdir()
    (exams / "course.key").write_text("secret-of-the-exam-key\n")
    (place.home / ".ssh").mkdir(parents=True)
    (place.home / ".ssh" / "id_ed25519").write_text("secret-of-the-home\n")


def command(root: Path, home: Path, seconds: float, *module: str) -> str:
    """Run a Python module in the course's folder, with an instructor's environment.

    Returns:
        What went wrong, or an empty text: "hung", or the last line of the command's log.
    """
    binaries = Path(sys.executable).parent
    environment = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(binaries), os.defpath]),
        "OMP_NUM_THREADS": "1",
        "GRADER_TOKEN": "secret-of-the-environment",
        "JUPYTER_CONFIG_DIR": str(root / ".jupyter"),
    }
    log = root / "commands.log"
    with log.open("a") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "hung"
    if code == 0:
        return ""
    lines = log.read_text(errors="replace").splitlines() or [""]
    return f"exit {code}: {lines[-1][:200]}"
