"""nbgrader's own tests pass with this package's steps in place.

What cannot pass stands in `nbgrader_own/plugin.py`, each with its reason, and is expected to fail.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbgrader
import pytest

HARNESS = Path(__file__).parent / "nbgrader_own"


@pytest.mark.parametrize(
    ("module", "at_least"),
    [("nbgrader.tests.preprocessors", 150), ("nbgrader.tests.apps.test_nbgrader_autograde", 28)],
)
def test_nbgraders_own_tests_pass(module: str, at_least: int, tmp_path: Path, need_sandbox: None):
    # Some of the tests read templates by a path from the root of nbgrader's repository.
    (tmp_path / "nbgrader").symlink_to(Path(nbgrader.__file__).parent, target_is_directory=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    options = ["-p", "plugin", "-p", "no:cacheprovider", "-q", "-r", "fEX", "--pyargs", module]
    environment = os.environ | {
        "PYTHONPATH": str(HARNESS),
        "JUPYTER_CONFIG_PATH": str(HARNESS),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "no configuration"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None and int(passed[1]) >= at_least, done.stdout[-2000:]
