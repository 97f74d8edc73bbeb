"""Grades as a table that a spreadsheet opens safely: `nbgrader export` writes through this plugin.

Columns and options are those of nbgrader's own exporter. What differs: a last column has the points
that wait for a reader, which `score` counts as 0 and `max_score` includes; every field is quoted,
no text can become a formula, and the old file stays until the new one is complete.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import CsvExportPlugin

from labkit.files import replacing
from labkit.grading.standing import standings

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
    "points_to_be_read",
)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# What a spreadsheet takes for the start of a formula, with the full-width forms.
STARTS = "=+\\-@＝＋－＠"
# A spreadsheet set to semicolons, or a stray quote, may begin a cell in the middle of a text.
INNER_START = re.compile(rf"([;,\"]\s*)(?=[{STARTS}])")


class SafeExport(CsvExportPlugin):
    """Export grades as CSV without formulas, written whole or not at all."""

    def export(self, gradebook: Gradebook) -> None:
        """Write one row for each learner and assignment asked for.

        Without a submission the scores are 0, as in nbgrader's own exporter.
        """
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        with replaced_when_complete(target) as stream:
            writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in self._rows(gradebook):
                writer.writerow([harmless(row[column]) for column in COLUMNS])

    def _rows(self, gradebook: Gradebook) -> Iterator[dict[str, object]]:
        learners, assignments = set(map(str, self.student)), set(map(str, self.assignment))
        students = [s for s in gradebook.students if not learners or s.id in learners]
        for assignment in gradebook.assignments:
            if not assignments or assignment.name in assignments:
                stand = standings(gradebook, assignment.name)
                for student in students:
                    waiting = stand[student.id].waiting_points if student.id in stand else 0.0
                    row = _row(gradebook, assignment, student)
                    yield row | {"points_to_be_read": waiting}


def harmless(value: object) -> str:
    """Return a value as text that no spreadsheet runs as a formula.

    Numbers stay numbers. A text that would start a formula gets an apostrophe in front; line
    breaks and other control characters become spaces.
    """
    text = "" if value is None else str(value)
    text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    if NUMBER.fullmatch(text):
        return text
    text = INNER_START.sub(r"\1'", text)
    # Spaces and characters that show nothing do not keep a spreadsheet from seeing a formula.
    seen = "".join(char for char in text if unicodedata.category(char)[0] not in "CZ")
    return f"'{text}" if re.match(rf"[{STARTS}]", seen) else text


@contextmanager
def replaced_when_complete(target: Path) -> Iterator[TextIO]:
    """Open a text file for writing that takes the target's place once all is written."""
    if target.exists() and not target.is_file():  # a pipe or a device, such as /dev/stdout
        with target.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    with replacing(target.resolve()) as raw:
        stream = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        yield stream
        stream.flush()
        stream.detach()


def _row(gradebook: Gradebook, assignment: Assignment, student: Student) -> dict[str, object]:
    row: dict[str, object] = {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "timestamp": "",
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "raw_score": 0.0,
        "late_submission_penalty": 0.0,
        "score": 0.0,
        "max_score": assignment.max_score,
    }
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return row
    penalty = submission.late_submission_penalty or 0.0
    return row | {
        "timestamp": submission.timestamp,
        "raw_score": submission.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, submission.score - penalty),
    }
