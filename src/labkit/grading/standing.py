"""How learners stand in an assignment: points that are given, and points that wait for a reader.

nbgrader counts an essay that nobody has read as 0. Here such points are told apart, wherever
points appear: "10 of 90, essay to be read" rather than "10 of 100".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)


@dataclass(frozen=True)
class Mark:
    """The points of one graded cell.

    Attributes:
        name: the cell's grade id.
        written: whether it is text rather than code.
        score: points given; None while the cell waits for a reader.
        maximum: points there are.
    """

    name: str
    written: bool
    score: float | None
    maximum: float

    @property
    def waits(self) -> bool:
        """Whether a person has yet to read it."""
        return self.score is None


@dataclass(frozen=True)
class Standing:
    """How one learner stands: the marks of all graded cells, and points taken off for lateness."""

    marks: tuple[Mark, ...]
    penalty: float = 0.0

    @property
    def score(self) -> float:
        """Points given so far, lateness taken off."""
        return max(0.0, sum(mark.score or 0.0 for mark in self.marks) - self.penalty)

    @property
    def maximum(self) -> float:
        """Points that could be given so far: what waits is left out."""
        return sum(mark.maximum for mark in self.marks if not mark.waits)

    @property
    def waiting(self) -> tuple[Mark, ...]:
        """What waits for a reader."""
        return tuple(mark for mark in self.marks if mark.waits)

    @property
    def waiting_points(self) -> float:
        """Points of what waits for a reader."""
        return float(sum(mark.maximum for mark in self.waiting))

    def __str__(self) -> str:
        """Say it in words: "10 of 90, essay to be read"."""
        said = f"{self.score:.4g} of {self.maximum:g}"
        return f"{said}, {to_be_read(self.waiting)}" if self.waiting else said


def to_be_read(waiting: Iterable[Mark]) -> str:
    """Name what waits for a reader: "essay to be read", "4 essays to be read"; or nothing."""
    written = [mark.written for mark in waiting]
    noun = "essay" if all(written) else "answer"
    if len(written) > 1:
        return f"{len(written)} {noun}s to be read"
    return f"{noun} to be read" if written else ""


def standings(book: Gradebook, assignment: str) -> dict[str, Standing]:
    """Return how each learner stands who handed in, by id; two questions to the database."""
    kind, maximum = Grade.cell_type, Grade.max_score
    rows = _of(
        book.db.query(
            SubmittedAssignment.student_id,
            BaseCell.name,
            kind,
            Grade.score,
            Grade.needs_manual_grade,
            maximum,
        )
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id),
        assignment,
    )
    marks: dict[str, list[Mark]] = defaultdict(list)
    for student, name, cell_type, score, waits, most in rows:
        given = None if waits else float(score or 0.0)
        marks[student].append(Mark(name, cell_type == "markdown", given, float(most)))
    found = book.db.query(
        SubmittedAssignment.student_id, SubmittedAssignment.late_submission_penalty
    )
    penalties = {student: float(points or 0.0) for student, points in _of(found, assignment)}
    return {
        student: Standing(tuple(found), penalties.get(student, 0.0))
        for student, found in marks.items()
    }


def _of(question: Any, assignment: str) -> Any:
    """Ask for one assignment alone."""
    return question.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).filter(
        Assignment.name == assignment
    )
