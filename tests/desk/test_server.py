"""The home page's server extension, asked over HTTP: who may ask, what it tells and refuses."""

from __future__ import annotations

import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from labkit.authoring.workbook import read_course_facts
from labkit.desk.home import home
from labkit.desk.serve import LEARNER, lab_environment
from labkit.desk.server import find_home
from labkit.learner import progress

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "only-for-this-test"
LAB = "08_rl_supply_chain"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def data(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass
class Server:
    """A running Jupyter server with the learner's settings, and where it keeps progress."""

    url: str
    folder: Path
    own: Path
    process: int

    def ask(
        self, path: str, body: bytes | None = None, token: bool = True, **headers: str
    ) -> Answer:
        """GET, or POST where there is a body."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["Authorization"] = f"token {TOKEN}"
        request = urllib.request.Request(self.url + path, data=body, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, answer.headers, answer.read())


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return read_course_facts(ROOT)


@pytest.fixture(scope="module")
def server(facts: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, own = tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("home")
    (folder / "workbook").mkdir()
    (folder / "workbook" / "HOME.md").write_text("# Home\n")
    (folder / "workbook" / ".labkit-course.json").write_text(json.dumps(facts))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {"JUPYTER_TOKEN": TOKEN, "HOME": own, "LABKIT_HOME": own / "labkit"}
    variables |= {"JUPYTER_CONFIG_DIR": own / "config", "JUPYTER_RUNTIME_DIR": own / "runtime"}
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--ServerApp.root_dir={folder}", f"--ServerApp.port={port}"]
    process = subprocess.Popen(
        [*command, "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"],
        env=lab_environment(LEARNER) | {name: str(value) for name, value in variables.items()},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = Server(f"http://127.0.0.1:{port}", folder, own / "labkit", process.pid)
    try:
        while True:
            try:
                running.ask("/api")
                break
            except OSError:
                assert process.poll() is None, "the server ended by itself"
                time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(autouse=True)
def fresh_progress(server: Server, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let test and server share a progress file, and start each test without one."""
    monkeypatch.setenv("LABKIT_HOME", str(server.own))
    shutil.rmtree(server.own, ignore_errors=True)


def module(data: dict[str, Any], name: str = LAB) -> dict[str, Any]:
    return next(one for one in data["modules"] if one["name"] == name)


@pytest.mark.parametrize(
    ("path", "body"), [("home", None), ("progress", None), ("progress", b"{}")]
)
def test_nobody_gets_in_without_logging_in(server: Server, path: str, body: bytes | None) -> None:
    assert server.ask(f"/labkit/{path}", body, token=False).status == 403


def test_another_site_cannot_restore_with_the_learners_cookie(server: Server) -> None:
    # What a page of another site can make the browser send: the cookie, never the XSRF header.
    page = server.ask(f"/lab?token={TOKEN}", token=False)
    cookies = page.headers.get_all("Set-Cookie") or []
    cookie = "; ".join(text.split(";")[0] for text in cookies)
    assert server.ask("/labkit/home", token=False, Cookie=cookie).status == 200
    answer = server.ask("/labkit/progress", b"{}", token=False, Cookie=cookie)
    assert answer.status == 403


def test_the_page_gets_modules_with_progress_and_the_next_step(server: Server) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    progress.record_task(LAB, "newsvendor", 0.4, "partial")
    data = server.ask("/labkit/home?path=workbook/HOME.md").data
    shown = module(data)
    assert (shown["passed"], shown["tried"], shown["reached"]) == (1, 2, 14)
    assert shown["checked_points"] + shown["essay_points"] == shown["points"]
    assert data["next"]["path"] == shown["lab"]
    assert "Next task: 2 · Size one shelf" in data["next"]["why"]


def test_who_sees_the_page_has_a_kernel_waiting_that_is_not_listed(server: Server) -> None:
    server.ask("/labkit/home")
    kernel, late = None, time.monotonic() + 60
    while kernel is None:
        assert time.monotonic() < late, "no kernel was started"
        time.sleep(0.1)
        for child in psutil.Process(server.process).children():
            if any("ipykernel" in word for word in child.cmdline()):
                kernel = child
    assert server.ask("/api/kernels").data == []
    kernel.kill()  # one that is gone is no hindrance: Jupyter starts it again
    wish = {"path": "a.ipynb", "name": "a", "type": "notebook", "kernel": {"name": "python3"}}
    session = server.ask("/api/sessions", json.dumps(wish).encode()).data
    assert [one["id"] for one in server.ask("/api/kernels").data] == [session["kernel"]["id"]]


def test_the_home_page_is_found_in_a_folder_below(server: Server) -> None:
    data = server.ask("/labkit/home").data
    assert (data["path"], data["folder"]) == ("workbook/HOME.md", "workbook")


def test_a_folder_that_may_not_be_entered_is_passed_over(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "workbook").mkdir()
    (tmp_path / "workbook" / ".labkit-course.json").write_text("{}")
    look = os.stat

    def guarded(path, *arguments, **named):
        if "lost+found" in Path(path).parent.parts:
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return look(path, *arguments, **named)

    monkeypatch.setattr(os, "stat", guarded)
    assert find_home(tmp_path, "") == tmp_path / "workbook" / "HOME.md"


def test_what_is_the_same_is_not_sent_again(server: Server) -> None:
    first = server.ask("/labkit/home")
    again = server.ask("/labkit/home", If_None_Match=first.headers["Etag"])
    assert (again.status, again.body) == (304, b"")
    progress.record_task(LAB, "simulate", 1.0, "passed")
    assert server.ask("/labkit/home", If_None_Match=first.headers["Etag"]).status == 200


@pytest.mark.parametrize("path", ["../../etc/HOME.md", "/../HOME.md", "nowhere/HOME.md"])
def test_where_there_is_no_course_a_sentence_says_so(server: Server, path: str) -> None:
    answer = server.ask(f"/labkit/home?path={path}")
    assert answer.status == 404
    assert "outside the folder" in answer.data["message"] or (
        "holds no course" in answer.data["message"]
    )


def test_a_broken_file_is_told_at_every_look_and_kept(server: Server) -> None:
    path = progress.progress_path()
    path.parent.mkdir()
    path.write_text("{broken")
    for _ in range(2):
        answer = server.ask("/labkit/home")
        assert answer.status == 200
        (notice,) = answer.data["notices"]
        assert (path.parent / notice["id"]).read_text() == "{broken"
    assert not path.exists()


def test_progress_in_a_place_that_cannot_be_read_is_told(server: Server) -> None:
    server.own.write_text("a file where a folder should be")
    try:
        (notice,) = server.ask("/labkit/home").data["notices"]
        assert "cannot be read: Not a directory" in notice["text"]
    finally:
        server.own.unlink()


def test_a_copy_needs_no_room_on_the_disk(server: Server, monkeypatch) -> None:
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    progress.record_task(LAB, "simulate", 1.0, "passed")
    monkeypatch.setattr("tempfile.mkdtemp", full)
    monkeypatch.setattr("tempfile.mkstemp", full)
    copied = progress.copy()
    monkeypatch.undo()
    assert server.ask("/labkit/progress").body.decode() == copied
    assert json.loads(copied)["labs"][LAB]["tasks"]["simulate"]["best"] == 1.0


def test_a_copy_comes_as_a_file_and_goes_back(server: Server) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    copy = server.ask("/labkit/progress")
    assert "attachment" in copy.headers["Content-Disposition"]
    shutil.rmtree(progress.progress_path().parent)
    progress.record_task(LAB, "simulate", 0.2, "failed")
    assert server.ask("/labkit/progress", copy.body).status == 200
    assert progress.load()[LAB]["tasks"]["simulate"]["best"] == 1.0


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}", b'{"format": 1, "labs": 3}', b"null"])
def test_what_is_no_copy_changes_nothing(server: Server, body: bytes) -> None:
    progress.record_task(LAB, "simulate", 1.0, "passed")
    before = progress.progress_path().read_bytes()
    answer = server.ask("/labkit/progress", body)
    assert answer.status == 400
    assert answer.data["message"].startswith("The chosen file is not a progress file")
    assert progress.progress_path().read_bytes() == before


def test_a_huge_file_is_refused(server: Server) -> None:
    answer = server.ask("/labkit/progress", b" " * 2_000_001)
    assert answer.status == 413 and "too large" in answer.data["message"]


def test_tasks_and_points_are_those_of_the_checks(facts: dict[str, Any]) -> None:
    from labkit.checks.rl_supply_chain import SPEC

    told = [(task["name"], task["points"]) for task in module(facts)["tasks"]]
    assert told == [(task.name, task.points) for task in SPEC.tasks]


def test_the_course_itself_has_a_home_page_too(server: Server) -> None:
    assert module(home(ROOT))["lab"] == f"labs/{LAB}/rl_supply_chain.ipynb"


def test_the_server_needs_no_torch() -> None:
    script = "import sys, labkit.desk.server; print({'torch', 'nbgrader'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout.strip() == "set()"


def test_what_a_learner_does_in_a_lesson_is_kept(server: Server) -> None:
    lesson = f"workbook/course/{LAB}/lesson.ipynb"

    def tell(**event: Any) -> int:
        return server.ask("/labkit/events", json.dumps(event).encode()).status

    assert tell(kind="lesson", path=lesson, state="begun") == 200
    assert module(server.ask("/labkit/home").data)["stage"] == "lesson begun"
    assert tell(kind="quiz", lab=LAB, question="lost_sales", right=False) == 200
    assert tell(kind="quiz", lab=LAB, question="lost_sales", right=True) == 200
    assert tell(kind="lesson", path=lesson, state="read") == 200
    shown = module(server.ask("/labkit/home").data)
    assert (shown["stage"], shown["right"], len(shown["questions"])) == ("lesson read", 1, 3)


@pytest.mark.parametrize(
    "event",
    [
        [],
        {"kind": "lesson", "path": "elsewhere/lesson.ipynb", "state": "read"},
        {"kind": "lesson", "path": f"course/{LAB}/lesson.ipynb", "state": "eaten"},
        {"kind": "quiz", "lab": LAB, "question": "no such", "right": True},
        {"kind": "sent", "lab": "99_none", "receipt": "R"},
        {"kind": "task", "lab": LAB},
    ],
)
def test_what_the_course_does_not_know_is_not_kept(server: Server, event: Any) -> None:
    assert server.ask("/labkit/events", json.dumps(event).encode()).status == 400
    assert not progress.progress_path().exists()


def test_the_next_step_leads_through_the_course(server: Server) -> None:
    def step() -> dict[str, str]:
        return home(ROOT)["next"]

    assert step()["action"] == "Begin with the lesson"
    progress.record_lesson(LAB, "begun")
    assert step()["action"] == "Go on with the lesson" and step()["module"] == LAB
    progress.record_lesson(LAB, "read")
    assert step()["action"] == "Begin the lab"
    first, *others = [task["name"] for task in module(home(ROOT))["tasks"]]
    progress.record_task(LAB, first, 1.0, "passed")
    progress.record_submission(LAB, "R1", "exchange", "0" * 64)
    assert step()["action"] == "Continue the lab", "one task of seven is not the end"
    assert "Handed in with 1 of 7 tasks passed" in step()["why"]
    for task in others:
        progress.record_task(LAB, task, 1.0, "passed")
    assert module(home(ROOT))["stage"] == "done"
    progress.record_submission(LAB, "R2", "zip", "0" * 64)
    assert step()["module"] == LAB and "not sent yet" in step()["why"]
    progress.record_sent(LAB, "R2")
    assert step()["action"] == "Go on with the lesson" and step()["module"] != LAB
