"""What is no answer at all: every check of every lab ends in a clear outcome."""

from __future__ import annotations

import functools
import itertools
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from labkit.authoring.verify import spec
from labkit.exercise import guard
from labkit.exercise.instances import practice
from labkit.exercise.outcome import Outcome, Status
from labkit.exercise.task import Instance, judge

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted({path.parent.name for path in (ROOT / "tests" / "labs").glob("*/*.py")})
TASKS = [(lab, task.name) for lab in LABS for task in spec(lab).tasks]


class _Lazy:
    """Claims to be an array, and to be whatever it is compared with."""

    shape = (8,)

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise AssertionError("a judge must not ask a lazy object to compute")

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def _raise(*_: object) -> None:
    raise ValueError("wrong on purpose")


def _sleep(*_: object) -> None:
    time.sleep(60)


def _spin(*_: object) -> None:
    for _number in itertools.count():
        pass


BAD = {
    "raises": (_raise, "ValueError: wrong on purpose"),
    "sleeps": (_sleep, "did not return within"),
    "spins": (_spin, "did not return within"),
    "takes nine arguments": (lambda a, b, c, d, e, f, g, h, i: 0, "TypeError"),
    "is a number": (7.0, "not a function"),
    "is a text": ("answer", "not a function"),
}
NUMBERS = {
    "lazy": _Lazy(),
    "text": "12",
    "NaN": float("nan"),
    "wrong shape": np.zeros((3, 1, 2)),
    "complex": np.array(1j),
    "dictionary": {"quantity": 3},
    "a tensor with nothing in it": torch.zeros(0),
    "an endless list": itertools.count(),
}


@functools.cache
def _instances(lab: str) -> dict[str, list[Instance]]:
    return practice(lab.partition("_")[2])


def _judged(lab: str, task: str, answer: object) -> Outcome:
    return judge(spec(lab).task(task), answer, _instances(lab)[task][0])


class _ShortClock(guard._Clock):
    """What would take minutes to be stopped is stopped at once."""

    def __init__(self, seconds: float) -> None:
        super().__init__(min(seconds, 0.1))


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_Clock", _ShortClock)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_what_is_no_answer_is_told_so(lab, task, bad, monkeypatch):
    answer, words = BAD[bad]
    if bad == "sleeps":  # it never computes, so there is no reason to be patient with it
        monkeypatch.setattr(guard, "PATIENCE", 1)
    outcome = _judged(lab, task, answer)
    assert outcome.score == 0.0
    assert words in outcome.message


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_what_holds_no_usable_numbers_is_told_so(lab, task, value):
    outcome = _judged(lab, task, lambda *_: NUMBERS[value])
    # Nothing at all is a set of names that holds none; there it is a wrong answer.
    empty = value == "a tensor with nothing in it" and outcome.status is Status.FAILED
    assert outcome.status is Status.ERROR or empty
    assert outcome.message


@pytest.mark.parametrize("value", NUMBERS)
@pytest.mark.parametrize("task", ["backprop"])
def test_a_learned_function_that_returns_no_usable_numbers_is_told_so(task, value):
    outcome = _judged("08_rl_supply_chain", task, lambda *_: lambda *_: NUMBERS[value])
    assert outcome.status is Status.ERROR
    assert outcome.message


@pytest.mark.parametrize("value", [*NUMBERS, "nothing"])
@pytest.mark.parametrize(
    ("task", "parts"), [("adjustment", 2), ("aipw", 4), ("lalonde", 2), ("budget", 3)]
)
def test_a_tuple_with_a_part_that_is_no_usable_number_is_told_so(task, parts, value):
    part = None if value == "nothing" else NUMBERS[value]
    outcome = _judged("09_causal_uplift", task, lambda *_: (part,) * parts)
    assert outcome.status is Status.ERROR
    assert outcome.message


@pytest.mark.parametrize(("lab", "task"), TASKS)
def test_nothing_is_not_attempted(lab, task):
    for answer in (None, ..., lambda *_: None):
        outcome = _judged(lab, task, answer)
        assert outcome.score == 0.0
        assert outcome.status in (Status.NOT_ATTEMPTED, Status.ERROR)
