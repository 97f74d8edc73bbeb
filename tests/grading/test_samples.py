"""Made-up submissions go away again, with all that grading made of them, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import small_course
from labkit.grading.engine import Options, grade
from labkit.grading.samples import remove_samples
from small_course import NAME, SCORES, scores


def test_samples_leave_nothing_behind_and_take_nothing_along(tmp_path: Path, need_sandbox: None):
    root = small_course.make_course(tmp_path / "course", ["ada", "bob"])
    (root / "submitted" / "ada" / NAME / ".sample").touch()
    grade(root, NAME, Options(workers=1))
    assert remove_samples(root, NAME) == ["ada"]
    assert [path for path in root.rglob("*ada*")] == []
    assert scores(root) == {"bob": SCORES["bob"]}
    assert (root / "feedback" / "bob" / NAME / "p1.html").is_file()
    assert remove_samples(root, NAME) == []
