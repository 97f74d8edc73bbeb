"""What holds for the exams of every module: plain data, by seed, of the same kind as practice."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from catalogue import AVAILABLE, ROOT
from labkit.authoring.verify import spec
from labkit.exercise import instances

TASKS = [(name, task.name) for name in AVAILABLE for task in spec(name).tasks]


@lru_cache(maxsize=4)
def drawn(name, task, seed):
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


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_an_instance_is_plain_data_and_belongs_to_its_seed(name, task):
    instance = drawn(name, task, 2**200 + 1)
    assert json.loads(json.dumps(instance)) == instance
    drawn.cache_clear()
    assert drawn(name, task, 2**200 + 1) == instance
    assert drawn(name, task, 2) != instance


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_practice_has_the_same_types_as_the_exam(name, task):
    practice = kinds(instances.practice(spec(name).slug)[task])
    exam = kinds(drawn(name, task, 2))
    assert any(known(exam, kind) or known(kind, exam) for kind in practice)


@pytest.mark.parametrize(("name", "task"), TASKS)
def test_every_trap_of_an_exam_has_words(name, task):
    words = spec(name).task(task).traps
    cases = drawn(name, task, 2).get("cases", [])
    if words:  # a module that has its tasks in files of their own
        assert {key for case in cases for key in case.get("traps", {})} <= set(words)
