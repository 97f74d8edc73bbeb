"""How an assignment stands: task by task, and in all, from the gradebook and graded notebooks."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from labkit.exercise.outcome import Status
from labkit.grading.outcomes import TaskOutcome, task_outcome
from labkit.grading.standing import Mark, Standing, standings
from labkit.titles import task_titles

# Graded notebooks whose outcomes are remembered, for the page that asks again and again.
REMEMBERED = 20_000
HEADS = ("task", "mean", "of", "passed", "partial", "failed", "not tried", "to read")


@dataclass(frozen=True)
class TaskRow:
    """How a task went for everybody who handed in.

    Attributes:
        title: what the task is called.
        maximum: its points.
        scores: the points of everybody whose answer waits for nobody.
        statuses: how many answers ended in each status.
        waiting: how many wait for a reader.
        traps: how many answers fit each known trap.
    """

    title: str
    maximum: float
    scores: tuple[float, ...]
    statuses: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    traps: Counter[str] = field(default_factory=Counter)

    @property
    def mean(self) -> float | None:
        """The mean of the points; None where there are none yet."""
        return statistics.fmean(self.scores) if self.scores else None


def task_rows(book: Gradebook, coursedir: CourseDirectory, assignment: str) -> list[TaskRow]:
    """Return a row for each graded cell, in the order of the instructor's notebooks."""
    stand = standings(book, assignment)
    outcomes = {student: executed_tests(coursedir, student, assignment) for student in stand}
    titles = titles_of(coursedir, assignment)
    marks: dict[str, list[tuple[str, Mark]]] = {}
    for student, standing in stand.items():
        for mark in standing.marks:
            marks.setdefault(mark.name, []).append((student, mark))
    ordered = [*(name for name in titles if name in marks), *sorted(marks.keys() - titles.keys())]
    return [_row(titles.get(name, name), marks[name], outcomes) for name in ordered]


def _row(
    title: str,
    marks: Sequence[tuple[str, Mark]],
    outcomes: Mapping[str, Mapping[str, Any]],
) -> TaskRow:
    statuses: Counter[str] = Counter()
    traps: Counter[str] = Counter()
    for student, mark in marks:
        outcome = None if mark.waits else outcome_of(outcomes[student].get(mark.name), mark)
        if outcome:
            statuses[str(outcome.status)] += 1
            traps.update([outcome.trap] if outcome.trap else [])
    return TaskRow(
        title,
        marks[0][1].maximum,
        tuple(mark.score for _, mark in marks if mark.score is not None),
        statuses,
        sum(mark.waits for _, mark in marks),
        traps,
    )


def outcome_of(cell: Mapping[str, Any] | None, mark: Mark) -> TaskOutcome | None:
    """Return what came of a task; None for text, of which a person alone can tell."""
    if mark.written:
        return None
    if cell is None:
        return TaskOutcome(Status.NOT_ATTEMPTED)
    return task_outcome(cell, mark.score or 0.0, mark.maximum)


def executed_tests(
    coursedir: CourseDirectory, student: str, assignment: str
) -> dict[str, Mapping[str, Any]]:
    """Return the executed test cells of a learner's graded notebooks, by grade id."""
    folder = coursedir.format_path(coursedir.autograded_directory, student, assignment)
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(Path(coursedir.root, folder).glob("*.ipynb")):
        found |= _tests(path, path.stat().st_mtime_ns)
    return found


@lru_cache(maxsize=REMEMBERED)
def _tests(path: Path, _changed: int) -> dict[str, Mapping[str, Any]]:
    """Return the test cells of a notebook, by grade id, with the outputs that tell an outcome."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: {"outputs": list(_telling(cell["outputs"]))}
        for cell in _cells(path)
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade")
    }


def _telling(outputs: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for output in outputs:
        if output["output_type"] == "error":
            yield {"output_type": "error", "ename": output.get("ename")}
        elif output["output_type"] == "display_data":
            text = output.get("data", {}).get("text/plain", "")
            yield {"output_type": "display_data", "data": {"text/plain": text}}


def titles_of(coursedir: CourseDirectory, assignment: str) -> dict[str, str]:
    """Return what the instructor's notebooks call the tasks, by grade id, in their order."""
    folder = coursedir.format_path(coursedir.source_directory, ".", assignment)
    titles: dict[str, str] = {}
    for path in sorted(Path(coursedir.root, folder).glob("*.ipynb")):
        titles |= task_titles(_cells(path))
    return titles


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, LookupError):
        return []
    return cells


def table(rows: Sequence[TaskRow]) -> list[str]:
    """Return the rows as lines of text, with a heading."""
    if not rows:
        return []
    shown: list[tuple[str, ...]] = [
        ("task", "mean", "of", "passed", "partial", "failed", "not tried", "to read")
    ]
    for row in rows:
        failed = row.statuses[Status.FAILED] + row.statuses[Status.ERROR]
        counts = (row.statuses[Status.PASSED], row.statuses[Status.PARTIAL], failed)
        mean = "" if row.mean is None else f"{row.mean:.1f}"
        tried = (*counts, row.statuses[Status.NOT_ATTEMPTED], row.waiting)
        shown.append((row.title, mean, f"{row.maximum:g}", *(str(n or "") for n in tried)))
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return [
        "  ".join(
            [line[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        ).rstrip()
        for line in shown
    ]


def spread(stand: Mapping[str, Standing]) -> tuple[float, float] | None:
    """Return mean and standard deviation of the points given so far; None where nobody handed in.

    The deviation is that of the whole cohort, not of a sample.
    """
    scores = [standing.score for standing in stand.values()]
    return (statistics.fmean(scores), statistics.pstdev(scores)) if scores else None
