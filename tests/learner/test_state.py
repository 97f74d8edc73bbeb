"""One vocabulary for how far a learner is in a module."""

from __future__ import annotations

import pytest

from labkit.learner.state import Stage, last_hand_in, stage

TASKS = ["a", "b"]
PASSED = {"tasks": {"a": {"best": 1.0}, "b": {"best": 1.0}}}
HALF = {"tasks": {"a": {"best": 1.0}, "b": {"best": 0.5}}}


def handed_in(how: str, **more: object) -> dict[str, object]:
    return {"submitted": [{"when": "2026-01-07", "receipt": "R", "how": how}], **more}


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        ({}, Stage.NEW),
        ({"lesson": {"begun": "now"}}, Stage.LESSON_BEGUN),
        ({"quiz": {"one": {"right": False}}}, Stage.LESSON_BEGUN),
        ({"lesson": {"begun": "now", "read": "now"}}, Stage.LESSON_READ),
        (HALF, Stage.LAB_BEGUN),
        (PASSED, Stage.PASSED),
        (PASSED | handed_in("zip"), Stage.PACKED),
        (HALF | handed_in("zip", sent={"R": "now"}), Stage.HANDED_IN),
        (HALF | handed_in("exchange"), Stage.HANDED_IN),
        (PASSED | handed_in("exchange"), Stage.DONE),
        (PASSED | handed_in("zip", sent={"R": "now"}), Stage.DONE),
        (PASSED | handed_in("zip", sent={"older": "now"}), Stage.PACKED),
    ],
)
def test_packing_sending_passing_and_being_done_are_told_apart(reached, expected):
    assert stage(reached, TASKS) == expected


def test_where_nobody_handed_in_there_is_no_hand_in():
    assert last_hand_in(PASSED) is None
