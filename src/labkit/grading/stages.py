"""nbgrader's autograde converter, cut in two where a notebook is executed.

`prepare` does what nbgrader does before that step and returns jobs, `complete` what it does after
it. Both write a submission's files into a draft folder; `complete` also enters it into the
gradebook. Order, transactions, workers and errors are the engine's business; the steps themselves
are nbgrader's and those that the course's configuration names.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.writers import FilesWriter
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.utils import find_all_files, is_grade, is_solution, setenv

from labkit.errors import CourseError
from labkit.grading.execute import ExecuteApart
from labkit.grading.pool import Job, Result


class Refused(Exception):
    """A submission cannot be graded because of what was handed in; the text says why."""


@dataclass(frozen=True)
class Submission:
    """Whose work it is, where it was handed in, and where its graded form will be."""

    student: str
    source: Path
    target: Path

    @property
    def draft(self) -> Path:
        """The folder in which the graded form is made before it takes its place."""
        return self.target.parent / f".{self.target.name}.grading"

    @property
    def notebooks(self) -> list[str]:
        """Paths of the notebooks that were handed in."""
        return sorted(glob.glob(os.path.join(glob.escape(str(self.source)), "*.ipynb")))


class StagedAutograde(Autograde):
    """The converter with its configuration, used for one submission after the other."""

    _draft: Path | None = None

    def open(self) -> None:
        """Make exporter and writer, and find the step that executes.

        Raises:
            CourseError: the configuration has no such step.
        """
        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        steps = list(self.autograde_preprocessors)
        places = [place for place, step in enumerate(steps) if _executes(step)]
        if not places:
            raise CourseError(
                "Autograde.autograde_preprocessors must name "
                "labkit.grading.execute.ExecuteApart; see grader/nbgrader_config.py."
            )
        # Once after all steps, instead of after each of them: that takes longer than the steps.
        self.exporter.optimistic_validation = True
        self._before, self._after = steps[: places[0]], steps[places[0] + 1 :]
        self.execution: ExecuteApart = steps[places[0]](parent=self.exporter)

    def admit(self, submission: Submission) -> None:
        """Run the configured hook on what was handed in, as nbgrader does first.

        Raises:
            Refused: there is no notebook of this assignment.
        """
        self.notebooks = submission.notebooks
        if not self.notebooks:
            raise Refused("no notebook was handed in")
        try:
            self.run_pre_convert_hook()
        except SystemExit as end:  # the hook's word to nbgrader, which has no other
            raise Refused(str(end)) from None

    def prepare(self, submission: Submission, api: Gradebook) -> dict[str, Job]:
        """Lay out a submission's files and return a job for each of its notebooks.

        Raises:
            Refused: there is no notebook of this assignment, or the learner is not on the list
                that the configuration wants closed.
        """
        assignment = api.find_assignment(self.coursedir.assignment_id)
        known = {f"{notebook.name}.ipynb" for notebook in assignment.notebooks}
        self.notebooks = [path for path in self.notebooks if os.path.basename(path) in known]
        if not self.notebooks:
            found = ", ".join(os.path.basename(path) for path in submission.notebooks)
            raise Refused(f"handed in {found}; expected {', '.join(sorted(known))}")
        if not self.create_student:
            _find_student(api, submission.student)
        with self._drafting(submission):
            self._lay_out(submission)
            return {Path(path).stem: self._job(path, submission) for path in self.notebooks}

    def complete(
        self, submission: Submission, executed: Mapping[str, NotebookNode], api: Gradebook
    ) -> None:
        """Enter a submission, with its executed notebooks by name, into the gradebook.

        Their files are written to the draft folder.
        """
        self.notebooks = submission.notebooks
        self._enter(submission, api)
        with self._drafting(submission):
            for name in sorted(executed):
                self._mark(submission.source / f"{name}.ipynb", executed[name], submission)
            self.set_permissions(self.coursedir.assignment_id, submission.student)
            self.run_post_convert_hook()

    @contextmanager
    def _drafting(self, submission: Submission) -> Iterator[None]:
        """Let nbgrader write into the draft folder instead of the submission's place."""
        self._draft = submission.draft
        try:
            yield
        finally:
            self._draft = None

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        if self._draft is not None:
            return str(self._draft)
        return str(super()._format_dest(assignment_id, student_id, escape))

    def _lay_out(self, submission: Submission) -> None:
        """Copy the learner's files, then the instructor's over them, as nbgrader does.

        Unlike there, a folder in a file's place and a file in a folder's give way too.

        nbgrader's own `Autograde.init_assignment` would also write to the gradebook now.
        """
        name = self.coursedir.assignment_id
        submission.draft.mkdir(parents=True)
        BaseConverter.init_assignment(self, name, submission.student)
        source = self.coursedir.format_path(self.coursedir.source_directory, ".", name)
        kept = {os.path.join(source, path) for path in self.exclude_overwriting.get(name, [])}
        for path in set(find_all_files(source, [*self.coursedir.ignore, "*.ipynb"])) - kept:
            copy = submission.draft / os.path.relpath(path, source)
            _make_room(copy, submission.draft)
            shutil.copy(path, copy)

    def _job(self, path: str, submission: Submission) -> Job:
        """Sanitise a notebook and make the job that executes it."""
        resources = self.init_single_notebook_resources(path)
        # A check that comes again after the execution is made there alone: nbgrader's check of
        # the metadata takes as long as all other steps together.
        self._use([step for step in self.sanitize_preprocessors if step not in self._after])
        text, _ = self.exporter.from_filename(path, resources=resources)
        resources = self._resources(path, submission)
        if self._before:
            self._use(self._before)
            text, resources = self.exporter.from_notebook_node(read(text), resources)
        notebook = read(text)
        if self.execution.unsafe:
            return {"notebook": text.encode(), "resources": resources}
        return self.execution.job(notebook, resources)

    def run_here(self, job: Job) -> Result:
        """Execute a notebook in this process and without a sandbox, as the configuration asks."""
        notebook, _ = self.execution.preprocess(read(job["notebook"]), job["resources"])
        return {"notebook": nbformat.writes(notebook).encode(), "lost": ""}

    def _mark(self, path: Path, notebook: NotebookNode, submission: Submission) -> None:
        """Take an executed notebook through the steps that grade and write it."""
        self._use(self._after)
        with setenv(NBGRADER_EXECUTION="autograde"):
            resources = self._resources(str(path), submission)
            text, resources = self.exporter.from_notebook_node(notebook, resources)
        self.write_single_notebook(text, resources)

    def _use(self, steps: list[Any]) -> None:
        self.exporter._preprocessors = []
        for step in steps:
            self.exporter.register_preprocessor(step)

    def _resources(self, path: str, submission: Submission) -> dict[str, Any]:
        """What nbgrader tells its steps of a notebook that lies in the graded folder."""
        resources = self.init_single_notebook_resources(path)
        resources["metadata"] = {"name": Path(path).stem, "path": str(submission.draft)}
        return resources

    def _enter(self, submission: Submission, api: Gradebook) -> None:
        """Enter learner, submission, time and missing notebooks, as nbgrader's converter does."""
        name, student = self.coursedir.assignment_id, submission.student
        time = self.coursedir.get_existing_timestamp(str(submission.source))
        api.update_or_create_student(student)
        api.update_or_create_submission(name, student, **({"timestamp": time} if time else {}))
        for notebook in api.find_assignment(name).notebooks:
            if (submission.source / f"{notebook.name}.ipynb").exists():
                continue
            for grade in api.find_submission_notebook(notebook.name, name, student).grades:
                grade.auto_score = 0
                grade.needs_manual_grade = False


def _make_room(path: Path, folder: Path) -> None:
    """Take away what a learner handed in where a file of the instructor's belongs."""
    for parent in reversed(path.relative_to(folder).parents[:-1]):
        if (folder / parent).is_file():
            (folder / parent).unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def without_results(job: Job, why: str) -> NotebookNode:
    """Return a job's notebook as one whose every test failed, for the reason given."""
    notebook = read(job["notebook"])
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell.outputs = [
                new_output("error", ename="NotGraded", evalue=why, traceback=[f"NotGraded: {why}"])
            ]
    return notebook


def find_assignment(api: Gradebook, name: str) -> Any:
    """Return an assignment's entry in the gradebook.

    Raises:
        CourseError: there is none.
    """
    try:
        return api.find_assignment(name)
    except MissingEntry:
        raise CourseError(
            f"The gradebook has no assignment {name!r}. Run `nbgrader generate_assignment {name}` "
            "first."
        ) from None


def _find_student(api: Gradebook, student: str) -> None:
    try:
        api.find_student(student)
    except MissingEntry:
        raise Refused("not among the gradebook's students, and none is to be added") from None


def _executes(step: Any) -> bool:
    return isinstance(step, type) and issubclass(step, ExecuteApart)


def read(content: str | bytes) -> NotebookNode:
    """Return a notebook from the text that was made of it here."""
    text = content.decode() if isinstance(content, bytes) else content
    return nbformat.reads(text, as_version=4)
