"""Grading a whole cohort: nbgrader's autograde with its slow step in a pool of workers.

`labkit grade`, `nbgrader autograde` and formgrader's button take the same configured steps on the
same folders. Here the step that executes a notebook is a job for a worker (`pool.py`); everything
before and after it (`stages.py`) stays in this process, the one writer to the gradebook
(`gradebook.py`). A submission's grades are committed in one transaction, its folder appears in one
step, and then a record says that it is whole (`record.py`). A run that was stopped, in whatever
way, goes on where it was.
"""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbgrader.apps import AutogradeApp
from nbgrader.converters import GenerateFeedback, NbGraderException
from nbgrader.utils import rmtree, temp_attrs
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from labkit.errors import CourseError
from labkit.grading import drawn, lab_parts, preflight, receipts
from labkit.grading import job as grading_job
from labkit.grading.changes import Change, changes
from labkit.grading.changes import lines as changed_lines
from labkit.grading.gradebook import HeldGradebook, hold
from labkit.grading.master import load as load_master
from labkit.grading.needs_person import undecided
from labkit.grading.overview import TaskRow, table, task_rows
from labkit.grading.pool import Ended, Job, Pool, cluster_pool, local_pool, pool_here
from labkit.grading.preflight import Finding
from labkit.grading.record import (
    Record,
    digest_of,
    folder_digest,
    forget,
    is_graded,
    read_record,
    write_record,
)
from labkit.grading.sandbox.client import SandboxError
from labkit.grading.sandbox.protection import require_protection
from labkit.grading.stages import (
    Refused,
    StagedAutograde,
    Submission,
    find_assignment,
    read,
    without_results,
)
from labkit.grading.standing import Standing, standings, to_be_read
from labkit.grading.startup import with_companions

State = Literal["graded", "unchanged", "refused", "failed"]
# Learners named on one line of the summary.
NAMED = 5


@dataclass(frozen=True)
class Ending:
    """How grading a submission ended.

    `graded`: it has its marks. `unchanged`: it had them already. `refused`: what was handed in
    cannot be graded. `failed`: something else went wrong; the next run tries again. `note` says
    why, or what was remarkable. `persons` are the tests that a person must decide, with the reason.
    """

    student: str
    state: State
    note: str = ""
    persons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Report:
    """How a run ended: an outcome for each submission, and how each learner stands now."""

    assignment: str
    outcomes: tuple[Ending, ...]
    standings: dict[str, Standing]
    tasks: tuple[TaskRow, ...] = ()
    feedback: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def scores(self) -> dict[str, float]:
        """Points given so far, by learner."""
        return {student: standing.score for student, standing in self.standings.items()}

    def students(self, *states: State) -> list[str]:
        """Return the learners whose submissions ended in one of these states."""
        return [outcome.student for outcome in self.outcomes if outcome.state in states]


Progress = Callable[[int, Ending], None]


@dataclass(frozen=True)
class Options:
    """What an instructor may ask of a run; see `grade`."""

    workers: int | None = None
    only: Sequence[str] = ()
    force: bool = False
    scheduler: str | None = None
    unsafe: bool = False
    feedback: bool = True


DEFAULTS = Options()


def grade(
    root: Path, assignment: str, options: Options = DEFAULTS, progress: Progress | None = None
) -> Report:
    """Grade what was handed in for an assignment and write it to the gradebook.

    Args:
        root: the course's folder, where nbgrader finds its configuration.
        assignment: the assignment's name in the gradebook.
        options: `workers` processes run submissions side by side, by default one a processor, or
            those of the Dask cluster whose scheduler has the address `scheduler`. `only` these
            learners, by default everyone who handed in. `force` grades again what is graded and
            has not changed. `unsafe` runs one submission at a time, in a plain kernel with the
            rights of this process. `feedback` writes the learners' feedback too.
        progress: called with the number of submissions and an outcome, as each ends.

    Raises:
        CourseError: nothing can be graded, one of `only` did not hand in, another run is at work,
            or the gradebook cannot be written. What was graded before is whole.
    """
    app = load_app(root, assignment, options.unsafe)
    url, course = app.coursedir.db_url, app.coursedir.course_id
    with contextlib.chdir(app.coursedir.root), hold(url, course) as book:
        return _Run(app, book, options).grade(progress or (lambda total, outcome: None))


def check(root: Path, assignment: str, again: bool = True) -> list[Finding]:
    """Look over an assignment's tests before anybody is graded; see `preflight`.

    Args:
        root: the course's folder.
        assignment: the assignment's name in the gradebook.
        again: look even where this version of the assignment was looked over before.

    Raises:
        CourseError: it cannot be looked over, or this machine has no sandbox.
    """
    app = load_app(root, assignment)
    url, course = app.coursedir.db_url, app.coursedir.course_id
    with contextlib.chdir(app.coursedir.root), hold(url, course) as book:
        version = _Run(app, book, DEFAULTS).master
        path = preflight.record_path(app)
        known = None if again else preflight.kept(path, version)
        if known is not None:
            return []
        require_protection()
        found = preflight.findings(app, book)
        preflight.keep(path, version, found)
        return found


def enter(root: Path, assignment: str) -> None:
    """Enter an assignment that was never released into the gradebook, as nbgrader does.

    Raises:
        CourseError: nbgrader cannot make its release; the text holds what it said.
    """
    coursedir = load_app(root, assignment).coursedir
    if os.path.isdir(coursedir.format_path(coursedir.release_directory, ".", assignment)):
        return
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", assignment],
        cwd=root,
        # nbgrader looks for `alembic` beside itself only by way of PATH.
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CourseError(f"{assignment} cannot be released, so not graded.\n{done.stderr}")


def summary(report: Report) -> list[str]:
    """Return the lines that tell an instructor how a run ended."""
    shown = [outcome for outcome in report.outcomes if outcome.state != "unchanged"]
    width = max((len(outcome.student) for outcome in shown), default=0)
    wide = max((len(str(one)) for one in report.standings.values()), default=0)
    lines = []
    for outcome in shown:
        points = str(report.standings.get(outcome.student, ""))
        line = f"{outcome.student:{width}}  {outcome.state:9}  {points:{wide}}  {outcome.note}"
        # A file's name is a learner's text, and a terminal obeys control characters.
        lines.append("".join(c if c.isprintable() else "?" for c in line.rstrip()))
    counts = [f"{len(report.students(state))} {state}" for state in get_args(State)]
    lines += [f"{report.assignment}: {', '.join(counts)}.", "", *table(report.tasks), ""]
    changed = changed_lines(report.changes)
    return [*lines, *changed, *_persons(report), *_waiting(report), *_next(report)]


def _next(report: Report) -> list[str]:
    """Say where feedback lies, and what comes next."""
    found = [f"Feedback: {report.feedback}"] if report.feedback else []
    return [
        *found,
        "Next: `labkit lab --instructor` for formgrader, `nbgrader export` for a table.",
    ]


def _waiting(report: Report) -> list[str]:
    """Say whose answers wait for a reader, and where they are read."""
    waiting = sorted(student for student, one in report.standings.items() if one.waiting)
    if not waiting:
        return []
    marks = [mark for student in waiting for mark in report.standings[student].waiting]
    named = ", ".join(waiting[:NAMED]) + (" and others" if len(waiting) > NAMED else "")
    return [
        f"{to_be_read(marks).capitalize()}: {named}. Read in formgrader, under Manual Grading, "
        f"{report.assignment}."
    ]


def _persons(report: Report) -> list[str]:
    """The lines on tests that a person must decide: each test once, with the first reason."""
    found: dict[str, list[str]] = {}
    for ending in report.outcomes:
        for test, reason in ending.persons:
            found.setdefault(test, []).append(reason)
    if not found:
        return []
    count = sum(map(len, found.values()))
    lines = [
        f"{count} results need a person: they have no points until somebody gives them, in "
        "formgrader's manual grading."
    ]
    return lines + [
        f"  {test} ({len(reasons)}): {reasons[0]}" for test, reasons in sorted(found.items())
    ]


def load_app(root: Path, assignment: str, unsafe: bool = False) -> AutogradeApp:
    """Return nbgrader's autograde program with the configuration that it has in `root`."""
    with contextlib.chdir(root):
        app = AutogradeApp()
        app.initialize([assignment, f"--log-level={logging.CRITICAL}"])
    if unsafe:
        app.update_config(Config({"ExecuteApart": {"unsafe": True}}))
    app.coursedir.assignment_id = assignment
    return app


@dataclass
class _UnderWay:
    """A submission whose notebooks are being executed."""

    submission: Submission
    digest: str
    jobs: dict[str, Job]
    ended: dict[str, Ended] = field(default_factory=dict)


class _Run:
    """One grading run over the submissions of an assignment."""

    def __init__(self, app: AutogradeApp, book: HeldGradebook, options: Options) -> None:
        self.coursedir = app.coursedir
        self.name = str(app.coursedir.assignment_id)
        self.book = book
        self.options = options
        self.stages = StagedAutograde(coursedir=app.coursedir, parent=app)
        self.stages.open()
        self.feedback = FeedbackOf(coursedir=app.coursedir, parent=app)
        self.under_way: dict[str, _UnderWay] = {}
        assignment = find_assignment(book.api, self.name)
        self.notebooks = sorted(str(notebook.name) for notebook in assignment.notebooks)
        # Who is in the gradebook, with the time granted beyond the due date.
        self.entered = {entry.student_id: str(entry.extension) for entry in assignment.submissions}
        self.receipts = receipts.read(
            receipts.receipts_path(self.coursedir.db_url, self.coursedir.root)
        )
        self.master = self._master_digest(str(assignment.duedate))
        execution = self.stages.execution
        lab = lab_parts.slug_of(self.name)
        drawn.prune(execution.drawn_store, lab, execution.lab_digest(self.name))

    def grade(self, progress: Progress) -> Report:
        """Grade every submission that was asked for."""
        submissions = self._submissions()
        before = standings(self.book.api, self.name)
        outcomes = []
        try:
            with contextlib.closing(self._outcomes(submissions)) as ended:
                for outcome in ended:
                    outcomes.append(outcome)
                    progress(len(submissions), outcome)
        finally:
            for left in self.under_way.values():
                _clear(left.submission.draft)
        outcomes.sort(key=lambda outcome: outcome.student)
        api, coursedir = self.book.api, self.coursedir
        rows = task_rows(api, coursedir, self.name)
        place = coursedir.format_path(coursedir.feedback_directory, "LEARNER", self.name)
        feedback = os.path.relpath(place, coursedir.root) if self.options.feedback else ""
        stand = standings(api, self.name)
        found = tuple(changes(before, stand))
        return Report(self.name, tuple(outcomes), stand, tuple(rows), feedback, found)

    def _submissions(self) -> list[Submission]:
        """Return every submission that was asked for, whether or not it can be graded."""
        handed_in = self._handed_in()
        excluded = set(self.coursedir.student_id_exclude.split(","))
        chosen = set(self.options.only) or set(handed_in) - excluded
        missing = sorted(chosen - set(handed_in))
        if missing:
            raise CourseError(f"Nothing was handed in for {self.name} by {', '.join(missing)}.")
        if not chosen:
            place = self.stages._format_source(self.name, self.coursedir.student_id)
            raise CourseError(f"Nothing was handed in for {self.name}: no folder {place} is there.")
        target = self.stages._format_dest
        return [
            Submission(
                student, handed_in[student], Path(os.path.normpath(target(self.name, student)))
            )
            for student in sorted(chosen)
        ]

    def _handed_in(self) -> dict[str, Path]:
        """Return the learners' folders."""
        if self.coursedir.notebook_id != "*":
            raise CourseError(
                "Grading covers whole submissions: take CourseDirectory.notebook_id "
                f"({self.coursedir.notebook_id!r}) out of the configuration, or use "
                "`nbgrader autograde --notebook`."
            )
        place = self.stages._format_source
        pattern = place(re.escape(self.name), "(?P<student>.*)", escape=True)
        found = glob.glob(place(self.name, self.coursedir.student_id))
        matches = [re.fullmatch(pattern, folder) for folder in found]
        return {match["student"]: Path(match[0]) for match in matches if match}

    def _master_digest(self, due: str) -> str:
        """Return a digest of what submissions are graded with; where it changes, all are anew."""
        execution = self.stages.execution
        parts = [due, folder_digest(self._source()), str(execution.timeout), str(execution.limits)]
        for notebook in self.notebooks:
            parts.append(repr(load_master(self.book.api, self.name, notebook, None).cells))
        parts += [execution.lab_digest(self.name), lab_parts.grader_digest()]
        return digest_of(parts)

    def _source(self) -> Path:
        place = self.coursedir.source_directory
        return Path(self.coursedir.format_path(place, ".", self.name))

    def _pool(self) -> Pool:
        if self.stages.execution.unsafe:
            return pool_here(self.stages.run_here)
        if self.options.scheduler:
            return cluster_pool(self.options.scheduler)
        return local_pool(self.options.workers or _processors())

    def _warm_up(self) -> None:
        """Start the warm process here: all workers share it, and it outlives each of them."""
        if self.stages.execution.unsafe or self.options.scheduler:
            return
        try:
            grading_job.prepare(self._modules())
        except (SandboxError, OSError) as error:
            require_protection()
            raise CourseError(f"The sandbox for learner code did not start: {error}") from error

    def _modules(self) -> list[str]:
        """Return the modules that the instructor's code imports, now or on first use."""
        modules: set[str] = set()
        for notebook in self.notebooks:
            source = self._source() / f"{notebook}.ipynb"
            modules.update(load_master(self.book.api, self.name, notebook, source).preload)
        return with_companions(modules)

    def _outcomes(self, submissions: list[Submission]) -> Generator[Ending, None, None]:
        """Grade what is not graded yet; yield the outcomes as they come."""
        new = []
        for submission in submissions:
            if not self.options.force and self._is_whole(submission):
                yield self._unchanged(submission)
            else:
                new.append(submission)
        if not new:
            return
        with self._pool() as pool:
            self._warm_up()
            for submission in new:
                while pool.full:
                    yield from self._take(pool.next())
                yield from self._send(submission, pool)
            while pool.busy:
                yield from self._take(pool.next())

    def _unchanged(self, submission: Submission) -> Ending:
        """Write feedback that is missing, though the submission is graded."""
        try:
            if self.options.feedback and not self.feedback.is_there(submission.student):
                self.feedback.write(submission.student)
        except NbGraderException:
            return Ending(submission.student, "failed", "feedback cannot be written")
        return Ending(submission.student, "unchanged")

    def _send(self, submission: Submission, pool: Pool) -> Iterator[Ending]:
        """Put a submission's jobs under way; yield its outcome if that is known already."""
        try:
            under_way = self._prepare(submission)
        except Exception as error:
            yield self._trouble(submission, error)
            return
        self.under_way[submission.student] = under_way
        for notebook, job in under_way.jobs.items():
            pool.submit((submission.student, notebook), job)

    def _prepare(self, submission: Submission) -> _UnderWay:
        forget(submission.target)
        _clear(submission.draft)
        self.stages.admit(submission)
        # Taken before anything is read: what is handed in from now on is graded next time.
        digest = self._digest(submission)
        jobs = self.stages.prepare(submission, self.book.api)
        return _UnderWay(submission, digest, jobs)

    def _take(self, ended: Ended) -> Iterator[Ending]:
        """Take the end of a job; with a submission's last one, yield the outcome."""
        student, notebook = ended.key
        under_way = self.under_way[student]
        under_way.ended[notebook] = ended
        if len(under_way.ended) < len(under_way.jobs):
            return
        try:
            outcome = self._complete(under_way)
        except Exception as error:
            outcome = self._trouble(under_way.submission, error)
        del self.under_way[student]
        yield outcome

    def _complete(self, under_way: _UnderWay) -> Ending:
        """Write a submission whose notebooks were all executed.

        Killed after the commit, the run leaves the gradebook ahead of the folder; without a
        record, the next one grades the submission again.
        """
        submission, ended = under_way.submission, under_way.ended
        for end in ended.values():
            if end.result is None and not end.died:
                raise Unfinished(end.trouble)
        for end in ended.values():
            self.stages.execution.keep_drawn(end.result or {})
        executed = {name: _executed(under_way.jobs[name], end) for name, end in ended.items()}
        with self.book.transaction() as api:
            self.stages.complete(submission, executed, api)
        written = folder_digest(submission.draft)
        _publish(submission)
        if self.options.feedback:
            self.feedback.write(submission.student)
        died = [end.trouble for end in ended.values() if end.died]
        if died:
            return Ending(submission.student, "failed", f"{died[0]}; it has no points")
        write_record(submission.target, Record(under_way.digest, self.master, written))
        refused = [_refusal(notebook) for notebook in executed.values() if _refusal(notebook)]
        if refused:
            return Ending(submission.student, "refused", refused[0])
        persons = tuple(found for name in sorted(executed) for found in undecided(executed[name]))
        lost = [end.result["lost"] for end in ended.values() if end.result and end.result["lost"]]
        return Ending(submission.student, "graded", " ".join(lost), persons)

    def _is_whole(self, submission: Submission) -> bool:
        """Tell whether a submission is graded, and nothing has changed since."""
        record = read_record(submission.target)
        return (
            record is not None
            and submission.student in self.entered
            and record.master == self.master
            and record.submitted == self._digest(submission)
            and record.written == folder_digest(submission.target)
            and is_graded(submission.source)
        )

    def _digest(self, submission: Submission) -> str:
        """Return a digest of what a learner handed in, when, and of the time granted for it."""
        student = submission.student
        extension = self.entered.get(student, str(None))
        receipt = self.receipts.get((self.name, student))
        received = str(receipt.received) if receipt else ""
        return digest_of([folder_digest(submission.source), extension, received])

    def _trouble(self, submission: Submission, error: Exception) -> Ending:
        """Return the outcome of a submission that could not be graded; the run goes on.

        Raises:
            CourseError: the trouble is not this submission's alone.
        """
        _clear(submission.draft)
        if isinstance(error, CourseError):
            raise error
        if isinstance(error, OperationalError):
            raise CourseError(
                f"The gradebook cannot be used: {error.orig}. What was graded so far is kept. "
                "If nbgrader was upgraded, copy the gradebook and run `nbgrader db upgrade`; "
                "then grade again."
            ) from error
        if isinstance(error, (Refused, NbGraderException)):
            return Ending(submission.student, "refused", str(error))
        return Ending(submission.student, "failed", f"{type(error).__name__}: {error}")


class Unfinished(Exception):
    """A worker could not execute a notebook, through no fault of the learner's."""


class FeedbackOf(GenerateFeedback):
    """nbgrader's feedback, written for one learner after the other."""

    force = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # What nbgrader's `start` makes for every run is made once here: it reads the template.
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        for step in self.preprocessors:
            self.exporter.register_preprocessor(step)

    def is_there(self, student: str) -> bool:
        """Tell whether a learner has feedback on the assignment."""
        return os.path.isdir(self._format_dest(self.coursedir.assignment_id, student))

    def write(self, student: str) -> None:
        """Write a learner's feedback anew.

        Raises:
            NbGraderException: it could not be written.
        """
        with temp_attrs(self.coursedir, student_id=glob.escape(student)):
            self.init_notebooks()
            self.convert_notebooks()


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _executed(job: Job, ended: Ended) -> NotebookNode:
    if ended.result is None:
        return without_results(job, f"{ended.trouble}; ask your instructor")
    return read(ended.result["notebook"])


def _refusal(notebook: NotebookNode) -> str:
    """Return why a notebook was not read; it is marked by `rebuild.py`."""
    return str(notebook.metadata.get("labkit", {}).get("refused", ""))


def _publish(submission: Submission) -> None:
    """Put the graded folder into its place; a former one goes."""
    former = submission.target.parent / f".{submission.target.name}.former"
    _clear(former)
    if submission.target.exists():
        submission.target.rename(former)
    submission.draft.rename(submission.target)
    _clear(former)


def _clear(folder: Path) -> None:
    if folder.exists():
        rmtree(str(folder))
