"""How an attack is written down: a function that makes a hostile submission of an honest folder.

The docstring says what the attack tries, the module is its class, and `earned` holds the points
that the honest part of the submission deserves. What a run did to the course is told by
`cohort.py`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ASSIGNMENT = "attacked"

ARMED = """\
import os
assert os.readlink("/proc/self/ns/pid") != "@PIDNS@", "not armed outside of a box"
"""
"""First lines of an attack that could harm the machine itself if nothing held it."""


@dataclass(frozen=True)
class Place:
    """Where an attack is let loose: fills the marks `@…@` of its source.

    Attributes:
        course: the folder of the graded course.
        home: the instructor's home folder.
        port: where a canary listens on loopback, by TCP and by UDP.
        pid_namespace: of the machine; what is armed does nothing there.
    """

    course: Path
    home: Path
    port: int
    pid_namespace: str = field(default_factory=lambda: os.readlink("/proc/self/ns/pid"))

    def fill(self, source: str) -> str:
        """Put this place's values in the marks of a source."""
        marks = {
            "@COURSE@": str(self.course),
            "@HOME@": str(self.home),
            "@PORT@": str(self.port),
            "@PIDNS@": self.pid_namespace,
        }
        for mark, value in marks.items():
            source = source.replace(mark, value)
        return source


class Submission:
    """A folder handed in by one learner, written by `save`; it starts as the released notebook.

    Attributes:
        folder: where it is handed in.
        student: who does so.
        path: of the notebook.
        notebook: what will be written, as JSON.
        written: nothing is left to write, because there is no notebook.
    """

    def __init__(self, folder: Path, place: Place) -> None:
        self.folder = folder
        self.student = folder.parent.name
        self.place = place
        self.path = folder / f"{ASSIGNMENT}.ipynb"
        released = place.course / "release" / ASSIGNMENT / self.path.name
        solved = place.course / "source" / ASSIGNMENT / self.path.name
        self.notebook: dict[str, Any] = json.loads(released.read_text(encoding="utf-8"))
        self._solved = {
            _grade_id(cell): "".join(cell["source"])
            for cell in json.loads(solved.read_text(encoding="utf-8"))["cells"]
        }
        self.written = False
        folder.mkdir(parents=True)

    def cell(self, name: str) -> dict[str, Any]:
        """Return the cell of a task, its test (`test_…`) or the set-up, as JSON."""
        return next(cell for cell in self.notebook["cells"] if _grade_id(cell) == name)

    def honest(self, *tasks: str) -> None:
        """Answer these tasks, or all, as the solution does."""
        for name in tasks or self.tasks():
            self.cell(name)["source"] = self._solved[name].replace("secret-of-the-solution", "")

    def answer(self, name: str, source: str) -> None:
        """Replace the text of a cell."""
        self.cell(name)["source"] = self.place.fill(source)

    def answer_all(self, source: str) -> None:
        """Replace the text of every code cell that a learner fills in."""
        for name in self.tasks():
            self.answer(name, source)

    def insert(self, source: str, before: str, kind: str = "code", **metadata: Any) -> None:
        """Put a cell of the learner's own before another one."""
        cell: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "id": "inserted"}
        cell["source"] = self.place.fill(source)
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        self.notebook["cells"].insert(self.notebook["cells"].index(self.cell(before)), cell)

    def tasks(self) -> list[str]:
        """Name the tasks, in the notebook's order."""
        marks = [cell["metadata"].get("nbgrader", {}) for cell in self.notebook["cells"]]
        return [m["grade_id"] for m in marks if m.get("solution") and not m.get("grade")]

    def file(self, name: str, text: str) -> None:
        """Hand in a file beside the notebook."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.place.fill(text), encoding="utf-8")

    def save(self) -> None:
        """Write the notebook, unless the attack has put something else in its place."""
        if not self.written and not os.path.lexists(self.path):
            self.path.write_text(json.dumps(self.notebook), encoding="utf-8")


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: also the learner who hands it in.
        kind: its class, the name of the module.
        tries: one sentence.
        make: turns a submission that is still the released notebook into the hostile one.
        earned: points that the honest part deserves.
        keeps: the honest part must keep its points (an accident more than an attack).
        waits: seconds after which something delayed would have happened.
        graded: there is something to grade; else the run says that there is nothing.
    """

    name: str
    kind: str
    tries: str
    make: Callable[[Submission], None]
    earned: float = 0.0
    keeps: bool = False
    waits: float = 0.0
    graded: bool = True


CORPUS: list[Attack] = []


def attack(
    *, earned: float = 0.0, keeps: bool = False, waits: float = 0.0, graded: bool = True
) -> Callable[[Callable[[Submission], None]], Callable[[Submission], None]]:
    """Register the decorated function as an attack."""

    def register(make: Callable[[Submission], None]) -> Callable[[Submission], None]:
        kind = sys.modules[make.__module__].__name__.rpartition(".")[2]
        name = make.__name__.strip("_").replace("_", "-")
        tries = " ".join((make.__doc__ or "").split())
        CORPUS.append(Attack(name, kind, tries, make, earned, keeps, waits, graded))
        return make

    return register


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
