"""The service that shows the instructor the class's progress, of learners who want that.

JupyterHub starts it as the instructor's account and tells it who asks. The instructor gets
everybody's, a learner the own and nothing else: no address names a learner. What is kept and how
it looks is the work of `labkit.cohort.board`; docs/HUB.md tells what it is for.
"""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import Application, HTTPError, RequestHandler, authenticated

from labkit.cohort import board
from labkit.desk.home import read_facts

# The progress of all fourteen labs has some 15 kB.
LARGEST = 200_000


class Asked(HubOAuthenticated, RequestHandler):
    """What all addresses share: who asks, where records lie, and what the course has."""

    def initialize(self, instructor: str, folder: Path, workbook: Path) -> None:
        """Take what `make_application` knows."""
        self.instructor, self.folder, self.workbook = instructor, folder, workbook

    def set_default_headers(self) -> None:
        """Let no other page frame this one, and no browser keep it."""
        self.set_header("Content-Security-Policy", "frame-ancestors 'none'")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def check_hub_user(self, model):
        """Let people in whom the hub gave the right; another service is nobody."""
        return super().check_hub_user(model) if model["kind"] == "user" else None

    @property
    def who(self) -> str:
        """The name of who asks, as the hub says."""
        return self.current_user["name"]

    def course(self) -> dict:
        """The facts of the released course."""
        return read_facts(self.workbook)


class PageHandler(Asked):
    """`GET /`: the class for the instructor, for a learner what is shown of this one."""

    @authenticated
    def get(self) -> None:
        """Answer with the page of who asks."""
        if self.who == self.instructor:
            now = datetime.now(UTC)
            self.finish(board.class_page(board.everybody(self.folder), self.course(), now))
            return
        record = board.read(self.folder, self.who)
        xsrf = self.xsrf_token.decode("ascii")
        self.finish(board.own_page(record, self.course(), self.who, self.instructor, xsrf))


class ChangeHandler(Asked):
    """`POST /show` begins to show who asks, `POST /stop` ends it and forgets."""

    @authenticated
    def post(self, change: str) -> None:
        """Change it, and lead back to the page."""
        if self.who == self.instructor:
            raise HTTPError(403, "An instructor is not shown.")
        if change == "show":
            board.show(self.folder, self.who, datetime.now(UTC))
        else:
            board.stop(self.folder, self.who)
        self.redirect("./", status=303)


class OwnHandler(Asked):
    """`GET /own`: what is shown of who asks, as JSON; `PUT` tells what is new."""

    @authenticated
    def get(self) -> None:
        """Answer with what is shown."""
        record = board.read(self.folder, self.who)
        self.finish({"shown": record is not None, "tasks": record["tasks"] if record else {}})

    @authenticated
    def put(self) -> None:
        """Keep it, or refuse it where nothing is to be shown."""
        try:
            sent = board.accepted(json.loads(self.request.body), self.course())
        except (ValueError, RecursionError):
            raise HTTPError(400, "This is no progress.") from None
        if not board.keep(self.folder, self.who, sent):
            raise HTTPError(409, "Nothing is to be shown.")
        self.finish({"shown": True})


def make_application(prefix: str, instructor: str, folder: Path, workbook: Path) -> Application:
    """Return the service below `prefix`, for an instructor's name.

    Args:
        folder: where records lie.
        workbook: the released workbook.
    """
    known = {"instructor": instructor, "folder": folder, "workbook": workbook}
    return Application(
        [
            (prefix, PageHandler, known),
            (prefix + "(show|stop)", ChangeHandler, known),
            (prefix + "own", OwnHandler, known),
            (prefix + "oauth_callback", HubOAuthCallbackHandler),
        ],
        cookie_secret=secrets.token_bytes(32),
    )


def main() -> None:
    """Answer the hub until it ends this process."""
    application = make_application(
        os.environ["JUPYTERHUB_SERVICE_PREFIX"],
        os.environ["LABKIT_HUB_INSTRUCTOR"],
        Path(os.environ["LABKIT_HUB_COURSE"], "grader", "board"),
        Path(os.environ["LABKIT_HUB_SHARE"], "workbook"),
    )
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    server = HTTPServer(application, max_body_size=LARGEST)
    server.listen(address.port, address.hostname)
    IOLoop.current().start()


if __name__ == "__main__":
    main()
