"""A report as CSV tables and JSON: the same numbers as the page, for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from labkit.grading.export import harmless

LEARNERS = ("id", "name", "group", "handed_in", "late", "score", "maximum", "waiting", "tries")
LABS = ("name", "title", "handed_in", "learners", "waiting", "late", "mean", "spread", "maximum")
TASKS = (
    "lab task title maximum handed_in waiting passed partial failed not_tried faults difficulty "
    "discrimination tries hints minutes"
).split()
MARKS = ("learner lab task title score maximum status trap fault tries hints minutes").split()
MISCONCEPTIONS = ("lab", "task", "title", "words", "count", "share")
STUCK = ("lab", "task", "title", "count", "of", "trap")
COLUMNS = {
    "learners": LEARNERS,
    "labs": LABS,
    "tasks": TASKS,
    "misconceptions": MISCONCEPTIONS,
    "stuck": STUCK,
    "marks": MARKS,
}


def tables(data: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the CSV files of a report, by name; one learner's report has only the marks."""
    whole = "tasks" in data
    return {
        f"{name}.csv": render(columns, data[name])
        for name, columns in COLUMNS.items()
        if whole or name == "marks"
    }


def render(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a table as CSV in UTF-8, all quoted, in which no text can become a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(row[column]) for column in columns])
    return stream.getvalue().encode("utf-8", "replace")


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return a report as JSON; what is not known is null, and there is no NaN."""
    return (json.dumps(data, indent=1, allow_nan=False) + "\n").encode("ascii")
