"""When an assignment is due and when work came in, told by hand rather than by collecting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook

from labkit.grading import receipts
from labkit.grading.engine import load_app


def set_due(root: Path, assignment: str, due: datetime) -> None:
    """Give an assignment in the gradebook its due date.

    Where it changes, the next grading run looks at everybody anew, since lateness may have changed.
    """
    coursedir = load_app(root, assignment).coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        entry = book.find_assignment(assignment)
        wanted = due.astimezone(UTC).replace(tzinfo=None)
        if entry.duedate != wanted:
            entry.duedate = wanted
            book.db.commit()


def record_receipts(root: Path, assignment: str, times: Mapping[str, datetime]) -> None:
    """Note when submissions came in, by learner, as collecting does."""
    coursedir = load_app(root, assignment).coursedir
    path = receipts.receipts_path(coursedir.db_url, coursedir.root)
    for student, when in times.items():
        receipts.record(path, assignment, student, when, "made up")
