"""What grading's processes import early."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labkit.grading.startup import likely_modules, with_companions

CELL = "import torch\nfrom sklearn.linear_model import Ridge\n\n\ndef f():\n    import later\n"


@pytest.mark.parametrize("folder", ["labs", "source"])
@pytest.mark.parametrize("source", [CELL, CELL.splitlines(keepends=True)])
def test_imports_at_a_cells_margin_are_found_in_the_bare_text(
    tmp_path: Path, folder: str, source: str | list[str]
) -> None:
    notebook = tmp_path / folder / "01_who" / "who.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(json.dumps({"cells": [{"source": source}]}, indent=1))
    assert likely_modules(tmp_path, "01_who") == with_companions({"torch", "sklearn.linear_model"})


def test_what_looks_like_a_notebook_and_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "labs" / "01_who"
    (folder / "folder.ipynb").mkdir(parents=True)
    (folder / ".#who.ipynb").symlink_to("ada@host.1234")
    assert likely_modules(tmp_path, "01_who") == with_companions([])


def test_an_assignment_that_is_not_there_needs_nothing_special(tmp_path: Path) -> None:
    assert likely_modules(tmp_path, "01_who") == with_companions([])


def test_a_labs_judges_come_with_its_checks() -> None:
    assert {"labkit.checks.automl.folds", "labkit.checks.automl.score"} <= {
        *with_companions({"labkit.checks.automl"})
    }
