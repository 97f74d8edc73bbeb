"""No attack of the corpus gains a point, changes anybody else's grade or touches what is outside.

All attacks and some honest learners are graded in one cohort, as an instructor would; then each
attack is looked at by itself.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from attacks import CLASSES, corpus, course, ours
from attacks.cohort import Evidence, Result, remove
from attacks.submission import Attack
from labkit.grading.sandbox.protection import UnprotectedError, require_protection


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """The whole cohort, graded once."""
    try:
        require_protection()
    except UnprotectedError as problem:
        if os.environ.get("LABKIT_REQUIRE_TOOLS"):
            pytest.fail(str(problem))
        pytest.skip(str(problem))
    place = ours.make_place(tmp_path_factory.mktemp("attacks"))
    yield ours.grade(place, corpus())
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
