"""The class that the tests of the hub share, step by step as docs/HUB.md tells it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from classroom import ASSIGNMENT, Classroom, new_classroom

ADA_WRITES = {"double": "def double(number):\n    # from ada\n    return number + number"}
GRACE_WRITES = {"double": "def double(number):\n    # from grace\n    return number"}


@pytest.fixture(scope="session")
def room(need_tool: Callable[[str], str], need_sandbox: None) -> Iterator[Classroom]:
    """A hub with an instructor and two learners whose servers run, and a lab that is released."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("the hub's tests make accounts of the system and remove them: only as root")
    for tool in ("configurable-http-proxy", "useradd", "chpasswd", "setpriv", "unshare"):
        need_tool(tool)
    with new_classroom() as found:
        found.log_in("teacher").start_server()
        found.follow("teacher", "A lab goes out")
        learners = [found.log_in("ada"), found.log_in("grace")]
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda learner: learner.start_server(), learners))
        yield found


@pytest.fixture(scope="session")
def handed_in(room: Classroom) -> Classroom:
    """Ada handed in by commands, grace with clicks; ada also made out a folder to grace."""
    write_answers(room, "ada", ADA_WRITES)
    room.follow("ada", "A learner works and hands in")
    grace, what = room.members["grace"], {"course_id": "ml-trends", "assignment_id": ASSIGNMENT}
    assert grace.call("POST", grace.own("/assignments/fetch"), data=what).json()["success"]
    write_answers(room, "grace", GRACE_WRITES)
    assert grace.call("POST", grace.own("/assignments/submit"), data=what).json()["success"]
    room.terminal("ada", "nbgrader", "submit", ASSIGNMENT, f"--student={room.names['grace']}")
    return room


@pytest.fixture(scope="session")
def graded(handed_in: Classroom) -> Classroom:
    """The instructor collected, graded and released feedback; the learners fetched it."""
    work, feedback = handed_in.sections("Grading and feedback")
    handed_in.said = handed_in.run_lines("teacher", work)
    for learner in ("ada", "grace"):
        handed_in.run_lines(learner, feedback)
    return handed_in


def write_answers(room: Classroom, person: str, answers: dict[str, str]) -> None:
    """Write a learner's answers into the own notebook, by its grade ids."""
    path = room.home(person) / "ml-trends" / "labs" / ASSIGNMENT / "double.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    # In place: the file stays the learner's own.
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
