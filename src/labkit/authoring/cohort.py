"""Synthetic submissions, to try grading before a cohort hands in.

Each synthetic learner has a character: one solves everything and writes every essay, one does
half of it and is late, one nothing, one raises errors everywhere. Their submissions are written
where nbgrader looks for them; what real learners handed in is never touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.authoring.release import release_notebook
from labkit.authoring.source import header_of, read_source
from labkit.errors import CourseError
from labkit.files import write_atomically

LATE = "sample-half"
BROKEN = 'raise RuntimeError("this answer is broken")'


class CohortError(CourseError):
    """No submissions can be made; the text says why."""


def write_cohort(root: Path, assignment: str) -> list[str]:
    """Write the synthetic submissions of a lab; return one line of report each.

    Raises:
        CohortError: there is no such lab, or a real learner has a synthetic one's name.
    """
    slug = assignment.partition("_")[2]
    source = root / "labs" / assignment / f"{slug}.py"
    if not source.is_file():
        raise CohortError(f"There is no lab {assignment!r}: {source} is missing.")
    lines = []
    for learner, notebook in _submissions(read_source(source)):
        folder = root / "grader" / "submitted" / learner / assignment
        path = folder / f"{slug}.ipynb"
        marker = folder / ".sample"
        if folder.exists() and not marker.exists():
            raise CohortError(f"{folder} was not written by this command; it stays as it is.")
        write_atomically(marker, b"")
        write_atomically(path, nbformat.writes(notebook).encode())
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC\n")
        write_atomically(folder / "timestamp.txt", stamp.encode())
        lines.append(f"written: {path.relative_to(root)}")
    return lines


def _submissions(solved: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield every synthetic learner's name and notebook."""
    released = release_notebook(solved)
    answers = [i for i, cell in enumerate(solved.cells) if header_of(cell).role == "solution"]
    essays = [i for i, cell in enumerate(solved.cells) if header_of(cell).role == "essay"]
    everything = {i: _written(solved.cells[i].source) for i in [*answers, *essays]}
    yield "sample-all", _answered(released, everything)
    half = [*answers[: len(answers) // 2], *essays]
    yield LATE, _answered(released, {i: everything[i] for i in half})
    yield "sample-none", _answered(released, {})
    yield "sample-broken", _answered(released, dict.fromkeys(answers, BROKEN))


def _written(source: str) -> str:
    """A solution as a learner would hand it in: without the marks around it."""
    marks = ("### BEGIN SOLUTION", "### END SOLUTION")
    return "\n".join(line for line in source.splitlines() if line.strip() not in marks)


def _answered(released: NotebookNode, answers: dict[int, str]) -> NotebookNode:
    notebook = nbformat.from_dict(released.copy())  # shallow: the cells are replaced below
    notebook.cells = [
        nbformat.from_dict(cell | {"source": answers.get(place, cell.source)})
        for place, cell in enumerate(released.cells)
    ]
    return notebook
