"""Every lab, graded through the sandbox with the sample cohort: work earns its points, none none.

A lab that has a file of its own here, ``test_lab_NN.py``, is graded there, beside hostile learners.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys

import pytest

from catalogue import AVAILABLE, ROOT
from labkit.authoring.cohort import write_cohort
from labkit.authoring.source import header_of, read_source

OWN = [name for name in AVAILABLE if (ROOT / f"tests/grading/test_lab_{name[:2]}.py").exists()]


@pytest.fixture(scope="module", params=[name for name in AVAILABLE if name not in OWN])
def graded(request, tmp_path_factory, need_sandbox):
    """A lab's name, and every sample learner's score."""
    name, root = request.param, tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "labs" / name, root / "labs" / name)
    shutil.copytree(ROOT / "grader" / "exams", root / "grader" / "exams")
    shutil.copy(ROOT / "grader" / "nbgrader_config.py", root / "grader")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "course").mkdir()
    (root / "course" / "course.yml").touch()  # by this file labkit knows a course's folder
    write_cohort(root, name)
    for command in (
        ("nbgrader", "generate_assignment", name),
        ("labkit.cli", "grade", name, "--no-feedback"),
        ("nbgrader", "export"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, done.stderr[-2000:]
    with (root / "grader" / "grades.csv").open(encoding="utf-8") as stream:
        return name, {row["student_id"]: float(row["score"]) for row in csv.DictReader(stream)}


def test_work_is_worth_its_points_and_no_work_none(graded):
    name, scores = graded
    headers = [header_of(c) for c in read_source(ROOT / "labs" / name / f"{name[3:]}.py").cells]
    points = {header.key: header.points for header in headers if header.role == "test"}
    tasks = [header.key for header in headers if header.role == "solution"]
    assert (
        scores
        == {
            "sample-all": sum(points.values()),  # the essay's points are given by hand
            "sample-half": sum(points[task] for task in tasks[: len(tasks) // 2]),
            "sample-none": 0.0,
            "sample-broken": 0.0,
        }
    )
