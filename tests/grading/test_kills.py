"""Processes of a grading run are killed at random; everyone ends with the grade they earned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "grading" / "kills.py"


def test_killing_any_process_of_a_run_changes_nobodys_grade(need_sandbox: None):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--rounds", "5", "--learners", "3", "--seed", "5"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("killed in 1 rounds") == 5, done.stdout
