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
from nbgrader.api import Gradebook

from labkit.grading import job
from labkit.grading.sandbox.limits import Limits
from sample_notebooks import QUICK, plain_job

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
        result = job.run(
            plain_job(cells)
            | {
                "learner_names": list(learner_names),
                "preload": list(preload),
                "limits": vars(limits),
            }
        )
        notebook = nbformat.reads(result["notebook"].decode(), as_version=4)
        return dict(zip(cells, (cell.outputs for cell in notebook.cells), strict=True))

    return run
