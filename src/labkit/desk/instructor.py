"""Jupyter Server extension of the instructor's JupyterLab: how the course stands, and its commands.

It answers `labkit/cohort` and `labkit/report` below the server's base address, for who is logged
in. What a command does is the work of `labkit grade` and of nbgrader, which run as they would in a
terminal, one at a time; what the numbers are that of `labkit.grading.cohort`.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado import web

from labkit.authoring.catalog import Catalog, Module, load_catalog
from labkit.desk.server import Handler
from labkit.errors import CourseError

# Lines of a command's output that the page shows.
LINES = 40
# What the page's buttons run, in the course's folder; "{lab}" stands for the lab's name.
COMMANDS = {
    "grade": ("labkit.cli", "grade", "{lab}"),
    "feedback": ("nbgrader", "generate_feedback", "{lab}", "--force"),
    "export": ("nbgrader", "export"),
}


@dataclass
class Job:
    """A command that runs or has run: its lines so far, and its exit code once it has ended."""

    action: str = ""
    lab: str = ""
    lines: list[str] = field(default_factory=list)
    code: int | None = None

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return bool(self.action) and self.code is None

    def as_data(self) -> dict[str, Any]:
        """Return plain data for the page."""
        last = "\n".join(self.lines[-LINES:])
        shown = {"action": self.action, "lab": self.lab, "running": self.running, "code": self.code}
        return {**shown, "text": last}


class CohortHandler(Handler):
    """`GET labkit/cohort`: how each lab stands; `POST` runs one of `COMMANDS`."""

    def initialize(self, jobs: list[Job]) -> None:
        """Take the list whose last entry is the latest command."""
        self.jobs = jobs

    @web.authenticated
    async def get(self) -> None:
        """Answer with the labs and the latest command; with `?job` with the command alone."""
        data: dict[str, Any] = {"job": self.jobs[-1].as_data() if self.jobs else None}
        if self.get_query_argument("job", None) is None:
            try:
                data["labs"] = await asyncio.to_thread(labs, self.root())
            except CourseError as trouble:
                self.refuse(409, str(trouble))
                return
        self.finish(json.dumps(data))

    @web.authenticated
    async def post(self) -> None:
        """Begin a command, if none is running."""
        asked = self.get_json_body() or {}
        action, lab = str(asked.get("action")), str(asked.get("lab"))
        names = [module.name for module in _available(load_catalog(self.root()))]
        if action not in COMMANDS or lab not in names:
            self.refuse(400, "There is no such command or lab.")
        elif self.jobs and self.jobs[-1].running:
            self.refuse(409, "Another command is still running. Wait for its end.")
        else:
            self.jobs[:] = [Job(action, lab)]
            asyncio.get_running_loop().run_in_executor(None, run, self.jobs[-1], self.root())
            self.finish(json.dumps({"message": "Begun."}))


class ReportHandler(Handler):
    """`GET labkit/report`: the report on the whole cohort, made anew, as a page."""

    @property
    def content_security_policy(self) -> str:
        """Let the page run as from nowhere: what is in it comes from learners.

        Which script and style may run is said by the page itself.
        """
        return "frame-ancestors 'self'; sandbox allow-scripts"

    @web.authenticated
    async def get(self) -> None:
        """Answer with the page, or with a sentence where there is nothing to report on."""
        try:
            page = await asyncio.to_thread(report_on, self.root())
        except CourseError as trouble:
            self.refuse(409, str(trouble))
            return
        self.finish(page)

    def finish(self, chunk: Any = None) -> Any:
        """Send the page as what it is; an answer of another kind is JSON."""
        kind = "text/html; charset=utf-8" if isinstance(chunk, bytes) else "application/json"
        return super().finish(chunk, set_content_type=kind)


def report_on(root: Path) -> bytes:
    """Return the report's page of the course at `root`."""
    from labkit.cohort.gather import gather
    from labkit.cohort.page import report_page
    from labkit.cohort.report import report

    return report_page(report(gather(root)))


def labs(root: Path) -> list[dict[str, Any]]:
    """Return how each available lab stands, in the catalog's order."""
    from labkit.grading.cohort import lab_overview

    return [
        {"name": module.name, "number": module.number, "title": module.title, "due": module.due}
        | lab_overview(root, module.name)
        for module in _available(load_catalog(root))
    ]


def run(job: Job, root: Path) -> None:
    """Run a job's command to its end, keeping what it says."""
    command = [part.format(lab=job.lab) for part in COMMANDS[job.action]]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=root,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            job.lines.append(line.rstrip("\n"))
    job.code = process.returncode


def _available(catalog: Catalog) -> list[Module]:
    return [module for module in catalog.modules if module.available]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "labkit.desk.instructor"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    jobs: list[Job] = []
    place = url_path_join(server.web_app.settings["base_url"], "labkit")
    handlers = [(f"{place}/cohort", CohortHandler, {"jobs": jobs})]
    server.web_app.add_handlers(".*$", [*handlers, (f"{place}/report", ReportHandler)])
    server.web_app.settings["labkit_instructor"] = True
    server.web_app.settings.setdefault("page_config_data", {})["labkitInstructor"] = "true"
