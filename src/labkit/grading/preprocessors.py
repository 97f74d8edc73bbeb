"""Small steps the course adds to nbgrader's own, named in `grader/nbgrader_config.py`.

They prepare a submission for nbgrader; executing and scoring are left to nbgrader.
"""

from __future__ import annotations

import os

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

LEARNER_VARIABLE = "LABKIT_LEARNER"


class NameLearner(NbGraderPreprocessor):
    """Tell the kernel whose submission it runs, so that checks draw this learner's variant.

    Stands before nbgrader's `Execute`, whose kernel inherits this process's environment.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Set LABKIT_LEARNER to the id of the student whose notebook follows."""
        os.environ[LEARNER_VARIABLE] = str(resources["nbgrader"]["student"])
        return nb, resources
