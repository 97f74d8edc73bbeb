"""Steps the course puts in place of nbgrader's own, named in `grader/nbgrader_config.py`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_client.manager import KernelManager
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Unicode


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
            return super().preprocess(nb, resources, km)


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
