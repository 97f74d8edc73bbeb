"""One small graded course for all tests of this room; none of them may change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from labkit.cohort.gather import Cohort, gather
from labkit.exercise.outcome import failed, not_attempted, partial, passed
from labkit.exercise.task import fault_of_the_check
from made_course import EVIL, LAB, LATER, TRAP, Handed, digest, make_course, progress_file, times

TASKS = ("add", "carry")
PASS = passed("Right.")
FAIL = failed("Not right.", on="9 + 9", misconception=TRAP)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook without content. Making one takes seconds, copying it none."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory, empty_gradebook: Path) -> Iterator[Path]:
    learners = {
        "ada": {"first_name": "Ada", "last_name": "L", "email": "ada@example.org"},
        "bob": {"first_name": EVIL, "last_name": "=1+1"},
        "cyd": {},
        "dan": {},
    }
    handed = {
        ("ada", LAB): Handed({"add": PASS, "carry": PASS}, essay=5.0),
        ("ada", LATER): Handed({"add": PASS, "carry": partial(0.5, "Half.")}),
        ("bob", LAB): Handed({"add": PASS, "carry": FAIL}, essay=3.0, late=24.0, penalty=2.0),
        ("cyd", LAB): Handed({"add": FAIL, "carry": FAIL}, essay=0.0),
        ("cyd", LATER): Handed({"add": not_attempted(), "carry": fault_of_the_check(ValueError())}),
    }
    root = make_course(
        tmp_path_factory.mktemp("cohort") / "course", empty_gradebook, TASKS, learners, handed
    )
    progress_file(
        root / "progress",
        "ada",
        {
            LAB: {
                "tasks": {
                    "add": {"best": 1.0, "tries": 3, "history": times(0.0, 0.5, 1.0)},
                    "carry": {"best": 1.0, "tries": 9, "history": times(0.0, 1.0)},
                },
                "hints": {"add": 2},
            }
        },
    )
    (root / "progress" / "bob.json").write_text(
        '{"format": 1, "labs": {"<script>": {"tasks": {"add": {"tries": 9999999999999999999, '
        '"best": 1, "history": [{"score": 1, "when": "never"}]}}, "hints": {"add": -1}}}}',
        encoding="utf-8",
    )
    before = digest(root / "gradebook.db")
    yield root
    assert digest(root / "gradebook.db") == before


@pytest.fixture(scope="session")
def cohort(course: Path) -> Cohort:
    return gather(course, course / "progress")
