"""A learner's own results, read from the feedback that came back.

nbgrader fetches feedback to `labs/LAB/feedback/TIME/NOTEBOOK.html`; a page that came another way
may lie in `labs/LAB/feedback/`. What it says of points stands in its head as data, which
`labkit.grading.page` wrote. A page without them, such as nbgrader's own, is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

NAME = "labkit-results"
# The data stand before the style sheet; those of eight tasks have 2 kB.
HEAD = 100_000
TEXTS = ("title", "points", "maximum", "outcome")

Results = dict[str, Any]


def results(lab: Path) -> Results | None:
    """Return what the latest feedback in a lab's folder says, or None where there is none.

    Returns:
        `{"received", "total", "tasks": [{"title", "points", "maximum", "outcome"}], "path"}`, all
        texts; `received` is when the graded work came in (ISO 8601, or empty), `path` the page's,
        relative to the folder that holds `labs`.
    """
    found = list(_pages(lab / "feedback"))
    if not found:
        return None
    _, path, latest = max(found, key=lambda one: (one[2]["received"], one[0]))
    return latest | {"path": path.relative_to(lab.parents[1]).as_posix()}


def _pages(folder: Path) -> Iterator[tuple[float, Path, Results]]:
    """Yield each page with results: when it was written, where, and what it says."""
    for path in sorted([*folder.glob("*.html"), *folder.glob("*/*.html")]):
        try:
            if not path.is_file():
                continue
            with path.open(encoding="utf-8", errors="replace") as file:
                head = file.read(HEAD)
            yield path.stat().st_mtime, path, _read(head)
        except (OSError, ValueError):
            continue


def _read(head: str) -> Results:
    """Read the results out of a page's beginning.

    Raises:
        ValueError: there are none in the form that `results` promises.
    """
    reader = _Reader()
    reader.feed(head.partition("<style")[0])
    try:
        data = json.loads(reader.content)
        tasks = [{name: _text(task[name]) for name in TEXTS} for task in data["tasks"]]
        return {name: _text(data[name]) for name in ("received", "total")} | {"tasks": tasks}
    except (LookupError, TypeError, RecursionError) as problem:
        raise ValueError(f"no results ({problem})") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text was expected")
    return value


class _Reader(HTMLParser):
    """Finds the element that holds the results."""

    content = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "meta" and found.get("name") == NAME:
            self.content = self.content or found.get("content") or ""
