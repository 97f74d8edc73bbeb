"""Tests that only a person can decide: marked with nbgrader's own flag, never a silent 0.

Test and answer live in two processes. Where a test fails because of that, or looked at nothing of
the learner's, its result says nothing about the answer; `job` then adds an error to its outputs.
Here the automatic score is taken back and the cell is marked for manual grading, as nbgrader marks
an essay: formgrader counts and shows it, and no points are given until somebody has looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from labkit.grading.job import NEEDS_PERSON


class MarkForPerson(NbGraderPreprocessor):
    """Mark the tests that need a person; after nbgrader's `SaveAutoGrades`."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Take back the automatic scores of such tests and flag them in the gradebook."""
        names = resources["nbgrader"]
        found = [grade_id for grade_id, _ in undecided(nb)]
        if found:
            place = (names["notebook"], names["assignment"], names["student"])
            with Gradebook(names["db_url"]) as gradebook:
                for grade_id in found:
                    grade = gradebook.find_grade(grade_id, *place)
                    grade.auto_score = None
                    grade.needs_manual_grade = True
                gradebook.db.commit()
        return nb, resources


def undecided(nb: NotebookNode) -> Iterator[tuple[str, str]]:
    """The tests of an executed notebook that need a person: grade id and reason."""
    for cell in nb.cells:
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            continue
        for output in cell.outputs:
            if is_undecided(output):
                yield str(cell.metadata["nbgrader"]["grade_id"]), str(output["evalue"])
                break


def is_undecided(output: Any) -> bool:
    """Whether an output says that a person must decide."""
    return bool(output.get("output_type") == "error" and output.get("ename") == NEEDS_PERSON)
