"""A plugin for pytest that runs nbgrader's own tests on this package's steps.

The tests of `nbgrader autograde` find the configuration beside this file on Jupyter's search path,
as they would an instructor's. The tests of single preprocessors name nbgrader's classes, so those
are replaced where this package has an own one. What cannot pass is listed with the reason, and
must go on failing.
"""

from __future__ import annotations

import functools
from typing import Any

import nbgrader.api
import pytest
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode

from labkit.grading.rebuild import RebuildFromMaster

PROVES_NOTHING = (
    'It wants a point for `print("Success!")`, which looks at nothing of the learner\'s. Here such '
    "a test needs a person, and gives no points by itself."
)

CANNOT_PASS = {
    "test_grade_empty_timestamp": (
        "It wants a nonsensical timestamp.txt to end in an error. Here the file is set aside and "
        "the work is graded."
    ),
    "test_handle_failure": (
        "It wants a cell with an unknown grade id to end in an error. Here the cell loses its "
        "mark, and the notebook is graded."
    ),
    "test_handle_failure_single_notebook": "The same, for a single notebook.",
    "test_side_effects": (
        "It wants a file that learner code writes to be kept beside the graded notebook. Here "
        "learner code writes into a folder of the sandbox, which is gone afterwards."
    ),
    "test_missing_source_kernelspec": (
        "It wants the kernel that a learner names where the instructor named none. Here that "
        "means Python 3: what runs is never the learner's choice."
    ),
    "test_no_execute": (
        "It wants outputs that a learner wrote to be kept with --no-execute. Here no output of a "
        "learner's is ever kept, because marks are read from outputs."
    ),
    "test_add_missing_cells": (
        "It wants missing cells near the cell before them. Here they come back where the "
        "instructor had them, below a note."
    ),
    "test_duplicate_grade_cell": "It has no gradebook; see test_rebuild.py for doubled ids.",
    "test_duplicate_solution_cell": "The same, for an answer.",
    "test_duplicate_locked_cell": "The same, for a locked cell.",
    "test_grade": PROVES_NOTHING,
    "test_showtraceback_exploit": PROVES_NOTHING,
    "test_student_id_exclude": PROVES_NOTHING,
    "test_late_submission_penalty_none": PROVES_NOTHING,
    "test_late_submission_penalty_zero": PROVES_NOTHING,
    "test_late_submission_penalty_plugin": PROVES_NOTHING,
}


class RebuildInPlace(RebuildFromMaster):
    """Rebuild, and write the result into the cells that were passed, where the tests look."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Do as nbgrader's steps do, which change a notebook in place."""
        given = {_grade_id(cell): cell for cell in nb.cells}
        rebuilt, resources = super().preprocess(nb, resources)
        known = {_grade_id(cell): cell for cell in rebuilt.cells}
        for grade_id, cell in given.items():
            if grade_id in known:
                cell.clear()
                cell.update(known[grade_id])
            else:
                # nbgrader empties the mark of an unknown cell, here it is left out.
                cell.metadata["nbgrader"] = NotebookNode()
        return rebuilt, resources


def _grade_id(cell: NotebookNode) -> Any:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


REPLACED = ("OverwriteCells", "OverwriteKernelspec", "DeduplicateIds")


def pytest_configure() -> None:
    """Ask alembic for its version once, not with every new gradebook: it takes two seconds."""
    nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put this package's steps into the tests' modules, and mark what cannot pass."""
    for item in items:
        for name in REPLACED:
            if hasattr(item.module, name):
                setattr(item.module, name, RebuildInPlace)
        reason = CANNOT_PASS.get(item.originalname)
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
