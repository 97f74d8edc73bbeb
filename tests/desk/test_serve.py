"""The learner's JupyterLab, started for real on this computer and asked for its settings."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_core.paths import jupyter_config_path
from jupyter_server.extension.config import ExtensionConfigManager

from labkit.desk.exchange import exchange_configured
from labkit.desk.serve import EXCHANGE, INSTRUCTOR, LEARNER, lab_command, lab_environment

TOKEN = "for-this-test"


class Server:
    """A running JupyterLab."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> tuple[str, str]:
        """Return the address reached, after redirections, and the page's text."""
        request = urllib.request.Request(
            self.address + path, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.url.removeprefix(self.address), answer.read().decode()

    def setting(self, plugin: str) -> dict[str, Any]:
        """Return the default values that JupyterLab gives the properties of a plugin."""
        properties = json.loads(self.get(f"/lab/api/settings/{plugin}")[1])["schema"]["properties"]
        return {name: value.get("default") for name, value in properties.items()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workbook")
    (folder / "HOME.md").write_text("# Home\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = str(tmp_path_factory.mktemp("home"))
    variables = {"JUPYTER_TOKEN": TOKEN, "HOME": home, "JUPYTER_CONFIG_DIR": home}
    process = subprocess.Popen(
        lab_command(folder, port, open_browser=False),
        env=lab_environment() | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = Server(port)
    try:
        while True:
            try:
                running.get("/api/status")
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, "JupyterLab ended by itself"
                time.sleep(0.2)
        yield running
    finally:
        process.terminate()
        process.wait()


def test_jupyterlab_opens_on_the_home_page(server: Server) -> None:
    assert server.get("/")[0].startswith("/lab/tree/HOME.md")


def test_no_dialog_asks_for_news_before_the_first_use(server: Server) -> None:
    assert server.setting("@jupyterlab/apputils-extension:notification")["fetchNews"] == "false"


def test_the_home_page_is_shown_as_a_page_not_as_markdown(server: Server) -> None:
    viewers = server.setting("@jupyterlab/docmanager-extension:plugin")["defaultViewers"]
    assert viewers == {"labkit-home": "Course home", "markdown": "Markdown Preview"}


def test_learners_do_not_meet_the_instructors_menus(server: Server) -> None:
    page = server.get("/lab")[1]
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    disabled = json.loads(found.group(1))["disabledExtensions"]
    assert "@jupyter/nbgrader:formgrader" in disabled
    assert "@jupyter/nbgrader:create-assignment" in disabled


def test_an_instructor_gets_settings_of_their_own() -> None:
    assert lab_environment(INSTRUCTOR)["JUPYTER_CONFIG_PATH"].startswith(str(INSTRUCTOR))


def test_an_exchange_adds_the_assignment_list_and_nothing_else() -> None:
    hidden = [
        json.loads((folder / "labconfig" / "page_config.json").read_text())["disabledExtensions"]
        for folder in (LEARNER, EXCHANGE)
    ]
    merged = hidden[0] | hidden[1]
    assert not merged["@jupyter/nbgrader:assignment-list"]
    assert merged["@jupyter/nbgrader:formgrader"] and merged["@jupyter/nbgrader:course-list"]
    path = lab_environment(EXCHANGE, LEARNER)["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert path[:2] == [str(EXCHANGE), str(LEARNER)]


def test_the_server_of_the_assignment_list_is_loaded_with_an_exchange_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for profiles, loaded in (((LEARNER,), False), ((EXCHANGE, LEARNER), True)):
        found = lab_environment(*profiles)["JUPYTER_CONFIG_PATH"]
        with monkeypatch.context() as patch:
            patch.setenv("JUPYTER_CONFIG_PATH", found)
            manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
        extensions = manager.get_jpserver_extensions()
        assert extensions["nbgrader.server_extensions.assignment_list"] is loaded
        assert extensions["labkit.desk.server"]


def test_an_exchange_is_one_that_is_named_and_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "none"))
    assert not exchange_configured(tmp_path)
    root = tmp_path / "exchange"
    (tmp_path / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'ml'\nc.Exchange.root = {str(root)!r}\n"
    )
    assert not exchange_configured(tmp_path)
    root.mkdir()
    assert exchange_configured(tmp_path)


def test_only_this_computer_is_served(tmp_path: Path) -> None:
    assert "--ServerApp.ip=127.0.0.1" in lab_command(tmp_path, 0, open_browser=True)


def test_a_wished_port_is_taken_or_refused_never_exchanged(tmp_path: Path) -> None:
    command = lab_command(tmp_path, 9999, open_browser=True)
    assert "--ServerApp.port=9999" in command and "--ServerApp.port_retries=0" in command


def test_a_jupyter_configuration_of_ones_own_stays_in_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    path = lab_environment()["JUPYTER_CONFIG_PATH"]
    assert path.startswith(str(LEARNER)) and path.endswith("mine")
