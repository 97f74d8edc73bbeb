"""Steps the course puts in place of nbgrader's own, named in `grader/nbgrader_config.py`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client.manager import KernelManager
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

CHECK = re.compile(r"^lab\.check\(", re.MULTILINE)


class ExecuteExam(Execute):
    """Execute a submission in a kernel whose checks draw this learner's secret instances.

    Only this kernel is told: a notebook that an instructor opens beside it practises.
    """

    exams = Unicode(help="The folder that holds `exams/` and the course's key.").tag(config=True)

    def preprocess(
        self,
        nb: NotebookNode,
        resources: ResourcesDict,
        km: KernelManager | None = None,
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run all cells; the kernel inherits the learner's name and the exams' folder."""
        student = str(resources["nbgrader"]["student"])
        with _environment(LABKIT_LEARNER=student, LABKIT_EXAMS=self.exams, OMP_NUM_THREADS="1"):
            nb, resources = super().preprocess(nb, resources, km)
        for cell in nb.cells:
            if is_grade(cell) and not is_solution(cell) and CHECK.search(cell.source):
                _keep_the_verdict(cell)
        return nb, resources


def _keep_the_verdict(cell: NotebookNode) -> None:
    """Let the points of a check alone decide.

    nbgrader gives nothing where a cell wrote to stderr, a warning or a log line as well, and full
    marks where it shows no result, which an option of IPython brings about.
    """
    cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    if not any(out.output_type in ("execute_result", "error") for out in cell.outputs):
        text = "The check returned no points, so none are given."
        cell.outputs.append(new_output("error", ename="NoPoints", evalue=text, traceback=[text]))


@contextmanager
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
