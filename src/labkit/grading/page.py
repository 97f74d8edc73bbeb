"""A learner's feedback as one page: total, table of tasks, then each task with answer and cards.

nbgrader's own step (`GenerateFeedback`) makes the page of a graded notebook, with a template of
ours. The page asks no other host for anything, fits light and dark, and prints. Titles are the
headings of the instructor's notebook. Learners' texts come cleaned from
`labkit.grading.safe_output`, and the template escapes the rest. What is no part of an answer, such
as the lab's own text, is folded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook, Student, SubmittedAssignment
from nbgrader.preprocessors import GetGrades
from nbgrader.utils import is_grade, is_solution, is_task
from pygments.formatters import HtmlFormatter

from labkit.exercise.cards import NEUTRAL, SIGNS
from labkit.exercise.outcome import Status
from labkit.grading.outcomes import task_outcome
from labkit.grading.rebuild import find_coursedir, is_notice
from labkit.grading.safe_html import clean_markdown
from labkit.grading.standing import Mark, Standing, standings, to_be_read
from labkit.titles import notebook_title, task_titles

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = "labkit_feedback"
BETWEEN = "Text and cells in between"
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class FeedbackPage(HTMLExporter):
    """nbconvert's exporter of HTML; `labkit.grading.config` gives it the template."""


@dataclass(frozen=True)
class Task:
    """A graded cell in the page's table; `badge` is HTML, all else text."""

    anchor: str
    title: str
    points: str
    maximum: str
    outcome: str
    badge: str


@dataclass(frozen=True)
class Place:
    """What is put around a cell of the page.

    Attributes:
        role: "answer", "test", "notice" or "between".
        begins: the place in the table of the task that begins with this cell, or None.
        ends: whether a task ends with it.
        opens, closes: whether it is the first or the last of cells that are folded together.
        comment: what a person wrote about it, as cleaned Markdown.
    """

    role: str
    begins: int | None = None
    ends: bool = False
    opens: bool = False
    closes: bool = False
    comment: str = ""


class LayOutFeedback(GetGrades):
    """Fetch grades and comments from the gradebook, and lay the page out."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Give each cell its place, and the page what stands at its head."""
        nb, resources = super().preprocess(nb, resources)
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as book:
            submission = book.find_submission(names["assignment"], names["student"])
            marks = _marks(submission, names["notebook"])
            head = {
                "learner": _name(submission.student),
                "when": _when(submission.timestamp),
                "notes": _notes(book, submission, names["late_penalty"]),
            }
        source = self._source(names) or nb
        titles = task_titles(source["cells"])
        standing = Standing(tuple(marks.values()), names["late_penalty"])
        tasks = [
            _task(number, cell, marks, titles)
            for number, cell in enumerate(cell for cell in nb.cells if _counts(cell, marks))
        ]
        resources["labkit"] = head | {
            "lab": notebook_title(source["cells"]) or names["assignment"],
            "total": _total(standing),
            "tasks": [asdict(task) for task in tasks],
            "results": _results(submission.timestamp, _total(standing), tasks),
            "between": BETWEEN,
            "style": style(),
        }
        for cell, place in zip(nb.cells, _places(nb.cells, marks), strict=True):
            cell.metadata["labkit"] = asdict(place)
            if place.role == "test":
                cell.outputs = [one for one in cell.outputs if not _is_number(one)]
        return nb, resources

    def _source(self, names: Mapping[str, str]) -> dict[str, Any] | None:
        """Return the instructor's notebook as plain data, or None where it is not there."""
        coursedir = find_coursedir(self)
        if coursedir is None:
            return None
        folder = coursedir.format_path(coursedir.source_directory, ".", names["assignment"])
        try:
            content = Path(folder, f"{names['notebook']}.ipynb").read_text(encoding="utf-8")
            found: dict[str, Any] = json.loads(content)
        except (OSError, ValueError):
            return None
        return found


def style() -> str:
    """Return the page's style sheet, with colours of code for light and dark."""
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    ours = (TEMPLATES / TEMPLATE / "page.css").read_text(encoding="utf-8")
    # The grounds are the page's own.
    plain = ".highlight, .highlight pre { background: var(--ground); }"
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n{ours}{plain}"


@dataclass(frozen=True)
class GivenMark(Mark):
    """A mark, and whether a person gave it."""

    by_hand: bool = False


def _marks(submission: SubmittedAssignment, notebook: str) -> dict[str, GivenMark]:
    """Return the marks of one notebook by grade id."""
    (found,) = (one for one in submission.notebooks if one.name == notebook)
    return {
        grade.name: GivenMark(
            name=grade.name,
            written=grade.cell_type == "markdown",
            score=None if grade.needs_manual_grade else float(grade.score or 0.0),
            maximum=float(grade.max_score),
            by_hand=grade.manual_score is not None,
        )
        for grade in found.grades
    }


def _name(student: Student) -> str:
    given = " ".join(name for name in (student.first_name, student.last_name) if name)
    return f"{given} ({student.id})" if given else str(student.id)


def _when(received: datetime | None) -> list[str]:
    return [f"received {received:%Y-%m-%d %H:%M} UTC"] if received else []


def _notes(book: Gradebook, submission: SubmittedAssignment, penalty: float) -> list[str]:
    notes = [f"{penalty:g} points were taken off for lateness."] if penalty else []
    if len(submission.notebooks) > 1:
        whole = standings(book, submission.name)[submission.student.id]
        notes.append(f"With the other notebooks of {submission.name}: {whole}.")
    return notes


def _results(received: datetime | None, total: str, tasks: Sequence[Task]) -> str:
    """Return, as JSON, what the learner's home page shows of this page (`labkit.desk.results`)."""
    shown = ("title", "points", "maximum", "outcome")
    rows = [{name: getattr(task, name) for name in shown} for task in tasks]
    when = f"{received:%Y-%m-%dT%H:%M:%S}+00:00" if received else ""
    return json.dumps({"received": when, "total": total, "tasks": rows})


def _total(standing: Standing) -> str:
    total = f"{standing.score:.4g} of {standing.maximum:g} points"
    if standing.waiting:
        total += f", {to_be_read(standing.waiting)} ({standing.waiting_points:g} points)"
    return total


def _counts(cell: NotebookNode, marks: Mapping[str, GivenMark]) -> bool:
    return (is_grade(cell) or is_task(cell)) and cell.metadata.nbgrader.grade_id in marks


def _task(
    number: int, cell: NotebookNode, marks: Mapping[str, GivenMark], titles: Mapping[str, str]
) -> Task:
    grade_id = cell.metadata.nbgrader.grade_id
    mark = marks[grade_id]
    points = "" if mark.score is None else f"{mark.score:.4g}"
    title = titles.get(grade_id, grade_id)
    sign, colour, word = _outcome(cell, mark)
    badge = (
        f'<span class="badge" style="background-color:{colour}">'
        f'<span aria-hidden="true">{sign}</span> {escape(word)}</span>'
    )
    outcome = f"{sign} {word}"
    return Task(f"task-{number}", title, points, f"{mark.maximum:g}", outcome, badge)


def _outcome(cell: NotebookNode, mark: GivenMark) -> tuple[str, str, str]:
    """Say in a word, with a sign and the colour of its ground, what came of a task."""
    sign, colour = "✎", NEUTRAL
    if mark.score is None:
        word = "to be read"
    elif mark.by_hand:
        word = "read by a person"
    elif is_solution(cell):
        (sign, colour), word = SIGNS[Status.NOT_ATTEMPTED], "nothing written"
    else:
        status = task_outcome(cell, mark.score, mark.maximum).status
        (sign, colour), word = SIGNS[status], str(status)
    return sign, colour, word


def _is_number(output: NotebookNode) -> bool:
    """Tell whether an output is the bare number that nbgrader reads; the page has it in words."""
    shown = output.get("data", {}).get("text/plain", "")
    return output.output_type == "execute_result" and bool(NUMBER.fullmatch(str(shown)))


def _places(cells: Sequence[NotebookNode], marks: Mapping[str, GivenMark]) -> list[Place]:
    """Give each cell its place: a task reaches from its first answer to its graded cell."""
    places: list[Place] = []
    task, inside = 0, False
    for cell in cells:
        counts = _counts(cell, marks)
        marked = counts or is_solution(cell)
        place = Place(_role(cell, counts), comment=_comment(cell))
        if marked and not inside:
            place, inside = replace(place, begins=task), True
        if counts:
            place, task, inside = replace(place, ends=True), task + 1, False
        places.append(place)
    if inside:  # an answer at the end that nothing grades belongs to no task
        last = max(n for n, place in enumerate(places) if place.begins is not None)
        places[last] = replace(places[last], begins=None)
    return _folded(places)


def _role(cell: NotebookNode, counts: bool) -> str:
    if is_solution(cell):
        return "answer"
    if counts:
        return "test"
    return "notice" if is_notice(cell) else "between"


def _folded(places: list[Place]) -> list[Place]:
    """Mark where folded cells begin and end."""
    folded = [place.role == "between" for place in places]
    before, after = [False, *folded], [*folded[1:], False]
    return [
        replace(place, opens=one and not was, closes=one and not more)
        for place, one, was, more in zip(places, folded, before, after, strict=False)
    ]


def _comment(cell: NotebookNode) -> str:
    comment = cell.metadata.get("nbgrader", {}).get("comment")
    return clean_markdown(str(comment)) if comment else ""
