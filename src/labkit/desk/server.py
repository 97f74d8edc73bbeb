"""A small Jupyter server extension: the home page's data, what learners do, and their progress.

It answers `labkit/home`, `labkit/events` and `labkit/progress` below the server's base address,
for who is logged in. What the page shows is the work of `home`, keeping progress that of
`labkit.learner.progress`. A refusal is a sentence for the learner, as JSON: `{"message": ...}`.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado import web

from labkit.authoring.catalog import CATALOG_PATH, FACTS
from labkit.desk.board import board_path, start_telling
from labkit.desk.home import HomeError, home, read_facts
from labkit.desk.kernels import WaitingKernels
from labkit.errors import CourseError
from labkit.learner import progress as records
from labkit.learner.progress import ProgressError

HOME = "HOME.md"
# A progress file of all fourteen labs with full histories has some 100 kB.
LARGEST_COPY = 2_000_000


class Handler(APIHandler):
    """What both handlers share: the served folder, and refusing with a sentence."""

    def root(self) -> Path:
        """The folder that Jupyter serves."""
        return Path(self.settings["server_root_dir"]).expanduser().resolve()

    def refuse(self, status: int, sentence: str) -> None:
        """Answer with a sentence for the learner."""
        self.set_status(status)
        self.finish(json.dumps({"message": sentence}))


class HomeHandler(Handler):
    """`GET labkit/home?path=HOME.md`: all that the page shows; 304 while it is the same."""

    # An open page asks every few seconds, which must not keep an idle server alive.
    _track_activity = False

    @web.authenticated
    async def get(self) -> None:
        """Answer with the page's data, or 404 and a sentence where there is no course."""
        try:
            page = find_home(self.root(), self.get_query_argument("path", ""))
            data = await asyncio.to_thread(home, page.parent)
        except CourseError as trouble:
            self.refuse(404, str(trouble))
            return
        data["path"] = page.relative_to(self.root()).as_posix()
        data["instructor"] = bool(self.settings.get("labkit_instructor"))
        data["board"] = board_path()
        data["folder"] = page.parent.relative_to(self.root()).as_posix()
        if isinstance(self.kernel_manager, WaitingKernels):
            self.kernel_manager.prepare()
        # Tornado compares the answer's digest with the browser's and sends 304 by itself.
        self.finish(json.dumps(data))


class ProgressHandler(Handler):
    """`GET labkit/progress` gives a copy to keep; `POST` merges one that was kept."""

    @web.authenticated
    async def get(self) -> None:
        """Answer with the progress as a file."""
        try:
            copy = await asyncio.to_thread(records.copy)
        except ProgressError as trouble:
            self.refuse(409, str(trouble))
            return
        self.set_header("Content-Disposition", f'attachment; filename="{copy_name()}"')
        self.finish(copy)

    @web.authenticated
    async def post(self) -> None:
        """Merge a copy into the progress; of each task the better score stays."""
        if len(self.request.body) > LARGEST_COPY:
            self.refuse(413, "That file is too large for a progress file. Nothing was changed.")
            return
        try:
            await asyncio.to_thread(records.restore, self.request.body, "The chosen file")
        except ProgressError as trouble:
            self.refuse(400, str(trouble))
            return
        self.finish(json.dumps({"message": "Progress restored."}))


class EventsHandler(Handler):
    """`POST labkit/events`: something that a learner did and that counts as progress."""

    @web.authenticated
    async def post(self) -> None:
        """Keep it; see `keep_event` for what there is."""
        try:
            event = json.loads(self.request.body)
            await asyncio.to_thread(keep_event, self.root(), event)
        except ProgressError as trouble:
            self.refuse(409, str(trouble))
            return
        except (CourseError, ValueError, LookupError, TypeError):
            self.refuse(400, "The server does not know this lesson or question.")
            return
        self.finish(json.dumps({"message": "Kept."}))


def keep_event(root: Path, event: dict[str, Any]) -> None:
    """Keep in the progress file what a learner did.

    Args:
        root: the folder that Jupyter serves.
        event: `{"kind": "lesson", "path", "state": "begun" or "read"}`,
            `{"kind": "quiz", "lab", "question", "right"}` or `{"kind": "sent", "lab", "receipt"}`.

    Raises:
        LookupError, CourseError: there is no such lesson, lab or question.
        ProgressError: it could not be kept.
    """
    if not isinstance(event, dict):
        raise TypeError("an event is a table")
    path = str(event.get("path", ""))
    facts = read_facts(_folder_of(root, path))
    modules = {module["name"]: module for module in facts["modules"]}
    match event["kind"]:
        case "lesson" if event["state"] in ("begun", "read"):
            lessons = {str(one["lesson"]): name for name, one in modules.items()}
            records.record_lesson(lessons["/".join(Path(path).parts[-3:])], event["state"])
        case "quiz" if event["question"] in modules[event["lab"]]["questions"]:
            records.record_quiz(event["lab"], event["question"], bool(event["right"]))
        case "sent" if event["lab"] in modules:
            records.record_sent(event["lab"], str(event["receipt"]))
        case _:
            raise LookupError(event["kind"])


def _folder_of(root: Path, path: str) -> Path:
    """Return the course's folder that a lesson lies in, else the one that is found below `root`."""
    for folder in (root / path.lstrip("/")).parents if path else ():
        if folder.is_relative_to(root) and (folder / FACTS).is_file():
            return folder
    return find_home(root, "").parent


def find_home(root: Path, path: str) -> Path:
    """Find the home page that was asked for, else the one of the served folder or below it.

    Raises:
        HomeError: If there is none, or the path leads out of the served folder.
    """
    if path:
        page = (root / path.lstrip("/")).resolve()
        if not page.is_relative_to(root):
            raise HomeError("The home page asked for lies outside the folder that is served.")
        return page
    for folder in (root, *sorted(place for place in root.glob("*") if place.is_dir())):
        # Unlike Path.is_file, without an error in a folder that may not be entered (lost+found).
        if any(os.path.isfile(folder / name) for name in (FACTS, CATALOG_PATH)):
            return folder / HOME
    raise HomeError(
        f"There is no course in {root}. Release it there: `labkit release --to FOLDER`."
    )


def copy_name() -> str:
    """Name a copy of the progress by its day, so that older copies are not overwritten."""
    return f"labkit-progress-{date.today():%Y-%m-%d}.json"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "labkit.desk.server"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    from labkit.desk.hand_in_job import HandIn, HandInHandler  # which needs `Handler` from here

    latest: list[HandIn] = []
    base: Any = server.web_app.settings["base_url"]
    handlers: list[Any] = [
        (url_path_join(base, "labkit", "handin"), HandInHandler, {"latest": latest}),
        (url_path_join(base, "labkit", "home"), HomeHandler),
        (url_path_join(base, "labkit", "events"), EventsHandler),
        (url_path_join(base, "labkit", "progress"), ProgressHandler),
    ]
    server.web_app.add_handlers(".*$", handlers)
    start_telling()
