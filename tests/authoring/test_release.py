"""A released notebook is what nbgrader itself would release."""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.apps import GenerateAssignmentApp
from traitlets.config import Config

from labkit.authoring.build import build
from labkit.authoring.release import ReleaseError, release_notebook, release_source
from labkit.authoring.source import read_source
from sample_course import write


def test_solutions_hidden_tests_and_model_answers_are_gone(lab: Path):
    text = "\n".join(cell.source for cell in release_source(lab).cells)
    assert "missing_units" not in text
    assert "order_up_to(4, 9)" not in text
    assert "critical fractile" not in text
    assert "raise NotImplementedError()" in text
    assert "YOUR ANSWER HERE" in text
    assert "BEGIN" not in text


def test_releasing_leaves_the_authors_notebook_as_it_was(lab: Path):
    notebook = read_source(lab)
    before = copy.deepcopy(notebook)
    release_notebook(notebook)
    assert notebook == before


def test_the_cells_equal_those_of_nbgraders_own_command(course: Path, lab: Path, monkeypatch):
    # nbgrader calls alembic by its bare name.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    build(course)
    monkeypatch.chdir(course)
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.source_directory = "labs"
    config.CourseDirectory.ignore = ["*.py"]
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    app = GenerateAssignmentApp(config=config)
    app.initialize(["01_stock"])
    app.start()
    written = course / "release" / "01_stock"
    assert [path.name for path in written.iterdir()] == ["stock.ipynb"]
    theirs = nbformat.read(written / "stock.ipynb", as_version=4)
    ours = release_source(lab)
    assert theirs.cells == ours.cells
    # The build's note on what it wrote is no part of the source.
    del theirs.metadata["labkit"]
    assert theirs.metadata == ours.metadata


def test_a_mark_that_is_not_closed_is_refused(lab: Path):
    write(lab, lab.read_text(encoding="utf-8").replace("    ### END SOLUTION\n", ""))
    with pytest.raises(ReleaseError, match="no end solution statement"):
        release_source(lab)
