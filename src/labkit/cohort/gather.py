"""The one reader of a graded course: gradebook, graded notebooks, receipts, kept progress.

It gives plain data, and changes nothing: the gradebook is copied by SQLite's own backup, which
takes the state between two transactions, also while grading runs, and the copy is read. What is
made of the data is left to the other modules of this room.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url

from labkit.authoring.catalog import CATALOG_PATH, Catalog, load_catalog
from labkit.cohort.kept_progress import Effort, read_efforts
from labkit.errors import CourseError
from labkit.exercise.outcome import Status
from labkit.grading.engine import load_app
from labkit.grading.outcomes import TaskOutcome
from labkit.grading.overview import executed_tests, outcome_of, titles_of
from labkit.grading.roster import groups_of
from labkit.grading.standing import Mark, standings

# Seconds to wait for a program that is just writing to the gradebook.
PATIENCE = 60


class GatherError(CourseError):
    """There is nothing to report on; the text says why and what to do."""


@dataclass(frozen=True)
class Learner:
    """Who learns: the name that hands in, the name of the person, mail address and group."""

    id: str
    name: str = ""
    email: str = ""
    group: str = ""


@dataclass(frozen=True)
class Result:
    """What came of one task of one learner.

    Attributes:
        score: points given; None while the answer waits for a reader.
        maximum: points there are.
        written: whether it is text, which a person reads.
        status: what came of it; None for text.
        trap: the known misconception that the answer fits, if any.
        fault: whether the check itself went wrong.
    """

    score: float | None
    maximum: float
    written: bool
    status: Status | None = None
    trap: str = ""
    fault: bool = False


@dataclass(frozen=True)
class Work:
    """What one learner handed in of one lab.

    Attributes:
        results: by task.
        penalty: points taken off for lateness.
        received: when it came in (UTC), if a receipt says so.
        late_hours: hours after the due date.
    """

    results: Mapping[str, Result]
    penalty: float = 0.0
    received: datetime | None = None
    late_hours: float = 0.0

    @property
    def score(self) -> float:
        """Points given so far, lateness taken off."""
        return max(0.0, sum(one.score or 0.0 for one in self.results.values()) - self.penalty)

    @property
    def waiting(self) -> float:
        """Points that wait for a reader."""
        return sum(one.maximum for one in self.results.values() if one.score is None)


@dataclass(frozen=True)
class Lab:
    """A lab: its title, its tasks with their titles in the notebook's order, all its points."""

    name: str
    title: str
    tasks: Mapping[str, str]
    maximum: float


@dataclass(frozen=True)
class Cohort:
    """A course as it stands: everybody in the gradebook, its labs, and what was handed in.

    Attributes:
        course: the course's title.
        works: by learner's id and lab's name.
        efforts: tries and hints by learner's id, lab's name and task, where progress was kept.
    """

    course: str
    when: datetime
    learners: tuple[Learner, ...]
    labs: tuple[Lab, ...]
    works: Mapping[tuple[str, str], Work]
    efforts: Mapping[tuple[str, str, str], Effort] = field(default_factory=dict)


def gather(root: Path, progress: Path | None = None) -> Cohort:
    """Read the course at `root`.

    Args:
        root: the course's folder.
        progress: a folder of progress files that learners gave, `LEARNER.json` each.

    Raises:
        GatherError: there is no gradebook in a file.
    """
    app = load_app(root, "")
    catalog = _catalog(root)
    with snapshot(app.coursedir.db_url, root) as book, contextlib.chdir(root):
        groups = groups_of(root)
        learners = tuple(
            Learner(
                str(one.id),
                " ".join(name for name in (one.first_name, one.last_name) if name),
                str(one.email or ""),
                groups.get(str(one.id), ""),
            )
            for one in sorted(book.students, key=lambda one: str(one.id))
        )
        labs: list[Lab] = []
        works: dict[tuple[str, str], Work] = {}
        for name in sorted(str(entry.name) for entry in book.assignments):
            lab, found = _lab(book, app.coursedir, name, catalog)
            labs.append(lab)
            works |= {(learner, name): work for learner, work in found.items()}
    efforts = read_efforts(progress, [one.id for one in learners]) if progress else {}
    title = catalog.title if catalog else str(app.coursedir.course_id)
    return Cohort(title, datetime.now(UTC), learners, tuple(labs), works, efforts)


@contextlib.contextmanager
def snapshot(url: str, root: Path) -> Iterator[Gradebook]:
    """Open a copy of the gradebook as it is between two transactions.

    Raises:
        GatherError: there is none in a file, or it cannot be read.
    """
    database = make_url(url)
    path = Path(root, database.database or "")
    if database.get_backend_name() != "sqlite" or not path.is_file():
        raise GatherError(
            f"There is no gradebook {path}. Grade a lab first: `labkit grade LAB`."
            if database.get_backend_name() == "sqlite"
            else "The gradebook is no SQLite file; these commands read no other."
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "gradebook.db")
        try:
            with (
                contextlib.closing(
                    sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)
                ) as source,
                contextlib.closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
        except sqlite3.Error as problem:
            raise GatherError(f"{path} cannot be read: {problem}.") from None
        with Gradebook(f"sqlite:///{copy}") as book:
            yield book


def _lab(
    book: Gradebook, coursedir: CourseDirectory, name: str, catalog: Catalog | None
) -> tuple[Lab, dict[str, Work]]:
    titles = titles_of(coursedir, name)
    assignment = book.find_assignment(name)
    cells = {
        str(cell.name): cell
        for one in assignment.notebooks
        for cell in (*one.grade_cells, *one.task_cells)
    }
    ordered = [*(task for task in titles if task in cells), *sorted(cells.keys() - titles.keys())]
    lab = Lab(
        name,
        next((m.title for m in (catalog.modules if catalog else ()) if m.name == name), name),
        {task: titles.get(task, task) for task in ordered},
        float(sum(cell.max_score for cell in cells.values())),
    )
    entries = {
        str(one.student_id): one
        for one in book.db.query(SubmittedAssignment).filter(SubmittedAssignment.name == name)
    }
    works: dict[str, Work] = {}
    for learner, standing in standings(book, name).items():
        tests = executed_tests(coursedir, learner, name)
        entry = entries[learner]
        received = entry.timestamp.replace(tzinfo=UTC) if entry.timestamp else None
        results = {mark.name: _result(mark, tests) for mark in standing.marks}
        late = float(entry.total_seconds_late or 0.0) / 3600
        works[learner] = Work(results, standing.penalty, received, late)
    return lab, works


def _result(mark: Mark, tests: Mapping[str, Mapping[str, object]]) -> Result:
    outcome = None if mark.waits else outcome_of(tests.get(mark.name), mark)
    if outcome is None:
        return Result(mark.score, mark.maximum, mark.written)
    status = _fitting(outcome, mark)
    trap = "" if status is Status.PASSED else outcome.trap
    return Result(mark.score, mark.maximum, mark.written, status, trap, outcome.fault)


def _fitting(outcome: TaskOutcome, mark: Mark) -> Status:
    """Return the status that fits the points.

    A person may have given others than the check, or the notebook was graded again after the
    gradebook was copied. The points are what counts.
    """
    score = mark.score or 0.0
    if score >= mark.maximum:
        return Status.PASSED
    if score > 0.0:
        return Status.PARTIAL
    return Status.FAILED if outcome.status in (Status.PASSED, Status.PARTIAL) else outcome.status


def _catalog(root: Path) -> Catalog | None:
    """Return the course's catalog; None where the course has none of its own."""
    path = root / CATALOG_PATH
    return load_catalog(root) if path.is_file() and path.stat().st_size else None
