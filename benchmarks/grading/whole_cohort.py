"""A cohort from handing in to the export in one go: time and memory, split by step.

    python benchmarks/grading/whole_cohort.py --learners 200

In a copy of this clone a made-up cohort hands in all `--labs`; then they are graded in the sandbox,
lab by lab, and `labkit report`, `labkit similar` and the export for Canvas follow, as an instructor
would run them. For each step: seconds on the clock, seconds of CPU of its process and of all below
it, and the highest sum of their memory, in which what processes share counts once (PSS, looked at
once a second). The gradebook has to be the same before and after the three readers.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from processes import run
from report import LABS, ROOT, digest

CANVAS = "labkit.cohort.platforms.CanvasExport"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--labs", nargs="+", default=LABS)
    parser.add_argument("--workers", default="2")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
    print("clock s    CPU s      MB  step", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        left_out = shutil.ignore_patterns(".git", ".venv", "build", "workbook", "docs", "browser")
        shutil.copytree(ROOT, root, ignore=left_out, symlinks=True)
        made = ("--learners", str(options.learners), "--labs", ",".join(options.labs))
        spent = [step(root, "labkit.cli", "sample-cohort", *made)]
        for lab in options.labs:
            spent.append(step(root, "labkit.cli", "grade", lab, "--workers", options.workers))
        before = digest(root / "grader" / "gradebook.db")
        report = step(root, "labkit.cli", "report")
        spent += [
            report,
            step(root, "labkit.cli", "similar"),
            step(root, "nbgrader", "export", f"--exporter={CANVAS}", "--to", "canvas.csv"),
        ]
        assert digest(root / "grader" / "gradebook.db") == before
        print(f"The report's share of the CPU-seconds: {100 * report / sum(spent):.2f} %")
        print(marks(root / "grader" / "gradebook.db"))
    return 0


def step(root: Path, *words: str) -> float:
    """Run a module of Python, print what it took, and return its seconds of CPU."""
    taken = run(root, *words)
    name = " ".join(words[1:3] if words[1] == "grade" else words[1:2])
    print(f"{taken.clock:7.1f}  {taken.cpu:7.1f}  {taken.megabytes:6.0f}  {name}", flush=True)
    return taken.cpu


def marks(book: Path) -> str:
    """Say how many submissions and marks there are, and how many of the marks are full."""
    with contextlib.closing(sqlite3.connect(book)) as data:
        handed_in = data.execute("SELECT COUNT(*) FROM submitted_assignment").fetchone()[0]
        given = data.execute("SELECT COUNT(*), SUM(auto_score > 0) FROM grade").fetchone()
    return f"{handed_in} submissions, {given[0]} marks, {given[1]} of them above 0"


if __name__ == "__main__":
    sys.exit(main())
