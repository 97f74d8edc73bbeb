"""The step of autograding that runs a submission, in place of nbgrader's own `Execute`.

It gathers what the run needs into a job (see `job.py`) and takes the executed notebook back. With
`unsafe` it runs everything in one kernel without a sandbox, as nbgrader does; that is for machines
that have none and for learners who are trusted.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_client.manager import KernelManager
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Bool, Dict, Unicode

from labkit.errors import CourseError
from labkit.grading import drawn, job, lab_parts
from labkit.grading.master import Master
from labkit.grading.rebuild import load_master
from labkit.grading.receipts import receipts_path
from labkit.grading.sandbox.limits import Limits
from labkit.grading.sandbox.protection import require_protection
from labkit.learner.variants import private_key

IGNORED = {".ipynb_checkpoints", "__pycache__"}


class ExecuteApart(Execute):
    """Run learner cells in a sandbox, and tests in a process that never runs learner code."""

    exams = Unicode(
        help="A folder with `exams/` and `course.key`, shown to the trusted process alone. "
        "Empty for a course whose tests stand in its notebooks."
    ).tag(config=True)

    limits = Dict(
        help="What one submission may use: fields of labkit.grading.sandbox.limits.Limits that "
        "differ from their defaults. `timeout` sets `cell_seconds` and `call_seconds`."
    ).tag(config=True)

    unsafe = Bool(
        False,
        help="Run learner code without a sandbox, with the rights of whoever grades.",
    ).tag(config=True)

    def preprocess(
        self,
        nb: NotebookNode,
        resources: ResourcesDict,
        km: KernelManager | None = None,
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run a rebuilt notebook.

        Raises:
            UnprotectedError: this machine has no sandbox, and `unsafe` is not set.
        """
        if self.unsafe:
            return self._in_one_kernel(nb, resources, km), resources
        require_protection()
        result = job.run(self.job(nb, resources))
        return self.executed(result), resources

    def job(self, nb: NotebookNode, resources: ResourcesDict) -> dict[str, Any]:
        """Gather what a run of this notebook needs, as plain data.

        Raises:
            CourseError: the notebook is not for a Python kernel.
        """
        names = resources["nbgrader"]
        master = self._master(resources)
        _require_python(master.kernelspec)
        files = _data_files(Path(resources["metadata"]["path"]))
        return {
            "version": job.VERSION,
            "notebook": nbformat.writes(nb).encode("utf-8"),
            "name": str(names["notebook"]),
            "student": str(names["student"]),
            "assignment": str(names["assignment"]),
            "tests": dict(master.tests),
            "setup": dict(master.setup),
            "imports": list(master.imports),
            "learner_names": sorted(master.learner_names),
            "learner_classes": master.learner_classes,
            "preload": list(master.preload),
            "files": files,
            "trusted_files": _instructors_own(files, self._source_folder(resources)),
            "secret": self._secret(str(names["assignment"])),
            "drawn": self._drawn(str(names["assignment"]), str(names["student"])),
            "environment": self._environment(str(names["student"])),
            "limits": self._limits(),
        }

    def executed(self, result: dict[str, Any]) -> NotebookNode:
        """Take the notebook out of a job's result, and keep what was drawn for it."""
        if result["lost"]:
            self.log.warning("The learner's code came to an early end: %s", result["lost"])
        self.keep_drawn(result)
        return nbformat.reads(result["notebook"].decode("utf-8"), as_version=4)

    def keep_drawn(self, result: dict[str, Any]) -> None:
        """Keep the instances that a job drew, so that nobody draws them again."""
        if result.get("drawn"):
            drawn.keep(self.drawn_store, result["drawn_from"], result["drawn"])

    def lab_digest(self, assignment: str) -> str:
        """Return the digest of the lab's exams, judges and world."""
        return lab_parts.lab_digest(
            Path(self.exams) if self.exams else None, lab_parts.slug_of(assignment)
        )

    @property
    def drawn_store(self) -> Path:
        """Where drawn instances are kept: beside the gradebook."""
        course = self.parent.parent.coursedir
        return receipts_path(course.db_url, course.root).with_name(drawn.FOLDER)

    def _limits(self) -> dict[str, int]:
        known = {field.name for field in fields(Limits)}
        unknown = sorted(set(self.limits) - known)
        if unknown:
            raise CourseError(
                f"c.ExecuteApart.limits has {', '.join(unknown)}; "
                f"it may have {', '.join(sorted(known))}."
            )
        seconds = self.timeout or Limits.cell_seconds
        return vars(Limits()) | {"cell_seconds": seconds, "call_seconds": seconds} | self.limits

    def _master(self, resources: ResourcesDict) -> Master:
        return load_master(resources, self.parent.parent.coursedir)

    def _source_folder(self, resources: ResourcesDict) -> Path:
        course = self.parent.parent.coursedir
        assignment = resources["nbgrader"]["assignment"]
        return Path(course.format_path(course.source_directory, ".", assignment))

    def _environment(self, student: str) -> dict[str, str]:
        learner = {"LABKIT_LEARNER": student, "NBGRADER_EXECUTION": "autograde"}
        return learner | ({"LABKIT_EXAMS": "{secret}"} if self.exams else {})

    def _secret(self, assignment: str) -> dict[str, bytes]:
        """The lab's own references and the private key, which is made here on first use."""
        if not self.exams:
            return {}
        folder = Path(self.exams)
        private_key(folder / "course.key")
        secret = lab_parts.exam_files(folder, lab_parts.slug_of(assignment))
        return secret | {"course.key": (folder / "course.key").read_bytes()}

    def _drawn(self, assignment: str, student: str) -> dict[str, Any]:
        """The learner's instances that were drawn before, and the digest of what they are from."""
        if not (self.exams and lab_parts.slug_of(assignment)):
            return {}
        digest = self.lab_digest(assignment)
        key = private_key(Path(self.exams, "course.key"))
        instances = drawn.load(self.drawn_store, assignment, digest, student, key)
        return {"from": digest, "instances": instances}

    def _in_one_kernel(
        self, nb: NotebookNode, resources: ResourcesDict, km: KernelManager | None
    ) -> NotebookNode:
        """Run as nbgrader does, with the exams in reach of the kernel."""
        refused = nb.metadata.get("labkit", {}).get("refused", "")
        student = str(resources["nbgrader"]["student"])
        exams = {"LABKIT_EXAMS": self.exams} if self.exams else {}
        if not refused:
            with _environment(LABKIT_LEARNER=student, OMP_NUM_THREADS="1", **exams):
                nb, _ = super().preprocess(nb, resources, km)
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                _keep_the_verdict(cell, refused)
        return nb


def _require_python(kernelspec: dict[str, Any]) -> None:
    """Go on only with notebooks that the sandbox has a kernel for."""
    name = str(kernelspec.get("name", ""))
    language = kernelspec.get("language", "")
    if not language:
        # Where no kernel is named, nbgrader starts that of Python too.
        is_python = not name or name.startswith("python")
        language = "python" if is_python else _language_of_kernel(name)
    if not language:
        raise CourseError(
            f"The notebook's kernel '{name}' is not installed here, and the notebook does not say "
            "which language it runs. Open the source in JupyterLab, choose a kernel, save it and "
            "release it again."
        )
    if str(language).lower() != "python":
        raise CourseError(
            f"The notebook's kernel '{name}' runs {language}; the sandbox runs Python alone. "
            "Grade it with `--unsafe` where you trust the learners."
        )


def _language_of_kernel(name: str) -> str:
    with contextlib.suppress(NoSuchKernel):
        return str(KernelSpecManager().get_kernel_spec(name).language)
    return ""


def _data_files(folder: Path) -> dict[str, bytes]:
    """The regular files below a folder, notebooks and nbgrader's own left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        plain = path.is_file() and not path.is_symlink() and not IGNORED & set(name.parts)
        if plain and path.suffix != ".ipynb" and name != Path("timestamp.txt"):
            found[name.as_posix()] = path.read_bytes()
    return found


def _instructors_own(files: dict[str, bytes], source: Path) -> list[str]:
    """Which files are the instructor's: the trusted process imports and unpickles no others."""
    return [
        name
        for name in files
        if (source / name).is_file() and (source / name).read_bytes() == files[name]
    ]


def _keep_the_verdict(cell: NotebookNode, refused: str) -> None:
    """Let the points of a check alone decide.

    nbgrader gives nothing where a cell wrote to stderr, a warning or a log line as well, and full
    marks where our check shows no result, which an option of IPython brings about.
    """
    if refused:
        cell.outputs = [
            new_output("error", ename="Unreadable", evalue=refused, traceback=[refused])
        ]
        return
    cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    shown = any(out.output_type in ("execute_result", "error") for out in cell.outputs)
    if "lab.check(" in cell.source and not shown:
        text = "The check returned no points, so none are given."
        cell.outputs.append(new_output("error", ename="NoPoints", evalue=text, traceback=[text]))


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Set environment variables for a while; unlike nbgrader's own, restored after an error too."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
