"""What a run changed in marks that were there before: everybody who lost points is named.

A check that was mended is judged anew for the whole cohort. Who gains is told in short, with all in
the table; who loses is told one by one, and may ask why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labkit.grading.export import harmless
from labkit.grading.standing import Standing

COLUMNS = ("assignment", "student_id", "task", "before", "after")
NAMED = 20
"""Gains that are told one by one."""


@dataclass(frozen=True)
class Change:
    """A learner's points of one task before and after a run; None while a reader is waited for."""

    student: str
    task: str
    before: float | None
    after: float | None

    @property
    def lost(self) -> bool:
        """Whether points are gone, or wait for a reader now."""
        return (self.before or 0.0) > (self.after or 0.0)

    def __str__(self) -> str:
        """Say it in words."""
        before, after = (
            "waits" if points is None else f"{points:g}" for points in (self.before, self.after)
        )
        text = f"{self.student}, {self.task}: {before} -> {after}"
        return "".join(c if c.isprintable() else "?" for c in text)


def changes(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> list[Change]:
    """Return every mark that differs, losses first; who was not graded before is not in it."""
    found = []
    for student, standing in sorted(before.items()):
        former = {mark.name: mark.score for mark in standing.marks}
        latter = (
            {mark.name: mark.score for mark in after[student].marks} if student in after else {}
        )
        found += [
            Change(student, task, former[task], latter.get(task))
            for task in former
            if former[task] != latter.get(task)
        ]
        if student in after and standing.penalty != after[student].penalty:
            found.append(Change(student, "lateness", -standing.penalty, -after[student].penalty))
    return sorted(found, key=lambda one: not one.lost)


def lines(found: Sequence[Change]) -> list[str]:
    """Return the lines that tell an instructor what changed; nothing where nothing did."""
    if not found:
        return []
    lost = [one for one in found if one.lost]
    gained = [one for one in found if not one.lost]
    told = [*lost, *gained[:NAMED]]
    rest = len(found) - len(told)
    return [
        f"Marks that were there before and changed: {len(lost)} lower, {len(gained)} higher.",
        *(f"  {one}" for one in told),
        *([f"  and {rest} higher ones more"] if rest else []),
    ]


def table(assignment: str, found: Sequence[Change]) -> bytes:
    """Return all changes as CSV in UTF-8, quoted, in which no text can become a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        row = (assignment, one.student, one.task, one.before, one.after)
        writer.writerow([harmless(field) for field in row])
    return stream.getvalue().encode("utf-8", "replace")
