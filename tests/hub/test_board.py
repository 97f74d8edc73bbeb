"""The class's board shows who wants to be shown, to the instructor alone, and forgets who stops.

Here the service is asked with tokens that a stand-in of the hub knows. That the real hub lets in
whom it should, also by a browser's cookie, is tested in test_hub.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from labkit.authoring.catalog import FACTS, FACTS_FORMAT
from labkit.cohort import board
from labkit.desk.board import tell
from labkit.learner import progress
from labkit.learner.shown import shown

HUB = Path(__file__).resolve().parents[2] / "hub"
PREFIX = "/services/class/"
RIGHT = "access:services!service=class"
EVIL = "<script>document.title='owned'</script>"
LAB = "01_sums"
COURSE = {
    "format": FACTS_FORMAT,
    "title": "A course",
    "modules": [
        {"name": LAB, "tasks": [{"name": "add", "title": "1 · Add"},
                                {"name": "carry", "title": "2 · Carry"}]},
        {"name": "02_products", "tasks": []},
    ],
}  # fmt: skip
WHEN = "2026-01-05T10:00:00.000+00:00"
PASSED = {"passed": True, "tries": 2, "when": WHEN}
OPEN = {"passed": False, "tries": 7, "when": "2026-01-05T11:00:00.000+00:00"}
PEOPLE = ("teacher", "ada", "grace", EVIL, "../evil", "..")


class Hub(BaseHTTPRequestHandler):
    """Tells whose a token is: each person's token is the name's place, "t1" for ada."""

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "").partition(" ")[2]
        models = {f"t{place}": person(name) for place, name in enumerate(PEOPLE)}
        models["service"] = person("ada") | {"kind": "service"}
        models["stranger"] = person("mallory") | {"scopes": []}
        self.send_response(200 if token in models else 403)
        self.end_headers()
        self.wfile.write(json.dumps(models.get(token, {})).encode())

    def log_message(self, *words: object) -> None:
        """Say nothing."""


def person(name: str) -> dict[str, Any]:
    return {"name": name, "kind": "user", "groups": [], "scopes": [RIGHT], "session_id": None}


@dataclass
class Service:
    """The running service."""

    address: str
    folder: Path

    def ask(self, token: str, path: str = "", method: str = "GET", **body: Any) -> Any:
        return requests.request(
            method,
            self.address + path,
            headers={"Authorization": f"token {token}"},
            allow_redirects=False,
            timeout=60,
            **body,
        )

    def own(self, token: str) -> Any:
        return self.ask(token, "own").json()


TEACHER, ADA, GRACE, SCRIPT, DOTS, UP = (f"t{place}" for place in range(6))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    root = tmp_path_factory.mktemp("board")
    (root / "share" / "workbook").mkdir(parents=True)
    (root / "share" / "workbook" / FACTS).write_text(json.dumps(COURSE), encoding="utf-8")
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{hub.server_port}/hub/api",
        "JUPYTERHUB_API_TOKEN": "the service's own",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_CLIENT_ID": "service-class",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(["access:services", RIGHT]),
        "JUPYTERHUB_SERVICE_PREFIX": PREFIX,
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}{PREFIX}",
        "LABKIT_HUB_INSTRUCTOR": "teacher",
        "LABKIT_HUB_COURSE": str(root / "course"),
        "LABKIT_HUB_SHARE": str(root / "share"),
    }
    process = subprocess.Popen(
        [sys.executable, str(HUB / "board.py")],
        env=os.environ | variables,
        stderr=subprocess.DEVNULL,
    )
    service = Service(f"http://127.0.0.1:{port}{PREFIX}", root / "course" / "grader" / "board")
    try:
        while True:
            try:
                service.ask(TEACHER)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the service ended by itself"
                time.sleep(0.1)
        yield service
    finally:
        process.terminate()
        process.wait()
        hub.shutdown()
        hub.server_close()


@pytest.fixture
def service(running: Service) -> Service:
    """The service, with nobody shown."""
    for path in running.folder.glob("*"):
        path.unlink()
    return running


def test_nothing_is_kept_of_who_did_not_ask_for_it(service: Service):
    assert service.own(ADA) == {"shown": False, "tasks": {}}
    assert service.ask(ADA, "own", "PUT", json={LAB: {"add": PASSED}}).status_code == 409
    assert "Nothing is shown of you" in service.ask(ADA).text
    assert list(service.folder.glob("*")) == []
    assert "Nobody shows anything" in service.ask(TEACHER).text


def test_who_asked_is_shown_to_the_instructor_and_sees_what_is_shown(service: Service):
    assert service.ask(ADA, "show", "POST").status_code == 303
    assert service.ask(ADA, "own", "PUT", json={LAB: {"add": PASSED, "carry": OPEN}}).ok
    seen = service.ask(TEACHER).text
    assert "One learner shows" in seen and "2 · Carry (7 tries)" in seen
    own = service.ask(ADA).text
    assert "1 · Add" in own and "being tried" in own and "Stop showing" in own


def test_who_stops_is_forgotten(service: Service):
    service.ask(ADA, "show", "POST")
    service.ask(ADA, "own", "PUT", json={LAB: {"add": PASSED}})
    assert service.ask(ADA, "stop", "POST").status_code == 303
    assert list(service.folder.glob("*")) == []
    assert "ada" not in service.ask(TEACHER).text
    assert service.ask(ADA, "own", "PUT", json={LAB: {"add": PASSED}}).status_code == 409


def test_one_learner_cannot_read_anothers(service: Service):
    service.ask(ADA, "show", "POST")
    service.ask(ADA, "own", "PUT", json={LAB: {"carry": OPEN}})
    service.ask(GRACE, "show", "POST")
    assert service.own(GRACE) == {"shown": True, "tasks": {}}
    assert "ada" not in service.ask(GRACE).text and "Carry" not in service.ask(GRACE).text
    for path in ("ada", "own/ada", "own?name=ada", "ada.json", "../class/ada", "?user=ada"):
        answer = service.ask(GRACE, path)
        assert "Carry" not in answer.text and "carry" not in answer.text
    service.ask(GRACE, "stop?name=ada", "POST", data={"name": "ada"})
    assert service.own(ADA)["shown"]


@pytest.mark.parametrize("token", ["", "guess", "service", "stranger"])
@pytest.mark.parametrize("path", ["", "own"])
def test_whom_the_hub_does_not_let_in_gets_nothing(service: Service, token: str, path: str):
    service.ask(ADA, "show", "POST")
    answer = service.ask(token, path)
    assert answer.status_code in (302, 403) and "ada" not in answer.text
    assert service.ask(token, "stop", "POST").status_code == 403
    assert service.own(ADA)["shown"]


def test_an_instructor_is_not_shown(service: Service):
    assert service.ask(TEACHER, "show", "POST").status_code == 403
    assert not service.own(TEACHER)["shown"]


def test_only_the_courses_tasks_and_plain_values_are_kept(service: Service):
    service.ask(ADA, "show", "POST")
    sent = {
        LAB: {"add": PASSED | {"answer": "x = 1", "tries": 10**30}, EVIL: PASSED},
        EVIL: {"add": PASSED},
    }
    assert service.ask(ADA, "own", "PUT", json=sent).ok
    assert service.own(ADA)["tasks"] == {LAB: {"add": PASSED | {"tries": board.MOST}}}
    assert "owned" not in service.ask(TEACHER).text


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b"[" * 50_000,
        b"[]",
        b"3",
        b'{"01_sums": []}',
        b'{"01_sums": {"add": []}}',
        b'{"01_sums": {"add": {"passed": true, "tries": -1, "when": ""}}}',
        b'{"01_sums": {"add": {"passed": 1, "tries": 1, "when": ""}}}',
        b'{"01_sums": {"add": {"passed": true, "tries": 1, "when": "<script>"}}}',
        b'{"01_sums": {"add": {"passed": true, "tries": 1, "when": "0001-01-01"}}}',
        b'{"01_sums": {"add": {"passed": true, "tries": 1, "when": 5}}}',
    ],
)
def test_what_is_no_progress_is_refused_and_breaks_nothing(service: Service, sent: bytes):
    service.ask(ADA, "show", "POST")
    assert service.ask(ADA, "own", "PUT", data=sent).status_code == 400
    assert service.own(ADA) == {"shown": True, "tasks": {}}
    assert service.ask(TEACHER).status_code == 200


def test_what_is_too_large_is_refused(service: Service):
    service.ask(ADA, "show", "POST")
    with suppress(requests.RequestException):  # it may hang up before all is sent
        assert service.ask(ADA, "own", "PUT", data=b" " * 300_000).status_code == 400
    assert service.own(ADA) == {"shown": True, "tasks": {}}


def test_a_hostile_name_stays_text_and_in_its_folder(service: Service):
    for token in (SCRIPT, DOTS, UP):
        service.ask(token, "show", "POST")
        assert service.own(token)["shown"]
        assert "<script>document" not in service.ask(token).text
    seen = service.ask(TEACHER).text
    assert "&lt;script&gt;document.title" in seen and "<script>document" not in seen
    assert len(list(service.folder.glob("*.json"))) == 3
    assert [path.name for path in service.folder.parent.iterdir()] == ["board"]


def test_a_learners_server_tells_only_what_is_wanted(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LABKIT_HOME", str(tmp_path))
    monkeypatch.setenv("LABKIT_BOARD_URL", service.address)
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", ADA)
    progress.record_task(LAB, "add", 0.4, "partial")
    progress.record_hint(LAB, "add", 2)
    assert not asyncio.run(tell())
    service.ask(ADA, "show", "POST")
    assert asyncio.run(tell())
    (entry,) = service.own(ADA)["tasks"][LAB].values()
    assert (entry["passed"], entry["tries"], set(entry)) == (False, 1, {"passed", "tries", "when"})
    assert not asyncio.run(tell()), "nothing is new"
    progress.record_task(LAB, "add", 1.0, "passed")
    assert asyncio.run(tell())
    assert service.own(ADA)["tasks"][LAB]["add"]["passed"]
    service.ask(ADA, "stop", "POST")
    progress.record_task(LAB, "carry", 1.0, "passed")
    assert not asyncio.run(tell())


def test_a_board_that_is_away_stands_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LABKIT_HOME", str(tmp_path))
    monkeypatch.setenv("LABKIT_BOARD_URL", "http://127.0.0.1:9/services/class/")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", ADA)
    assert not asyncio.run(tell())


def test_nothing_but_counts_and_times_leaves_the_progress():
    labs = {
        LAB: {
            "tasks": {"add": {"best": 1.0, "last": 0.2, "tries": 3, "status": "x", "when": WHEN}},
            "quiz": {"q": {"right": False}},
            "hints": {"add": 1},
        },
        "02_products": {"lesson": {"begun": WHEN}},
    }
    assert shown(labs) == {LAB: {"add": {"passed": True, "tries": 3, "when": WHEN}}}


def test_the_task_at_which_most_stand_comes_first():
    records = [
        {"name": name, "since": WHEN, "tasks": {LAB: {"add": PASSED, "carry": OPEN | {"tries": n}}}}
        for n, name in enumerate(("ada", "grace", "mary"))
    ]
    page = board.class_page(records, COURSE, datetime(2026, 1, 5, tzinfo=UTC)).decode()
    assert page.index("2 · Carry") < page.index("1 · Add")
    assert 'data-value="1.0">1</td></tr>' in page, "the median of 0, 1 and 2 tries"
