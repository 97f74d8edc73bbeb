"""A JupyterLab of one's own for a browser test, and a watch on what its pages do.

A server has its own home, configuration, workspaces and progress, all below one folder, and is
ended with its kernels.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from labkit.desk.serve import LEARNER, lab_command, lab_environment

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "only-for-this-test"
# What two shared cores may take to answer; a condition is waited for, never a time.
PATIENCE = 120_000


@dataclass
class LabServer:
    """A running JupyterLab.

    Attributes
    ----------
    url
        Its address, like http://127.0.0.1:40001.
    folder
        The folder it serves.
    home
        The user's home; progress lies in `labkit_home`.
    """

    url: str
    folder: Path
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def labkit_home(self) -> Path:
        """Where progress is kept."""
        return self.home / "labkit"

    def address(self, path: str = "/lab/tree/HOME.md") -> str:
        """Give the address of a page, with the token that logs in."""
        return f"{self.url}{path}?token={TOKEN}"


@dataclass
class Watch:
    """What went wrong on a page; a test may take out what it expects.

    Messages on the console that begin with one of `expected` are not noted.
    """

    allowed: str
    expected: tuple[str, ...] = ()
    console: list[str] = field(default_factory=list)
    http: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Note all trouble of a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("response", self._response)
        page.on("request", self._request)

    def clear(self) -> None:
        """Forget all, where the trouble was wanted."""
        for found in (self.console, self.http, self.foreign):
            found.clear()

    def verdict(self) -> str:
        """All trouble in words; empty if there was none."""
        return "\n".join(
            f"{kind}: {text}"
            for kind, found in (
                ("console", self.console),
                ("HTTP", self.http),
                ("another host", self.foreign),
            )
            for text in found
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(self.expected):
            self.console.append(f"{message.text} ({message.location.get('url', '')})")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.http.append(f"{response.status} {response.url}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.allowed, "data:", "blob:")):
            self.foreign.append(request.url)


@contextmanager
def running_lab(
    folder: Path,
    home: Path,
    profile: Path = LEARNER,
    command: list[str] | None = None,
    **variables: str,
) -> Iterator[LabServer]:
    """Run JupyterLab on `folder` with everything of the user's own below `home`.

    A command of one's own is run in `folder`, in the plain environment, and gets a port added.
    """
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
        "LABKIT_HOME": home / "labkit",
        "LABKIT_LEARNER": "ada",
        "JUPYTER_TOKEN": TOKEN,
    }
    environment = dict(os.environ) if command else lab_environment(profile)
    environment |= {name: str(value) for name, value in own.items()}
    with open(home / "jupyterlab.log", "wb") as log:
        process = subprocess.Popen(
            [*command, f"--port={port}"]
            if command
            # Lets a test call JupyterLab's own commands, for example to change the theme.
            else [*lab_command(folder, port, False), "--LabApp.expose_app_in_browser=True"],
            env=environment | variables,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = LabServer(f"http://127.0.0.1:{port}", folder, home, process)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            # JupyterLab ends its kernels when it is asked to end.
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(server: LabServer) -> None:
    deadline = time.monotonic() + 2 * PATIENCE / 1000
    while True:
        try:
            with urllib.request.urlopen(f"{server.url}/api", timeout=5) as answer:
                json.load(answer)
                return
        except (urllib.error.URLError, OSError):
            ended = server.process.poll() is not None
            if ended or time.monotonic() > deadline:
                log = (server.home / "jupyterlab.log").read_text(errors="replace")
                pytest.fail(f"JupyterLab did not start:\n{log[-3000:]}")
            time.sleep(0.1)


def use_theme(page: Page, name: str) -> None:
    """Change JupyterLab's theme, "light" or "dark", and wait until it is there."""
    theme = f"JupyterLab {name.capitalize()}"
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    page.wait_for_function(
        "light => document.body.dataset.jpThemeLight === light",
        arg="true" if name == "light" else "false",
    )
