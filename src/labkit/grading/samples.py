"""Takes made-up submissions out of a course again: folders, marks, feedback and grades."""

from __future__ import annotations

import shutil
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import rmtree
from sqlalchemy.engine import make_url

from labkit.grading.engine import load_app
from labkit.grading.record import forget, forget_marks

# `labkit sample-cohort` lays it into each folder that it writes.
MARKER = ".sample"


def remove_samples(root: Path, assignment: str) -> list[str]:
    """Remove everything of an assignment's made-up submissions; return their names.

    What real learners handed in has no marker, and is left alone.
    """
    coursedir = load_app(root, assignment).coursedir
    place = root / coursedir.format_path(coursedir.submitted_directory, "*", assignment)
    found = sorted(root.glob(str(place.relative_to(root) / MARKER)))
    students = [marker.parent.parent.name for marker in found]
    for marker, student in zip(found, students, strict=True):
        for step in ("autograded", "feedback"):
            directory = getattr(coursedir, f"{step}_directory")
            folder = root / coursedir.format_path(directory, student, assignment)
            forget(folder)
            _remove(folder)
        forget_marks(marker.parent)
        _remove(marker.parent)
    _remove_from_gradebook(coursedir.db_url, coursedir.course_id, assignment, students)
    return students


def _remove(folder: Path) -> None:
    if folder.is_dir():
        rmtree(str(folder))
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        shutil.rmtree(folder.parent)


def _remove_from_gradebook(url: str, course: str, assignment: str, students: list[str]) -> None:
    database = make_url(url)
    if database.get_backend_name() == "sqlite" and not Path(database.database or "").is_file():
        return
    with Gradebook(url, course) as book:
        for student in students:
            try:
                book.remove_submission(assignment, student)
                if not book.find_student(student).submissions:
                    book.remove_student(student)
            except MissingEntry:
                continue
