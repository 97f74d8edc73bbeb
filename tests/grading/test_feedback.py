"""Handing feedback back: a learner's folder never stops the release for others."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import notebook_hash
from traitlets.config import Config

from labkit.grading.config import apply

LEARNERS = ("ada", "bob", "cyd")


def feedback(root: Path, student: str) -> Path:
    folder = root / "feedback" / student / "ps1"
    folder.mkdir(parents=True)
    (folder / "p1.html").write_text(f"for {student}", encoding="utf-8")
    (folder / "submission_secret.txt").write_text(f"secret of {student}", encoding="utf-8")
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC", encoding="utf-8")
    return folder


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course with feedback for three learners, and an exchange."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exchange").mkdir()
    for student in LEARNERS:
        feedback(tmp_path, student)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "c1") as book:
        book.add_assignment("ps1")
    return tmp_path


def release(root: Path) -> list[str]:
    """Release all feedback; return for whom it can be fetched."""
    config = Config()
    apply(config)
    config.Exchange.root = str(root / "exchange")
    coursedir = CourseDirectory(
        root=str(root),
        db_url=f"sqlite:///{root / 'gradebook.db'}",
        course_id="c1",
        assignment_id="ps1",
        student_id="*",
    )
    factory = ExchangeFactory(config=config)
    factory.ReleaseFeedback(coursedir=coursedir, parent=factory, config=config).start()
    assert coursedir.student_id_exclude == ""
    folder = root / "exchange" / "c1" / "feedback"
    return [
        student
        for student in LEARNERS
        if (
            folder / f"{notebook_hash(secret=f'secret of {student}', notebook_id='p1')}.html"
        ).is_file()
    ]


def test_all_feedback_is_released(root: Path) -> None:
    assert release(root) == list(LEARNERS)


@pytest.mark.parametrize("name", ["submission_secret.txt", "timestamp.txt"])
@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "no text"])
def test_a_folder_that_lacks_a_file_costs_its_learner_alone(
    root: Path, name: str, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    file = root / "feedback" / "ada" / "ps1" / name
    file.unlink() if content is None else file.write_bytes(content)
    assert release(root) == ["bob", "cyd"]
    assert "feedback of 'ada' is not released" in caplog.text


def test_a_comma_in_a_learners_name_stops_nobody(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (feedback(root, "Byron, Ada") / "submission_secret.txt").unlink()
    assert release(root) == list(LEARNERS)
    assert "feedback of 'Byron, Ada' is not released" in caplog.text
