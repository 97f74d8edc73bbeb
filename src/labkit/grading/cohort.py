"""How a whole course stands, lab by lab, as plain data for the instructor's page."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path
from typing import Any

from nbgrader.api import Course, Gradebook, SubmittedAssignment
from nbgrader.apps import AutogradeApp
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.engine import make_url

from labkit.grading.engine import load_app
from labkit.grading.formgrader import TruthfulAPI
from labkit.grading.overview import TaskRow, spread, task_rows
from labkit.grading.standing import standings


def lab_overview(root: Path, assignment: str) -> dict[str, Any]:
    """Return how one lab stands.

    Returns:
        `handed_in`, `graded`, `waiting` and `late` count learners; `mean` and `spread` (standard
        deviation) are of the points given so far, None where nothing is graded; `maximum` are the
        points of the lab; `trap` is the most frequent known trap, `{"words", "task", "count"}`, or
        None; `tasks` lists title, mean, maximum, passed and tried.
    """
    app = load_app(root, assignment)
    with contextlib.chdir(root):
        api = TruthfulAPI(coursedir=app.coursedir, parent=app)
        submitted = api.get_submitted_students(assignment)
        found = {"handed_in": len(submitted), "graded": 0, "waiting": 0, "late": 0, "tasks": []}
        found |= {"mean": None, "spread": None, "maximum": 0.0, "trap": None}
        if not _has_gradebook(app):
            return found
        graded = api.get_autograded_students(assignment)
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as book:
            return found | {"graded": len(graded & submitted)} | _numbers(book, app, assignment)


def _numbers(book: Gradebook, app: AutogradeApp, assignment: str) -> dict[str, Any]:
    stand = standings(book, assignment)
    rows = task_rows(book, app.coursedir, assignment)
    middle = spread(stand)
    return {
        "waiting": sum(bool(one.waiting) for one in stand.values()),
        "late": _late(book, assignment),
        "mean": middle and middle[0],
        "spread": middle and middle[1],
        "maximum": sum(row.maximum for row in rows),
        "trap": _most_frequent(rows),
        "tasks": [
            {
                "title": row.title,
                "mean": row.mean,
                "maximum": row.maximum,
                "statuses": dict(row.statuses),
                "waiting": row.waiting,
            }
            for row in rows
        ],
    }


def _late(book: Gradebook, assignment: str) -> int:
    entries = book.db.query(SubmittedAssignment).filter(SubmittedAssignment.name == assignment)
    return sum(entry.total_seconds_late > 0 for entry in entries)


def _most_frequent(rows: list[TaskRow]) -> dict[str, Any] | None:
    traps = Counter({(trap, row.title): n for row in rows for trap, n in row.traps.items()})
    if not traps:
        return None
    ((words, task), count), *_ = traps.most_common(1)
    return {"words": words, "task": task, "count": count}


def _has_gradebook(app: AutogradeApp) -> bool:
    """Tell whether there is a gradebook with all its tables and a course.

    Where nbgrader finds none it makes one, and two that make it at once fail. Formgrader may be
    making it just now, so it is left alone until it is whole; the course is entered last.
    """
    url = make_url(app.coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return False
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(Course.__tablename__):
                return False
            return connection.execute(select(Course.id)).first() is not None
    finally:
        engine.dispose()
