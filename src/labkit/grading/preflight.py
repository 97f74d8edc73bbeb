"""Before the first learner is graded: do an assignment's tests say here what they say in nbgrader?

The instructor's own solution and the untouched release are run twice, apart as learners are and in
one kernel as nbgrader runs them. A test that decides differently, one that the release passes and
one that only a person can decide are listed with their cells. What was found is kept beside the
gradebook, so that grading looks once at each version of an assignment.
"""

from __future__ import annotations

import contextlib
import functools
import glob
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.apps import AutogradeApp
from nbgrader.utils import determine_grade, is_grade, is_solution, temp_attrs

from labkit.errors import CourseError
from labkit.files import write_atomically
from labkit.grading import job as grading_job
from labkit.grading.gradebook import HeldGradebook
from labkit.grading.needs_person import is_undecided
from labkit.grading.pool import Job
from labkit.grading.receipts import receipts_path
from labkit.grading.stages import StagedAutograde, Submission, read

FOLDER = "checked"
SOLUTION, RELEASE = "the solution", "the untouched release"


@dataclass(frozen=True)
class Finding:
    """What is wrong with a test: the notebook, the cell, and what to know of it."""

    notebook: str
    test: str
    words: str

    def __str__(self) -> str:
        return f"{self.notebook}, {self.test}: {self.words}"


@dataclass(frozen=True)
class _Verdict:
    """What a test gave: points of the most there are, and why a person must decide, if so."""

    points: float
    most: float
    person: str


Verdicts = dict[str, dict[str, _Verdict]]
"""By notebook and test."""


def findings(app: AutogradeApp, book: HeldGradebook) -> list[Finding]:
    """Run solution and release of an assignment, apart and in one kernel; tell what differs.

    Raises:
        CourseError: there is no solution or no release.
    """
    name = str(app.coursedir.assignment_id)
    stages = StagedAutograde(coursedir=app.coursedir, parent=app)
    stages.open()
    stages.create_student = True
    apart: dict[str, Verdicts] = {}
    together: dict[str, Future[Verdicts]] = {}
    run = functools.partial(_together, stages.execution.exams)
    with (
        tempfile.TemporaryDirectory(prefix="labkit-check-") as folder,
        # nbgrader takes a learner's name from where the work lies.
        temp_attrs(app.coursedir, submitted_directory=str(Path(folder, "submitted"))),
        ThreadPoolExecutor(max_workers=2) as beside,
    ):
        for who, place in ((SOLUTION, "source_directory"), (RELEASE, "release_directory")):
            student = who.rpartition(" ")[2]
            handed_in = Path(folder, "submitted", student, name)
            source = app.coursedir.format_path(getattr(app.coursedir, place), ".", name)
            _copy(Path(source), handed_in)
            submission = Submission(student, handed_in, Path(folder, "graded", student))
            stages.notebooks = submission.notebooks
            jobs = stages.prepare(submission, book.api)
            # Side by side: a kernel of its own has to import what the warm process has.
            together[who] = beside.submit(_verdicts_of, jobs, run)
            apart[who] = _verdicts_of(jobs, _apart)
        return list(_compared(apart, {who: run.result() for who, run in together.items()}))


def _verdicts_of(jobs: dict[str, Job], run: Callable[[Job], NotebookNode]) -> Verdicts:
    return {notebook: _verdicts(run(order)) for notebook, order in jobs.items()}


def _copy(source: Path, target: Path) -> None:
    if not glob.glob(os.path.join(glob.escape(str(source)), "*.ipynb")):
        raise CourseError(f"There is no notebook in {source}, so nothing can be checked.")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*", "__pycache__"))


def _apart(order: Job) -> NotebookNode:
    return read(grading_job.run(order)["notebook"])


def _together(exams: str, order: Job) -> NotebookNode:
    """Run a job as nbgrader does: all cells in one kernel. It is the instructor's own code."""
    notebook = read(order["notebook"])
    with tempfile.TemporaryDirectory(prefix="labkit-check-") as folder:
        for name, content in order["files"].items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        environment = {**os.environ, **order["environment"]}
        if exams:
            environment["LABKIT_EXAMS"] = str(Path(exams).resolve())
        for cell in notebook.cells:
            name = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
            cell.source = order["tests"].get(name) or order["setup"].get(name) or cell.source
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            allow_errors=True,
            timeout=order["limits"]["cell_seconds"],
            error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": []},
            resources={"metadata": {"path": folder}},
        )
        with contextlib.suppress(Exception):  # a kernel that ends: its later tests fail
            # A kernel's remarks on how it was started are no findings.
            client.execute(env=environment, stderr=subprocess.DEVNULL)
    return notebook


def _verdicts(notebook: NotebookNode) -> dict[str, _Verdict]:
    found = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            continue
        undecided = [out["evalue"] for out in cell.outputs if is_undecided(out)]
        cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        points, most = determine_grade(cell)
        person = undecided[0] if undecided else ""
        found[cell.metadata["nbgrader"]["grade_id"]] = _Verdict(float(points or 0), most, person)
    return found


def _compared(apart: dict[str, Verdicts], together: dict[str, Verdicts]) -> Iterator[Finding]:
    for notebook, tests in apart[SOLUTION].items():
        for test, own in tests.items():
            found = [*_words(SOLUTION, own, together[SOLUTION][notebook][test])]
            untouched = apart[RELEASE].get(notebook, {}).get(test)
            if untouched is not None:
                found += _words(RELEASE, untouched, together[RELEASE][notebook][test])
            for words in found:
                yield Finding(notebook, test, words)


def _words(who: str, apart: _Verdict, together: _Verdict) -> Iterator[str]:
    """What is to be said of a test."""
    wanted = apart.most if who == SOLUTION else 0.0
    if apart.person:
        if who == SOLUTION:
            yield f"needs a person for {who}. {apart.person}"
    elif apart.points != together.points:
        yield (
            f"gives {who} {apart.points:g} of {apart.most:g} points here and "
            f"{together.points:g} in one kernel."
        )
    elif apart.points != wanted:
        yield f"gives {who} {apart.points:g} of {apart.most:g} points."


# ---- what was found, kept


def kept(path: Path, version: str) -> list[Finding] | None:
    """Return what was found of this version of an assignment; None if it was not looked at."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["version"] != version:
            return None
        return [Finding(*found) for found in record["findings"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(path: Path, version: str, found: list[Finding]) -> None:
    """Keep what was found of a version of an assignment."""
    listed: list[Any] = [[finding.notebook, finding.test, finding.words] for finding in found]
    write_atomically(path, json.dumps({"version": version, "findings": listed}, indent=1).encode())


def record_path(app: AutogradeApp) -> Path:
    """Where the findings of an assignment are kept: beside the gradebook."""
    course = app.coursedir
    return receipts_path(course.db_url, course.root).with_name(FOLDER) / (
        f"{course.assignment_id}.json"
    )


def summary(assignment: str, found: list[Finding]) -> list[str]:
    """The lines that tell an instructor what was found."""
    if not found:
        return [f"{assignment}: every test decides as in one kernel, and none passes the release."]
    return [f"{assignment}: {len(found)} findings", *(f"  {finding}" for finding in found)]
