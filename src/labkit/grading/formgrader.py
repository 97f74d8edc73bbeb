"""Jupyter Server extension: formgrader tells the truth, escapes the names it shows, and looks well.

nbgrader fills the templates of its lists without escaping, so an address such as
`/formgrader/manage_students/<script>…`, followed from a learner's text or from a mail, would run
with the instructor's rights. Escaping is switched on in nbgrader's template environment; the page
of a submission is the business of `labkit.grading.safe_output.SanitizePage`.

nbgrader's lists take a submission for graded where the gradebook's time is that in the learner's
`timestamp.txt`. Here the gradebook has the time of receipt, or none, so the lists ask for the mark
that grading leaves instead (`labkit.grading.record`).
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import nbgrader.server_extensions.formgrader.base as formgrader_base
from jinja2 import BaseLoader, Environment
from jupyter_server.serverapp import ServerApp
from nbgrader.api import Student, SubmittedAssignment
from nbgrader.apps.api import NbGraderAPI

from labkit.grading import receipts
from labkit.grading.record import is_graded

STYLE = Path(__file__).parent / "templates" / "formgrader.css"


class TruthfulAPI(NbGraderAPI):
    """nbgrader's API, with what is graded and when it came in told as the gradebook has it."""

    def get_autograded_students(self, assignment_id: str) -> set[str]:
        """Return the learners whose last submission is graded, in whatever way.

        Of a submission that is gone, the grades in the gradebook are the last word.
        """
        with self.gradebook as book:
            found = book.db.query(Student.id).join(SubmittedAssignment)
            entered = {row[0] for row in found.filter(SubmittedAssignment.name == assignment_id)}
        submitted = self.get_submitted_students(assignment_id)
        return {
            student
            for student in entered
            if self._folder("autograded", assignment_id, student).is_dir()
            and (
                student not in submitted
                or is_graded(self._folder("submitted", assignment_id, student))
            )
        }

    def get_submission(self, *arguments: Any, **options: Any) -> dict[str, Any] | None:
        """Return a submission, with a learner's id where the gradebook has no name."""
        found = super().get_submission(*arguments, **options)
        return None if found is None else _named(found)

    def get_submissions(self, assignment_id: str) -> list[dict[str, Any]]:
        """Return all submissions, with learners' ids where the gradebook has no names."""
        return [_named(found) for found in super().get_submissions(assignment_id)]

    def get_notebook_submissions(self, assignment_id: str, notebook_id: str) -> list[Any]:
        """Return a notebook's submissions, with learners' ids where there are no names."""
        found = super().get_notebook_submissions(assignment_id, notebook_id)
        return [_named(one) for one in found]

    def get_submitted_timestamp(self, assignment_id: str, student_id: str) -> datetime | None:
        """Return when a submission was received, in UTC and without a zone; None if unknown."""
        receipt = self._receipts.get((assignment_id, student_id))
        return receipt.received.replace(tzinfo=None) if receipt else None

    @cached_property
    def _receipts(self) -> dict[tuple[str, str], receipts.Receipt]:
        return receipts.read(receipts.receipts_path(self.coursedir.db_url, self.coursedir.root))

    def _folder(self, step: str, assignment: str, student: str) -> Path:
        place = getattr(self.coursedir, f"{step}_directory")
        return Path(self.coursedir.format_path(place, student, assignment))


def _named(submission: dict[str, Any]) -> dict[str, Any]:
    """Put words where nbgrader's scripts would write "None" for a name or a time of receipt."""
    told = dict(submission)
    if told.get("last_name") is None and told.get("first_name") is None:
        told |= {"last_name": told["student"], "first_name": "–"}
    if "timestamp" in told and told["timestamp"] is None:
        words = "no receipt" if told.get("submitted") else "–"
        told |= {"timestamp": "", "display_timestamp": words}
    return told


class DressedLoader(BaseLoader):
    """nbgrader's templates, with a style sheet of ours at the end of every page's head."""

    def __init__(self, stock: BaseLoader) -> None:
        self.stock = stock

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """Return a template's text, its file, and whether it is still current."""
        text, path, current = self.stock.get_source(environment, template)
        if template == "base.tpl":
            text = text.replace("</head>", f"<style>{STYLE.read_text('utf-8')}</style></head>", 1)
        return text, path, current


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell Jupyter Server which module to load."""
    return [{"module": "labkit.grading.formgrader"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Mend formgrader once all extensions are there; nbgrader's may be loaded after this one."""
    # Each request makes an API of its own, by this name.
    formgrader_base.NbGraderAPI = TruthfulAPI
    server.io_loop.add_callback(escape_lists, server)


def escape_lists(server: ServerApp) -> None:
    """Let formgrader's lists escape and have our style; without formgrader nothing is done."""
    templates = server.web_app.settings.get("nbgrader_jinja2_env")
    if templates is not None:
        templates.autoescape = True
        templates.loader = DressedLoader(templates.loader)
