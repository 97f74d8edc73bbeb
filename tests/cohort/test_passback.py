"""Grades go back by LTI 1.3 once each, whatever is lost on the way, and what is refused is told.

The stand-in of a platform checks what a platform checks: the signature, the claims, that no token
request comes twice, scopes, content types, who is in the course, and the order of times.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from nbgrader.api import Gradebook
from traitlets.config import Config

from labkit.cohort import ags, passback
from labkit.cohort.ags import ITEM, ITEMS, SCOPES, SCORE, AgsError, Platform
from labkit.cohort.passback import LtiPassback
from labkit.credentials import jwt
from made_course import LAB, LATER, digest

PEOPLE = {"ada": "u-1", "bob": "u-2", "cyd": "u-3"}


@dataclass
class State:
    """What the platform has, and what it does wrong next."""

    key: Any = None
    allowed: tuple[str, ...] = SCOPES
    members: set[str] = field(default_factory=lambda: set(PEOPLE.values()))
    items: list[dict[str, Any]] = field(default_factory=list)
    results: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    written: int = 0  # how often a result was made or changed
    tokens: dict[str, set[str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    lost: dict[str, list[Any]] = field(default_factory=dict)


class Handler(BaseHTTPRequestHandler):
    """A platform; `lost` has by kind of request what goes wrong: a status, or "no answer"."""

    state: State

    def do_GET(self) -> None:
        self.answer("list", self.list)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        kinds = {"/token": ("token", self.token), "/items": ("item", self.make)}
        self.answer(*kinds.get(path, ("score", self.score)))

    def answer(self, kind: str, act: Callable[[bytes], tuple[int, Any]]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        trouble = self.state.lost.get(kind) or [None]
        wrong = trouble.pop(0)
        if isinstance(wrong, int):
            status, content = wrong, "<script>later</script>\x1b[31m"
        else:
            status, content = act(body)
        if wrong == "no answer":
            self.close_connection = True
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def token(self, body: bytes) -> tuple[int, Any]:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        signed = form["client_assertion"]
        header, payload, signature, text = jwt.parts_of(signed.encode())
        claims = json.loads(payload)
        fine = (
            form["grant_type"] == "client_credentials"
            and form["client_assertion_type"] == ags.ASSERTION
            and json.loads(header)["alg"] == "RS256"
            and jwt.is_signed(text, signature, self.state.key)
            and claims["iss"] == claims["sub"] == "tool-1"
            and claims["aud"] == f"http://127.0.0.1:{self.server.server_port}/token"
            and claims["iat"] - 5 <= time.time() < claims["exp"]
            and claims["jti"] not in self.state.seen
        )
        if not fine:
            return 400, {"error": "invalid_client"}
        self.state.seen.add(claims["jti"])
        given = [scope for scope in form["scope"].split() if scope in self.state.allowed]
        name = f"token{len(self.state.tokens)}"
        self.state.tokens[name] = set(given)
        return 200, {"access_token": name, "expires_in": 3600, "scope": " ".join(given)}

    def may(self, scope: str) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return scope in self.state.tokens.get(token, ())

    def list(self, body: bytes) -> tuple[int, Any]:
        if not self.may(SCOPES[0]) or self.headers["Accept"] != ITEMS:
            return 401, "who"
        wanted = parse_qs(urlsplit(self.path).query)["resource_id"]
        return 200, [item for item in self.state.items if item["resourceId"] in wanted]

    def make(self, body: bytes) -> tuple[int, Any]:
        if not self.may(SCOPES[0]) or self.headers["Content-Type"] != ITEM:
            return 401, "who"
        item = json.loads(body)
        place = f"http://127.0.0.1:{self.server.server_port}/items/{len(self.state.items)}?type=1"
        self.state.items.append(item | {"id": place})
        return 201, self.state.items[-1]

    def score(self, body: bytes) -> tuple[int, Any]:
        path = urlsplit(self.path)
        if not self.may(SCOPES[1]) or self.headers["Content-Type"] != SCORE:
            return 401, "who"
        if not path.path.endswith("/scores") or path.query != "type=1":
            return 404, "nothing here"
        score = json.loads(body)
        if score["userId"] not in self.state.members:
            return 404, "nobody of that name takes the course"
        item = self.state.items[int(path.path.split("/")[2])]["resourceId"]
        old = self.state.results.get((item, score["userId"]))
        if old and datetime.fromisoformat(old["timestamp"]) >= datetime.fromisoformat(
            score["timestamp"]
        ):
            return 409, "older than what is there"
        self.state.results[item, score["userId"]] = score
        self.state.written += 1
        return 204, None

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.fixture
def state(key: RSAPrivateKey) -> State:
    Handler.state = State(key.public_key())
    return Handler.state


@pytest.fixture
def platform(server: str, key: RSAPrivateKey, state: State) -> Platform:
    return Platform("tool-1", f"{server}/token", f"{server}/items", key, wait=0.001)


@pytest.fixture
def book(course: Path, tmp_path: Path) -> Iterator[Gradebook]:
    path = shutil.copy(course / "gradebook.db", tmp_path / "gradebook.db")
    with Gradebook(f"sqlite:///{path}", "made up") as opened:
        for learner, name in PEOPLE.items():
            opened.update_or_create_student(learner, lms_user_id=name)
        before = digest(Path(path))
        yield opened
    assert digest(Path(path)) == before


@pytest.fixture
def send(
    server: str, key: RSAPrivateKey, state: State, book: Gradebook, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> Callable[..., str]:  # fmt: skip
    """Return a function that gives the course's grades back and returns what was said."""
    monkeypatch.setattr(passback, "read_rsa_key", lambda path: key)
    monkeypatch.setattr(LtiPassback, "wait", 0.001)
    options = {"client_id": "tool-1", "token_url": f"{server}/token"}
    options |= {"lineitems": f"{server}/items", "sent_file": str(tmp_path / "sent.json")}
    options |= {"key_file": str(tmp_path / "lti.pem")}

    def run(fails: bool = False, **more: Any) -> str:
        plugin = LtiPassback(config=Config({"LtiPassback": options | more}))
        if fails:
            with pytest.raises(SystemExit):
                plugin.export(book)
        else:
            plugin.export(book)
        return capsys.readouterr().out

    return run


def points(state: State) -> dict[tuple[str, str], float]:
    return {place: score["scoreGiven"] for place, score in state.results.items()}


EXPECTED = {(LAB, "u-1"): 25.0, (LAB, "u-2"): 11.0, (LAB, "u-3"): 0.0}


def test_what_is_read_arrives_once_and_a_second_run_sends_nothing(
    send: Callable[..., str], state: State
):
    said = send()
    assert points(state) == EXPECTED and "grades accepted: 3, not accepted: 0" in said
    assert f"Left as it is: ada, {LATER}: 5 points wait" in said
    assert [item["resourceId"] for item in state.items] == [LAB]
    assert state.items[0]["scoreMaximum"] == 25
    score = state.results[LAB, "u-1"]
    assert (score["scoreMaximum"], score["gradingProgress"]) == (25.0, "FullyGraded")
    assert "accepted: 0" in send() and state.written == 3


def test_a_dry_run_sends_nothing_and_says_what_would_change(
    send: Callable[..., str], state: State, book: Gradebook
):
    assert f"bob, {LAB}: nothing -> 11" in send(dry_run=True)
    assert not state.tokens and not state.results
    send()
    assert "grades to be sent: 0" in send(dry_run=True)


def test_a_grade_that_changed_is_sent_and_no_other(
    send: Callable[..., str], state: State, tmp_path: Path
):
    send()
    ledger = json.loads((tmp_path / "sent.json").read_text())
    ledger[LAB]["bob"]["accepted"] = 3.0
    (tmp_path / "sent.json").write_text(json.dumps(ledger))
    assert f"bob, {LAB}: 3 -> 11" in send(dry_run=True)
    assert "grades accepted: 1," in send() and state.written == 4


@pytest.mark.parametrize("kind", ["token", "list", "item", "score"])
@pytest.mark.parametrize("wrong", [503, "no answer"])
def test_what_is_lost_on_the_way_is_sent_again_and_counts_once(
    send: Callable[..., str], state: State, kind: str, wrong: Any
):
    state.lost[kind] = [wrong, wrong]
    said = send()
    assert points(state) == EXPECTED, said
    assert len(state.items) == 1 and state.written == 3


def test_after_a_platform_that_fell_silent_the_next_run_sends_the_same_score(
    send: Callable[..., str], state: State
):
    state.lost["score"] = ["no answer"] * ags.TRIES
    said = send(fails=True)
    assert f"Not accepted: ada, {LAB}: no answer" in said and "accepted: 2, not accepted: 1" in said
    first = dict(state.results)
    assert "accepted: 1, not accepted: 0" in send()
    assert state.results == first and state.written == 3


def test_a_token_that_ran_out_is_asked_for_anew(send: Callable[..., str], state: State):
    state.lost["score"] = [None, 401]
    send()
    assert points(state) == EXPECTED and len(state.tokens) == 2


def test_who_is_not_in_the_course_is_named_and_costs_nobody_else(
    send: Callable[..., str], state: State
):
    state.members.discard("u-2")
    said = send(fails=True)
    assert f"Not accepted: bob, {LAB}: 404" in said and "nobody of that name" in said
    assert points(state) == {place: one for place, one in EXPECTED.items() if place[1] != "u-2"}
    state.members.add("u-2")
    send()
    assert points(state) == EXPECTED and state.written == 3


@pytest.mark.parametrize("allowed", [(), SCOPES[:1], SCOPES[1:]])
def test_a_scope_that_the_platform_does_not_give_is_named(
    send: Callable[..., str], state: State, allowed: tuple[str, ...]
):
    state.allowed = allowed
    said = send(fails=True)
    assert "The platform does not allow https://purl.imsglobal.org/spec/lti-ags" in said
    assert not state.results


def test_another_key_is_refused(send: Callable[..., str], state: State):
    state.key = generate_private_key(65537, 2048).public_key()
    assert "invalid_client" in send(fails=True) and not state.tokens


def test_what_a_platform_says_cannot_act_on_a_terminal(send: Callable[..., str], state: State):
    state.lost["score"] = [422]
    said = send(fails=True)
    assert "422" in said and "\x1b" not in said


def test_a_token_goes_nowhere_else(platform: Platform, state: State):
    state.lost["list"] = [302]
    with pytest.raises(AgsError, match="302"):
        platform.line_item(LAB, LAB, 1.0)
    platform.lineitems = "http://example.org/items"
    with pytest.raises(AgsError, match="no address of https"):
        platform.line_item(LAB, LAB, 1.0)


def test_a_later_score_has_a_later_time_even_if_the_clock_was_reset():
    last = "2999-01-01T00:00:00.000+00:00"
    assert passback._after(last) == "2999-01-01T00:00:00.001+00:00"


def test_what_is_not_set_is_named(book: Gradebook, caplog: pytest.LogCaptureFixture):
    with pytest.raises(SystemExit):
        LtiPassback().export(book)
    assert "c.LtiPassback.client_id is not set" in caplog.text
