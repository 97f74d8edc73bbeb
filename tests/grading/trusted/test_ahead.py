"""Calls that are made ahead of a test's loop change nothing but the time that they take.

Each case is the same loop in one namespace and across the bridge: same result, same error in the
same line, same calls in the same order.
"""

from __future__ import annotations

import ast
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from labkit.grading.trusted import ahead

LEARNER = """
calls = []
def f(x, y=0):
    calls.append(x)
    if x == 'end' or x == 300:
        raise ValueError('no further')
    return x + 1 if type(x) is int else x
def many(*xs):
    return sum(xs)
state = {'sum': 0}
def add(n):
    state['sum'] += n
    return state['sum']
def told(n, tell=None):
    return hook(n) if tell is None else tell(n)
hook = None
def pairs(n):
    return [n, n] if n % 50 == 49 else n
def says(n):
    print(n)
    return n
def asks(n):
    return sum([n])
class Counter:
    def __init__(self):
        self.n = 0
    def up(self, by=1):
        self.n += by
        return self.n
class Late:
    def __getattr__(self, name):
        raise AttributeError(name)
def kept(thing):
    return thing
def slow(n):
    import time
    time.sleep(0.002)
    return n
def numbers():
    calls.append('again')
    return len(calls)
"""

LOOPS = {
    "a loop of assertions": "for n in range(100):\n    assert f(n) == n + 1",
    "all": "assert all(f(n) == n + 1 for n in range(100))",
    "a list": "assert [f(n) for n in range(60)] == list(range(1, 61))",
    "a set with a condition": "assert {f(n) for n in range(60) if n % 2} == set(range(2, 61, 2))",
    "two variables": "for i, n in enumerate(range(50)):\n    assert f(n) - 1 == i",
    "two loops in one": "assert all(many(a, b) == a + b for a in range(9) for b in range(9))",
    "a loop in a loop": "for a in range(9):\n    for b in range(40):\n"
    "        assert many(a, b) == a + b",
    "arguments from a table": "table = {n: n for n in range(50)}\n"
    "assert [f(table[n]) for n in range(50)] == list(range(1, 51))",
    "in a function": "def check(limit):\n    return all(f(n + limit) > limit for n in range(40))\n"
    "assert check(3)",
    "in a method": "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n"
    "        for n in range(40):\n            self.assertEqual(f(n), n + 1)\nT('test').debug()",
    "in the body of a class": "class T:\n    top = 40\n    good = [f(n) for n in range(top)]\n"
    "assert len(T.good) == 40",
    "a sum that grows": "total = 0\nfor n in range(100):\n    total += add(n)\n"
    "assert total == 166650",
    "without arguments": "for n in range(50):\n    last = numbers()\nassert last == 50",
    "it raises in the middle": "x = 1\nfor n in range(280, 400):\n    x = f(n)\nassert x",
    "an expected error in the middle": "seen = []\ntry:\n    for n in range(280, 400):\n"
    "        seen.append(f(n))\nexcept ValueError:\n    assert seen == list(range(281, 301))\n"
    "else:\n    assert False",
    "it fails in the middle": "for n in range(100):\n    assert 0 < f(n) < 50",
    "an argument fails": "xs = list(range(30))\nfor n in range(40):\n    assert f(xs[n]) == n + 1",
    "texts": "for text in ['a'] * 40 + ['end']:\n    assert f(text) == text",
    "other arguments in between": "for x in [*range(40), (1,), *range(40)]:\n    assert f(x)",
    "lists in between": "got = [pairs(n) for n in range(120)]\nassert got[99] == [99, 99]",
    "an argument that the loop changes": "x = 0\nfor _ in range(60):\n    x = f(x)\nassert x == 60",
    "another name of the learner's": "for n in range(60):\n    assert add(n) == state['sum']",
    "a function that is handed over": "for n in range(60):\n    assert told(n, abs) == n",
    "what is printed": "import io, contextlib\nout = io.StringIO()\n"
    "with contextlib.redirect_stdout(out):\n    for n in range(60):\n        got = says(n)\n"
    "        assert out.getvalue().split()[-1] == str(got)",
    "a built-in that is replaced": "import builtins\nseen, keep = [], builtins.sum\n"
    "builtins.sum = lambda x: seen.append(x) or x[0]\ntry:\n    for n in range(60):\n"
    "        got = asks(n)\n        assert len(seen) == got + 1\nfinally:\n    builtins.sum = keep",
    "objects of the learner's": "things = [Counter() for _ in range(40)]\n"
    "for thing in things:\n    assert kept(thing) is thing",
    "a slow function": "for n in range(120):\n    assert slow(n) == n",
    "a generator that is left": "g = (f(n) for n in range(10 ** 9))\n"
    "assert [next(g) for _ in range(10)] == list(range(1, 11))",
    "a method": "c = Counter()\nfor n in range(60):\n    assert c.up() == n + 1\nassert c.n == 60",
    "a method and an attribute": "c = Counter()\nfor n in range(60):\n    c.up(n)\n"
    "    assert c.n == n * (n + 1) // 2",
    "a method that is not there": "c = Late()\nfor n in range(0):\n    c.up()\n"
    "for n in range(3):\n    c.up()",
    "a list that grows": "queue = [0]\nfor n in queue:\n    if n < 50:\n"
    "        queue.append(f(n))\nassert queue == list(range(51))",
    "two lists": "xs, ys = list(range(50)), []\nfor x in xs:\n    ys.append(f(x))\n"
    "assert ys == list(range(1, 51))",
    "nothing to go over": "for n in range(0):\n    assert f(n) == 7\nassert f(1) == 2",
    "else": "for n in range(40):\n    last = f(n)\nelse:\n    last = -1\nassert last == -1",
}


def _in_one_namespace(source: str) -> tuple[str, str]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(LEARNER, names)
    try:
        exec(compile(source, "<test>", "exec"), names)
    except Exception as problem:
        lines = [
            f.lineno for f in traceback.extract_tb(problem.__traceback__) if f.filename == "<test>"
        ]
        return type(problem).__name__, f"In line {lines[-1]} of this test:"
    return "", ""


@pytest.mark.parametrize("loop", sorted(LOOPS))
def test_a_loop_ends_as_it_does_in_one_process(open_rooms: Callable[..., Any], loop: str) -> None:
    rooms = open_rooms(call_seconds=5)
    rooms.learner(LEARNER)
    answer = rooms.test(LOOPS[loop])
    errors = [out for out in answer["outputs"] if out["output_type"] == "error"]
    found = (errors[0]["ename"], errors[0]["traceback"][0]) if errors else ("", "")
    assert found == _in_one_namespace(LOOPS[loop])
    assert answer["person"] == ""


def test_every_call_of_a_loop_is_made_once_and_in_order(open_rooms: Callable[..., Any]) -> None:
    rooms = open_rooms(call_seconds=5)
    rooms.learner(LEARNER)
    assert rooms.outcome("for n in range(1000, 3000):\n    assert f(n) == n + 1") == ""
    assert rooms.outcome("assert calls == list(range(1000, 3000))") == ""


class _Counting:
    """A bridge that counts its messages."""

    def __init__(self) -> None:
        self.traffic = 0

    def undisturbed(self) -> bool:
        return True

    def call_many(self, function: Any, calls: list[Any]) -> list[Any]:
        self.traffic += 1
        return [lambda call=call: call[0] for call in calls]


def test_a_thousand_calls_take_few_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    bridge = _Counting()

    def function(x: int) -> int:
        bridge.traffic += 1
        return x

    monkeypatch.setattr(ahead, "FunctionHandle", type(function))
    rounds = ahead.Ahead(bridge).rounds(lambda: function, ((n, (n,)) for n in range(1_000)))
    assert [outcome() for _, outcome in rounds] == list(range(1_000))
    assert bridge.traffic < 40


def test_a_loop_in_which_more_happens_takes_one_message_a_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bridge = _Counting()
    monkeypatch.setattr(ahead, "FunctionHandle", type(_taken))
    for _ in ahead.Ahead(bridge).rounds(lambda: _taken, ((n, (n,)) for n in range(100))):
        bridge.traffic += 2
    assert bridge.traffic == 200


def _taken(x: int) -> int:
    return x


@pytest.mark.parametrize(
    "source",
    [
        "for n in xs:\n    if n: assert f(n)",
        "for n in xs:\n    assert n or f(n)",
        "for n in xs:\n    assert f(n) == f(n + 1)",
        "for n in xs:\n    assert f(n) == g",
        "for n in xs:\n    assert f(next(it))",
        "for n in xs:\n    assert f(it.next)",
        "for n in xs:\n    assert f(*n)",
        "for n in xs:\n    assert f(x=n)",
        "for n.x in xs:\n    assert f(1)",
        "assert [f(n) async for n in xs]",
        "assert [n for n in xs if f(n)]",
        "assert [lambda: f(n) for n in xs]",
        "for n in xs:\n    y = 1\n    assert f(y)",
        "for n in xs:\n    assert f(table[n])",
        "for n in xs:\n    xs.append(f(n))",
        "for n in xs:\n    n = 2\n    assert f(n)",
        "for n in xs:\n    assert f(m)",
        "for f in xs:\n    assert f(1)",
        "for n in xs:\n    xs.pop()",
    ],
)
def test_a_loop_that_may_do_more_stays_as_it_is(source: str) -> None:
    rewrite = ahead.Rewrite()
    rewrite.begin({"f", "g"}, {"n", "xs"})
    assert ast.dump(rewrite.visit(ast.parse(source))) == ast.dump(ast.parse(source))
