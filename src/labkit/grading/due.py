"""When an assignment is due: what the course says is written into the gradebook."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook

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
