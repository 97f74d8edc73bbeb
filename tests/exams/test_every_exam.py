"""What holds for the exams of every module: plain data, by seed, of the same kind as practice."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from catalogue import AVAILABLE, ROOT
from labkit.authoring.verify import spec
from labkit.exercise import instances

TASKS = [(name, task.name) for name in AVAILABLE for task in spec(name).tasks]


@pytest.fixture(scope="module", params=TASKS, ids="-".join)
def asked(request):
    """A lab and a task; all tests of one task follow each other, so that they share a draw."""
    return request.param


@lru_cache(maxsize=1)
def drawn(name, task):
    return draw(name, task, 2)


def draw(name, task, seed):
    return instances.draw(ROOT / "grader", spec(name).slug, task, seed)


def kinds(value):
    """The types in plain data: of a dictionary by key, of a list those of all items together."""
    if isinstance(value, dict) and value and all(key.isdecimal() for key in value):
        # Names that are drawn, such as numbers of clients, differ from instance to instance.
        return {"a number": kinds(list(value.values()))}
    if isinstance(value, dict):
        # Which mistakes show differs from case to case.
        return {
            key: kinds(list(item.values()) if key == "traps" and isinstance(item, dict) else item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        found = [kinds(item) for item in value]
        return [kind for place, kind in enumerate(found) if kind not in found[:place]]
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def known(kind, seen):
    """Whether something seen has all types of `kind`."""
    if isinstance(kind, dict) and isinstance(seen, dict):
        return kind.keys() == seen.keys() and all(known(kind[key], seen[key]) for key in kind)
    if isinstance(kind, list) and isinstance(seen, list):
        # An empty list, such as that of a mistake which allows nothing here, says nothing of types.
        return not seen or all(any(known(one, other) for other in seen) for one in kind)
    return kind == seen


def test_an_instance_is_plain_data_and_belongs_to_its_seed(asked):
    instance = drawn(*asked)
    assert json.loads(json.dumps(instance)) == instance
    assert draw(*asked, 2) == instance
    assert draw(*asked, 2**200 + 1) != instance


def test_practice_has_the_same_types_as_the_exam(asked):
    name, task = asked
    practice = kinds(instances.practice(spec(name).slug)[task])
    exam = kinds(drawn(name, task))
    assert any(known(exam, kind) or known(kind, exam) for kind in practice)


def test_every_trap_of_an_exam_has_words(asked):
    name, task = asked
    words = spec(name).task(task).traps
    cases = drawn(name, task).get("cases", [])
    if words:  # a module that has its tasks in files of their own
        assert {key for case in cases for key in case.get("traps", {})} <= set(words)
