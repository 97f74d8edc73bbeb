"""What the tests of grading share."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

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
