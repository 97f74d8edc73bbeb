"""What the tests of grading share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from labkit.grading import job
from labkit.grading.sandbox.limits import Limits

# nbgrader calls `alembic` from the PATH, also where the environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without content. Making one takes seconds, copying it none."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def db(tmp_path: Path, empty_gradebook: Path) -> str:
    """The address of a gradebook of the test's own."""
    return f"sqlite:///{shutil.copy(empty_gradebook, tmp_path)}"


QUICK = Limits(cell_seconds=5, call_seconds=3, total_seconds=60, memory_mb=500, processes=60)

Outputs = dict[str, list[Any]]


@pytest.fixture
def graded(need_sandbox: None) -> Callable[..., Outputs]:
    """Return a function that runs cells and gives each one's outputs by name.

    A cell whose name begins with "test" is a test, with "setup" a locked set-up cell.
    """

    def run(
        limits: Limits = QUICK,
        preload: tuple[str, ...] = (),
        learner_names: tuple[str, ...] = (),
        **cells: str,
    ) -> Outputs:
        made = [new_code_cell(text, metadata=_marks(name)) for name, text in cells.items()]
        result = job.run(
            {
                "version": job.VERSION,
                "notebook": nbformat.writes(new_notebook(cells=made)).encode(),
                "tests": {name: text for name, text in cells.items() if name.startswith("test")},
                "setup": {name: text for name, text in cells.items() if name.startswith("setup")},
                "imports": [],
                "learner_names": list(learner_names),
                "learner_classes": None,
                "preload": list(preload),
                "trusted_files": [],
                "files": {"numbers.csv": b"1,2,3\n"},
                "secret": {"exams/answers.txt": b"42"},
                "environment": {"LABKIT_EXAMS": "{secret}"},
                "limits": vars(limits),
            }
        )
        notebook = nbformat.reads(result["notebook"].decode(), as_version=4)
        return dict(zip(cells, (cell.outputs for cell in notebook.cells), strict=True))

    return run


def _marks(name: str) -> dict[str, Any]:
    return {"nbgrader": {"grade_id": name}}
