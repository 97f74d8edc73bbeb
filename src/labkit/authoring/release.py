"""Make the learner's notebook out of the author's, exactly as nbgrader would.

One pure function strips a notebook, with the same preprocessors in the same order as
`nbgrader generate_assignment`, and every command uses it. Proving that nothing secret is left
is `leaks`' work; putting files into a learner's folder is `workbook`'s.
"""

from __future__ import annotations

import copy
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import NbGraderPreprocessor, SaveCells

from labkit.authoring.source import read_source
from labkit.errors import CourseError


class ReleaseError(CourseError):
    """A notebook that cannot be released; the message says why and what to do."""


def release_preprocessors() -> list[type[NbGraderPreprocessor]]:
    """List nbgrader's own release steps in order.

    `SaveCells` is left out: it stores cells in the gradebook and changes none of them.
    """
    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    return [step for step in steps if step is not SaveCells]


def release_notebook(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without solutions, hidden tests, mark schemes and outputs.

    The argument is left as it was. The result is what `nbgrader generate_assignment` writes.

    Raises:
        ReleaseError: If nbgrader refuses the notebook, for example because a mark is not closed.
    """
    released = copy.deepcopy(notebook)
    resources = ResourcesDict()
    for step in release_preprocessors():
        try:
            released, resources = step().preprocess(released, resources)
        except Exception as error:
            # nbgrader raises RuntimeError, ValueError, KeyError and ValidationError alike.
            raise ReleaseError(
                f"nbgrader's {step.__name__} refuses the notebook: {error} "
                "Run `labkit build --check`, which names the cell."
            ) from error
    return released


def release_source(path: Path) -> NotebookNode:
    """Read a text source and strip it.

    Raises:
        SourceError, ReleaseError: If the source cannot be read or released.
    """
    return release_notebook(read_source(path))


def fold_code(lesson: NotebookNode) -> NotebookNode:
    """Fold the code of a lesson, in place: who reads meets words and pictures first.

    JupyterLab shows a folded cell as a bar that opens by a click, and runs it like any other.
    """
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.metadata["jupyter"] = {"source_hidden": True}
    return lesson
