"""Grades a cohort of attackers and honest learners, and tells what each of them got and touched.

`run` works on a course made by `course.py`. It plants canaries, hands in everybody's work, grades
by the commands that it is given, writes the feedback and looks at what is left: grades, texts of
canaries in what learners get back, files that appeared, changed or vanished, connections made,
processes still alive. What is a failure and what is not is for the caller to say.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
import os
import re
import selectors
import shutil
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from attacks.course import BYSTANDERS, command, hand_in_honest_work, plant_canaries
from attacks.submission import ASSIGNMENT, Attack, Place, Submission

SECRETS = (
    "secret-of-the-solution",
    "secret-of-the-hidden-test",
    "secret-of-the-exam-key",
    "secret-of-the-home",
    "secret-of-the-environment",
    "secret-of-the-passwords",
    "secret-of-a-neighbour",
)

ACTIVE = re.compile(
    r"<script[^>]*>\s*document\.title|<[a-z][^>]*\son\w+\s*=|<[a-z][^>]*javascript:|<iframe",
    re.IGNORECASE,
)
"""Script of the corpus in a page; what is escaped does not match."""

WATCHED = ("source", "exams", "release", *(f"submitted/{name}" for name in BYSTANDERS))
"""Folders of the course that nothing writes to; what is not read is moved from an attacker's."""


@dataclass
class Result:
    """What became of one learner.

    Attributes:
        score: points in the gradebook, None if there is no submission in it.
        graded: an autograded notebook that can be read is there.
        feedback: a feedback page is there.
        leaked: secrets in the feedback, or in what the learner's own cells put out.
        active: script in what the learner or the instructor gets to see.
        unexplained: tests without points and without a word why.
    """

    score: float | None = None
    graded: bool = False
    feedback: bool = False
    leaked: list[str] = field(default_factory=list)
    active: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)


@dataclass
class Evidence:
    """What became of a whole cohort.

    Attributes:
        problems: how the commands ended, where they did not end well.
        seconds: that grading took, without the feedback.
        touched: what was touched outside, in words.
        results: by learner.
    """

    problems: list[str]
    seconds: float
    touched: list[str]
    results: dict[str, Result]

    def to_json(self) -> str:
        """Write as JSON, for `from_json`."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Evidence:
        """Read what `to_json` wrote."""
        plain: dict[str, Any] = json.loads(text)
        plain["results"] = {name: Result(**fields) for name, fields in plain["results"].items()}
        return Evidence(**plain)


def run(
    place: Place,
    attacks: Sequence[Attack],
    commands: Sequence[Sequence[str]],
    seconds: float,
    bystanders: Sequence[str] = tuple(BYSTANDERS),
) -> Evidence:
    """Hand in and grade these attacks among honest learners.

    Args:
        place: a course that has been built; its home does not exist yet.
        attacks: to be handed in, each by a learner of its name.
        commands: Python modules with arguments, run one after the other; the first grades.
        seconds: limit for each command.
        bystanders: the honest learners that take part.
    """
    plant_canaries(place)
    hand_in_honest_work(place, bystanders)
    for attack in attacks:
        work = Submission(place.course / "submitted" / attack.name / ASSIGNMENT, place)
        attack.make(work)
        work.save()
    before = _pictures(place)
    with _listening(place) as contacts:
        start = time.monotonic()
        problems = [command(place.course, place.home, seconds, *commands[0])]
        taken = time.monotonic() - start
        problems += [command(place.course, place.home, seconds, *more) for more in commands[1:]]
        time.sleep(max((attack.waits for attack in attacks), default=0))
    touched = sorted({*_changes(before, _pictures(place)), *contacts, *_gradebook_changes(place)})
    names = [*bystanders, *(attack.name for attack in attacks)]
    scores = _scores(place)
    results = {name: _result(place, name, scores.get(name)) for name in names}
    return Evidence([text for text in problems if text], taken, touched, results)


# ---------------------------------------------------------------------------------- outside


def _pictures(place: Place) -> dict[str, str]:
    """Digest, mode or target of everything that grading must leave as it is."""
    found = {}
    roots = [place.course / name for name in WATCHED] + [place.home / ".ssh"]
    for root in roots:
        for folder, folders, names in os.walk(root):
            # Beside each submission grading itself marks that it is graded.
            for name in {*folders, *names} - {f".{ASSIGNMENT}.graded"}:
                path = Path(folder, name)
                found[str(path)] = _picture(path)
    return found


def _picture(path: Path) -> str:
    try:
        about = path.lstat()
    except OSError:
        return "gone"
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    if not path.is_file() or about.st_size > 1 << 28:
        return f"{about.st_mode:o}"
    try:
        return f"{about.st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    except OSError:
        return f"{about.st_mode:o} unreadable"


def _changes(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    for path in before.keys() | after.keys():
        if path not in after:
            yield f"deleted {path}"
        elif path not in before:
            yield f"created {path}"
        elif before[path] != after[path]:
            yield f"changed {path}"


def trophies(place: Place) -> list[str]:
    """Files of the attacks anywhere in the course, in the home and beside the course."""
    roots = {place.course, place.home, place.course.parent, Path.cwd(), Path("/tmp")}
    found: set[str] = set()
    for root in roots:
        with contextlib.suppress(OSError):
            found |= {str(path) for path in root.glob("*trophy*")}
    for root in (place.course, place.home):
        for folder, folders, names in os.walk(root):
            if "/submitted/" not in folder + "/":
                found |= {f"{folder}/{n}" for n in (*folders, *names) if "trophy" in n}
    return sorted(found)


@contextlib.contextmanager
def _listening(place: Place) -> Iterator[set[str]]:
    """Listen where an attack might call; yield what called."""
    contacts: set[str] = set()
    lines = {
        "connected by TCP": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", place.port)),
        "sent a datagram": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", place.port)),
        "connected to an abstract socket": (
            socket.AF_UNIX,
            socket.SOCK_STREAM,
            f"\0labkit-canary-{place.port}",
        ),
        "connected to a socket of the course": (
            socket.AF_UNIX,
            socket.SOCK_STREAM,
            str(place.course / "canary.sock"),
        ),
    }
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as waiting:
        for name, (family, kind, address) in lines.items():
            line = stack.enter_context(socket.socket(family, kind))
            line.bind(address)
            if kind == socket.SOCK_STREAM:
                line.listen()
            waiting.register(line, selectors.EVENT_READ, name)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                for key, _ in waiting.select(0.2):
                    contacts.add(key.data)
                    waiting.unregister(key.fileobj)

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield contacts
        finally:
            over.set()
            thread.join()
            contacts |= {f"left {path}" for path in trophies(place)}


# ---------------------------------------------------------------------------------- gradebook


def _scores(place: Place) -> dict[str, float | None]:
    """Points by learner, penalties taken off; points by hand count before automatic ones."""
    query = """
        SELECT submitted_assignment.student_id,
               MAX(0, SUM(COALESCE(grade.manual_score, grade.auto_score, 0)
                          + COALESCE(grade.extra_credit, 0))
                      - COALESCE(MAX(submitted_notebook.late_submission_penalty), 0))
        FROM grade
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        GROUP BY submitted_assignment.student_id"""
    return dict(_ask(place, query))


def _gradebook_changes(place: Place) -> Iterator[str]:
    """What in the gradebook is not as the assignment says."""
    whole = _ask(place, "PRAGMA integrity_check")
    if [row[0] for row in whole] != ["ok"]:
        yield "the gradebook is damaged"
        return
    if _ask(place, "SELECT 1 FROM grade WHERE manual_score IS NOT NULL OR extra_credit > 0"):
        yield "points by hand in the gradebook"
    if _ask(place, "SELECT 1 FROM grade_cells WHERE max_score NOT IN (1, 2)"):
        yield "other points of cells in the gradebook"
    if len(_ask(place, "SELECT 1 FROM grade_cells")) != 13:
        yield "other cells in the gradebook"


def _ask(place: Place, query: str) -> list[Any]:
    try:
        with contextlib.closing(sqlite3.connect(place.course / "gradebook.db", timeout=5)) as base:
            return base.execute(query).fetchall()
    except sqlite3.Error:
        return []


# ---------------------------------------------------------------------------------- learners


def _result(place: Place, student: str, score: float | None) -> Result:
    result = Result(score=score)
    graded = place.course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    page = place.course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    cells: list[dict[str, Any]] = []
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        notebook = json.loads(graded.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        result.graded = True
    outputs = "".join(json.dumps(cell.get("outputs", ())) for cell in cells if not _is_test(cell))
    text = ""
    with contextlib.suppress(OSError):
        text = page.read_text(encoding="utf-8", errors="replace")
        result.feedback = True
    given = outputs + html.unescape(re.sub("<[^>]*>", "", text))
    own = student in BYSTANDERS
    result.leaked = [
        secret
        for secret in SECRETS
        if (secret in given or secret[::-1] in given) and not (own and secret.endswith("neighbour"))
    ]
    result.active = sorted({match.group()[:60] for match in ACTIVE.finditer(text)})
    result.unexplained = list(_silent_failures(cells))
    return result


def _silent_failures(cells: list[dict[str, Any]]) -> Iterator[str]:
    """Tests whose outputs say nothing though they show no points either."""
    for cell in cells:
        for output in cell["outputs"] if _is_test(cell) else ():
            if output["output_type"] == "error":
                said = " ".join([output["ename"], output["evalue"], *output["traceback"]])
                if len(said.split()) < 2:
                    yield cell["metadata"]["nbgrader"]["grade_id"]


def _is_test(cell: dict[str, Any]) -> bool:
    mark = cell["metadata"].get("nbgrader", {})
    return bool(cell["cell_type"] == "code" and mark.get("grade") and not mark.get("solution"))


def remove(place: Place) -> None:
    """Delete the course, whatever attacks have made of its permissions."""
    for folder, _, _ in os.walk(place.course):
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
    shutil.rmtree(place.course, ignore_errors=True)
