"""Every lab, graded through the sandbox with the sample cohort: work earns its points, none none.

A lab that has a file of its own here, ``test_lab_NN.py``, is graded there, beside hostile learners.
"""

from __future__ import annotations

import pytest

from catalogue import AVAILABLE, ROOT
from lab_course import grade, lay, scores, worth

OWN = [name for name in AVAILABLE if (ROOT / f"tests/grading/test_lab_{name[:2]}.py").exists()]


@pytest.fixture(scope="module", params=[name for name in AVAILABLE if name not in OWN])
def graded(request, tmp_path_factory, need_sandbox):
    """A lab's name, and every sample learner's score."""
    name, root = request.param, lay(tmp_path_factory.mktemp("course"), request.param)
    grade(root, name)
    return name, scores(root)


def test_work_is_worth_its_points_and_no_work_none(graded):
    name, reached = graded
    assert reached == worth(name)
