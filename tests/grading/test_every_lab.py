"""Every lab, graded through the sandbox with the sample cohort: work earns its points, none none.

A lab that has a file of its own here, ``test_lab_NN.py``, is graded there, beside hostile learners.
"""

from __future__ import annotations

import pytest

from catalogue import AVAILABLE, ROOT
from lab_course import lay, run, scores
from labkit.authoring.source import header_of, read_source

OWN = [name for name in AVAILABLE if (ROOT / f"tests/grading/test_lab_{name[:2]}.py").exists()]


@pytest.fixture(scope="module", params=[name for name in AVAILABLE if name not in OWN])
def graded(request, tmp_path_factory, need_sandbox):
    """A lab's name, and every sample learner's score."""
    name, root = request.param, lay(tmp_path_factory.mktemp("course"), request.param)
    run(root, "nbgrader", "generate_assignment", name)
    run(root, "labkit.cli", "grade", name, "--no-feedback")
    return name, scores(root)


def test_work_is_worth_its_points_and_no_work_none(graded):
    name, reached = graded
    headers = [header_of(c) for c in read_source(ROOT / "labs" / name / f"{name[3:]}.py").cells]
    points = {header.key: header.points for header in headers if header.role == "test"}
    tasks = [header.key for header in headers if header.role == "solution"]
    assert (
        reached
        == {
            "sample-all": sum(points.values()),  # the essay's points are given by hand
            "sample-half": sum(points[task] for task in tasks[: len(tasks) // 2]),
            "sample-none": 0.0,
            "sample-broken": 0.0,
        }
    )
