"""What the tasks of a lab are called: the headings of its notebook.

A task's title is the nearest heading above its answer, without the points in brackets, so that
home page, reports and feedback call it as the notebook does. Cells are taken as plain data, so
that every room can ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

TITLE = re.compile(r"# +(.+?)\s*\Z")
HEADING = re.compile(r"#{2,3} +(.+?)\s*\Z")
# "(10 points)", "(5 points, and 10 for the note below)"
POINTS = re.compile(r"\s*\(\d+ points?\b[^()]*\)")


def task_titles(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the titles of a notebook's graded cells by grade id; see `task_headings`."""
    return {name: POINTS.sub("", heading) for name, heading in task_headings(cells).items()}


def task_headings(cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the nearest heading above each of a notebook's graded cells, by grade id.

    A cell without a heading above it has none. Two cells below one heading share it.
    """
    titles, heading = {}, ""
    for cell in cells:
        marks = cell.get("metadata", {}).get("nbgrader", {})
        found = _headings(cell) if cell.get("cell_type") == "markdown" else []
        if found and not marks.get("solution"):
            heading = found[-1]
        if marks.get("grade") and heading:
            titles[str(marks["grade_id"])] = heading
    return titles


def notebook_title(cells: Iterable[Mapping[str, Any]]) -> str:
    """Return a notebook's title, its first heading of the highest level; empty if it has none."""
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            for line in _lines(cell):
                if found := TITLE.match(line):
                    return found[1]
    return ""


def _headings(cell: Mapping[str, Any]) -> list[str]:
    return [match[1] for match in map(HEADING.match, _lines(cell)) if match]


def _lines(cell: Mapping[str, Any]) -> list[str]:
    source = cell.get("source", "")
    return ("".join(source) if isinstance(source, list) else str(source)).splitlines()
