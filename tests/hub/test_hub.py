"""On a small hub two learners fetch, hand in and get feedback, and neither sees the other's."""

from __future__ import annotations

import csv
import os
import re
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from classroom import ASSIGNMENT, COURSE_ID, Classroom
from member import LoginRefusedError, Member

FORMGRADER = "@jupyter/nbgrader:formgrader"
ASSIGNMENT_LIST = "@jupyter/nbgrader:assignment-list"
TRIES = """
from labkit.learner.progress import record_task
for _ in range({tries}):
    record_task("01_double", "double", 0.5, "partial")
"""
NAMES = """
import getpass, os
os.environ["JUPYTERHUB_USER"] = "{claimed}"
from nbgrader.utils import get_username
print(get_username(), os.getuid() != 0, os.getcwd())
"""


def test_the_systems_password_is_asked_for(room: Classroom):
    with pytest.raises(LoginRefusedError):
        room.log_in("ada", "a guess")


def test_an_account_outside_the_group_is_not_let_in(room: Classroom):
    with pytest.raises(LoginRefusedError):
        room.log_in("mallory")


def test_a_learners_server_opens_the_home_page_without_the_instructors_tools(room: Classroom):
    ada = room.members["ada"]
    assert ada.call("GET", ada.own("/")).url.endswith("/lab/tree/HOME.md")
    assert ada.call("GET", ada.own("/api/contents/HOME.md")).status_code == 200
    home = ada.call("GET", ada.own("/labkit/home")).json()
    assert home["modules"][0]["name"] == ASSIGNMENT and home["board"] == "/services/class/"
    hidden = ada.page_config()["disabledExtensions"]
    assert FORMGRADER in hidden and ASSIGNMENT_LIST not in hidden


def test_the_instructors_server_opens_the_course_with_formgrader(room: Classroom):
    teacher = room.members["teacher"]
    assert FORMGRADER not in teacher.page_config()["disabledExtensions"]
    assert teacher.call("GET", teacher.own("/formgrader")).status_code == 200
    assert teacher.call("GET", teacher.own(f"/api/contents/labs/{ASSIGNMENT}")).status_code == 200
    assert teacher.call("GET", teacher.own("/labkit/home")).status_code == 200


def test_a_kernel_answers_through_the_proxy_and_its_learners_name_cannot_be_chosen(room: Classroom):
    code = NAMES.format(claimed=room.names["grace"])
    assert room.members["ada"].compute(code).split()[:2] == [room.names["ada"], "True"]


def test_variants_and_grades_go_by_the_same_name(room: Classroom):
    code = "from labkit.learner.identity import learner_id; print(learner_id())"
    assert room.members["ada"].compute(code).strip() == room.names["ada"]


def test_submissions_carry_the_names_of_the_accounts(handed_in: Classroom):
    found = {}
    for folder in (handed_in.share / "exchange" / COURSE_ID / "inbound").iterdir():
        found.setdefault(folder.name.partition("+")[0], set()).add(folder.owner())
    ada, grace = handed_in.names["ada"], handed_in.names["grace"]
    assert found == {ada: {ada}, grace: {grace, ada}}  # ada's forgery is there, to be refused


def test_each_is_graded_by_the_own_work_and_a_forged_one_is_passed_over(graded: Classroom):
    ada, grace = graded.names["ada"], graded.names["grace"]
    assert f"it is made out to {grace}, but {ada} made it" in graded.said
    with Gradebook(f"sqlite:///{graded.course / 'grader' / 'gradebook.db'}") as book:
        scores = {
            entry.student_id: entry.score for entry in book.assignment_submissions(ASSIGNMENT)
        }
    assert scores == {ada: 4.0, grace: 0.0}
    with (graded.course / "grader" / "receipts.csv").open(newline="") as receipts:
        assert sorted(row["student"] for row in csv.DictReader(receipts)) == sorted([ada, grace])


def test_each_gets_the_own_feedback(graded: Classroom):
    for person in ("ada", "grace"):
        (page,) = feedback_of(graded, person)
        other = {"ada": "grace", "grace": "ada"}[person]
        text = page.read_text("utf-8")
        assert f"# from {person}" in text and f"# from {other}" not in text


def test_asking_for_anothers_feedback_brings_none(graded: Classroom):
    name = graded.names["grace"]
    graded.terminal("ada", "nbgrader", "fetch_feedback", ASSIGNMENT, f"--student={name}")
    assert all("# from grace" not in page.read_text("utf-8") for page in feedback_of(graded, "ada"))


def test_feedback_lies_under_names_that_nobody_can_guess_or_list(graded: Classroom):
    folder = graded.share / "exchange" / COURSE_ID / "feedback"
    assert all(re.fullmatch(r"[0-9a-f]{32}\.html", page.name) for page in folder.iterdir())
    refused(graded, "grace", "ls", str(folder))


def test_a_learner_can_neither_list_nor_move_what_was_handed_in(handed_in: Classroom):
    inbound = handed_in.share / "exchange" / COURSE_ID / "inbound"
    refused(handed_in, "grace", "ls", str(inbound))
    whose = next(
        name for name in handed_in.submissions() if name.startswith(handed_in.names["ada"])
    )
    guess = inbound / whose.rpartition("+")[0]
    refused(handed_in, "grace", "ls", str(guess))
    # Even one who knows the name takes nothing away.
    refused(handed_in, "grace", "mv", str(inbound / whose), str(inbound / "elsewhere"))
    assert (inbound / whose).is_dir()


@pytest.mark.parametrize("person", ["ada", "grace"])
def test_homes_and_the_course_are_closed_to_learners(room: Classroom, person: str):
    other = {"ada": "grace", "grace": "ada"}[person]
    for closed in (room.home(other), room.home("teacher"), room.course / "grader"):
        refused(room, person, "ls", str(closed))
    refused(room, person, "cat", str(room.course / "grader" / "gradebook.db"))
    refused(room, person, "cat", str(room.folder / "state" / "jupyterhub.sqlite"))


def test_the_keys_of_anothers_server_cannot_be_read(room: Classroom):
    refused(room, "grace", "cat", f"/proc/{room.server_of('ada').pid}/environ")


@pytest.mark.parametrize("person", ["grace", "teacher"])
def test_nobody_opens_anothers_server(room: Classroom, person: str):
    ada, stranger = room.members["ada"], room.members[person]
    path = ada.own("/api/contents/HOME.md")
    headers = {"Authorization": f"token {stranger.token}"}
    through = ada.fresh().get(ada.address + path, headers=headers, timeout=60)
    assert through.status_code == 403
    # Not even past the proxy.
    ports = [one.laddr.port for one in room.server_of("ada").net_connections() if not one.raddr]
    answers = [
        ada.fresh().get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60).status_code
        for port in ports
        if room.answers_http(port)
    ]
    assert answers and set(answers) == {403}


def test_the_instructor_sees_who_is_there(room: Classroom):
    seen = room.members["teacher"].call("GET", "/hub/api/users").json()
    assert {room.names["ada"], room.names["grace"]} <= {user["name"] for user in seen}
    assert room.members["ada"].call("GET", "/hub/api/users").status_code == 403


def test_the_class_shows_who_wants_that_and_nobody_elses_to_a_learner(room: Classroom):
    board = "/services/class/"
    ada, grace, teacher = (room.members[who] for who in ("ada", "grace", "teacher"))
    for member in (ada, grace):
        assert "Nothing is shown of you" in member.call("GET", board).text
    for who, tries in (("ada", 3), ("grace", 5)):
        room.terminal(who, "python", "-c", TRIES.format(tries=tries))
    refused_form = ada.call("POST", f"{board}show", data={"_xsrf": "a guess"})
    assert refused_form.status_code == 403
    ada.call("POST", f"{board}show", data={"_xsrf": form_of(ada, board)}).raise_for_status()
    deadline = time.monotonic() + 60
    while "(3 tries)" not in teacher.call("GET", board).text:
        assert time.monotonic() < deadline, "ada's server told the board nothing"
        time.sleep(0.5)
    seen = teacher.call("GET", board).text
    assert room.names["ada"] in seen and room.names["grace"] not in seen
    assert room.names["ada"] not in grace.call("GET", board).text
    through = {"headers": {"Authorization": f"token {grace.token}"}, "timeout": 60}
    own = grace.fresh().get(f"{grace.address}{board}own", **through)
    assert own.json() == {"shown": False, "tasks": {}}
    (record,) = (room.course / "grader" / "board").iterdir()
    assert record.owner() == room.names["teacher"] and record.stat().st_mode & 0o77 == 0
    ada.call("POST", f"{board}stop", data={"_xsrf": form_of(ada, board)}).raise_for_status()
    assert "Nobody shows anything" in teacher.call("GET", board).text
    assert not record.exists()


def form_of(member: Member, path: str) -> str:
    """What the page's form sends along."""
    return re.findall(r'name="_xsrf" value="([^"]+)"', member.call("GET", path).text)[0]


def feedback_of(room: Classroom, person: str) -> list[Path]:
    """The pages of feedback in somebody's workbook."""
    folder = room.home(person) / "ml-trends" / "labs" / ASSIGNMENT / "feedback"
    return sorted(folder.rglob("*.html"))


def refused(room: Classroom, person: str, *command: str) -> None:
    """Assert that the system does not let somebody do this."""
    done = room.terminal(person, *command, fine=False)
    assert done.returncode != 0
    said = (os.strerror(13), os.strerror(1), os.strerror(2))
    assert any(reason in done.stderr for reason in said), done.stderr
