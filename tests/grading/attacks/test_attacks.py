"""No attack of the corpus gains a point, changes anybody else's grade or touches what is outside.

All attacks and some honest learners are graded in one cohort, as an instructor would; then each
attack is looked at by itself.
"""

from __future__ import annotations

import shutil
import socket
from collections import Counter

import pytest

from attacks import CLASSES, corpus, course
from attacks.cohort import Evidence, Result, remove, run
from attacks.submission import ASSIGNMENT, Attack, Place

CONFIG = """
from labkit.grading.config import apply
apply(c)
c.ExecuteApart.exams = str(root)
c.ExecuteApart.timeout = 2
c.ExecuteApart.limits = {
    "total_seconds": 15, "memory_mb": 600, "disk_mb": 64, "processes": 64
}
"""
COMMANDS = (["labkit.cli", "grade", ASSIGNMENT, "--workers", "2"],)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = tmp_path_factory.mktemp("attacks")
    return Place(root / "course", root / "home", port)


@pytest.fixture(scope="module")
def evidence(place: Place) -> Evidence:
    """The whole cohort, graded once."""
    if shutil.which("bwrap") is None:
        pytest.skip("the program bwrap is not on the PATH, and attacks run in a sandbox only")
    place.course.mkdir()
    course.build(place.course, CONFIG)
    yield run(place, corpus(), COMMANDS, 600)
    remove(place)


def test_the_corpus_covers_every_class():
    sizes = Counter(attack.kind for attack in corpus())
    assert list(sizes) == list(CLASSES)
    assert min(sizes.values()) >= 5
    assert sum(sizes.values()) >= 60
    assert all(attack.tries for attack in corpus())


def test_grading_and_feedback_end_well(evidence: Evidence):
    assert evidence.problems == []


def test_honest_learners_get_what_they_would_get_without_attacks(evidence: Evidence):
    scores = {name: evidence.results[name].score for name in course.BYSTANDERS}
    assert scores == course.BYSTANDERS


def test_nothing_outside_is_touched(evidence: Evidence):
    assert evidence.touched == []


@pytest.mark.parametrize("attack", corpus(), ids=lambda attack: f"{attack.kind}-{attack.name}")
def test_attack_gains_nothing_and_ends_in_an_explained_result(attack: Attack, evidence: Evidence):
    result = evidence.results[attack.name]
    if not attack.graded:
        assert result == Result(score=None)
        return
    assert result.score is not None
    assert result.score <= attack.earned
    if attack.keeps:
        assert result.score == attack.earned
    assert result.leaked == []
    assert result.active == []
    assert result.graded and result.feedback
    assert result.unexplained == []
