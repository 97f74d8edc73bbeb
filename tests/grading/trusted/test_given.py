"""What learner code can do with the objects and functions that a test hands to it, and what not."""

from __future__ import annotations

import pytest

FAKE = (
    "class Fake:\n    rate = 2\n    def __init__(self): self._key = 'k'; self.seen = []\n"
    "    def note(self, x): self.seen.append(x); return len(self.seen)\n"
    "    def __len__(self): return 7\n    def __getitem__(self, i): return i * 10\n"
    "    def __enter__(self): self.seen.append('in'); return self\n"
    "    def __exit__(self, *a): self.seen.append('out')\n"
    "fake = Fake()\n"
)


def test_a_fake_of_the_test_is_used_where_it_lives(rooms) -> None:
    rooms.learner(
        "def use(f):\n    with f:\n        f.note(f.rate + f[3] + len(f))\n    f.rate = 5\n"
        "    return f"
    )
    test = FAKE + "assert use(fake) is fake\nassert fake.seen == ['in', 39, 'out'], fake.seen\n"
    assert rooms.outcome(test + "assert fake.rate == 5") == ""


@pytest.mark.parametrize(
    "reach",
    [
        "f._key",
        "f.__class__.__init__.__globals__",
        "f.__dict__",
        "f.note.__globals__",
        "f.note.__self__",
        "f.note.__func__",
        "f.note(f.note)",
        "setattr(f, 'note', print)",
        "setattr(f, '_key', 1)",
        "setattr(f, '__class__', int)",
        "f._server.ask(f._number, ('_key',), {}, 'get attribute')",
        "f._server.ask(f._number, ('__class__',), {}, 'get attribute')",
        "f._server.ask(f._number, (), {}, 'set item')",
        "f._server.ask(f._number + 1, ('seen',), {}, 'get attribute')",
        "f._server.ask(f._number, ('seen', 3), {}, 'delete attribute')",
        "f._server.ask('x', (), {}, 'call')",
    ],
)
def test_nothing_beyond_its_public_names_is_reached_through_a_fake(rooms, reach: str) -> None:
    rooms.learner(
        "import builtins\ndef use(f):\n    try:\n"
        f"        value = {reach}\n    except Exception as problem:\n"
        "        return 'refused'\n    return repr(value)"
    )
    shown = rooms.test(
        FAKE + "print(use(fake), fake._key, type(fake).__name__, len(fake.seen) < 2)"
    )
    text = "".join(output.get("text", "") for output in shown["outputs"])
    assert shown["lost"] or text.split()[-3:] == ["k", "Fake", "True"], shown
    assert "'__builtins__'" not in text and "function print" not in text


def test_a_database_of_the_test_opens_no_other_file(rooms) -> None:
    rooms.learner(
        "def use(db):\n    out = []\n"
        "    for sql in (\"ATTACH 'stolen.db' AS s\", \"VACUUM INTO 'copy.db'\"):\n"
        "        try:\n            db.execute(sql)\n            out.append(sql)\n"
        "        except Exception:\n            pass\n"
        "    return out, db.execute('select 1 + 1').fetchone()[0]"
    )
    test = (
        "import os, sqlite3\ndb = sqlite3.connect(':memory:')\nassert use(db) == ([], 2)\n"
        "assert not {'stolen.db', 'copy.db'} & set(os.listdir())"
    )
    assert rooms.outcome(test) == ""


def test_a_stream_and_a_picture_of_the_test_write_no_file(rooms) -> None:
    rooms.learner(
        "def use(ax, stream):\n    for step in (lambda: ax.figure.savefig('x.png'),"
        " lambda: ax.get_figure(), lambda: stream.buffer, lambda: stream.name,"
        " lambda: stream.reconfigure(), lambda: ax.plot([1])[0].figure):\n"
        "        try:\n            step()\n            return 'reached'\n"
        "        except AttributeError:\n            pass\n"
        "    stream.write('ok')\n    ax.set_title('T')"
    )
    test = (
        "import io\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\n"
        "out = io.StringIO()\nassert use(ax, out) is None\n"
        "assert (out.getvalue(), ax.get_title()) == ('ok', 'T')"
    )
    assert rooms.outcome(test) == ""


def test_what_a_test_gave_is_gone_when_it_is_over(rooms) -> None:
    rooms.learner(
        "kept = []\ndef use(f):\n    kept.append(f)\n    return 1\n"
        "def later(_): return kept[0].note('again')"
    )
    assert rooms.outcome(FAKE + "assert use(fake) == 1") == ""
    assert rooms.outcome("class Other: pass\nassert later(Other()) != 2") != ""
    assert rooms.outcome("assert fake.seen == []") == ""


def test_a_built_in_that_the_test_replaces_acts_in_the_answer_alone(rooms) -> None:
    rooms.learner("def f(x): return sum(x), sorted([2, 1])\ndef g(x): return sum(x)")
    test = (
        "import builtins\nkeep = builtins.sum\nbuiltins.sum = lambda x: 99\n"
        "try:\n    assert f([1]) == (99, [1, 2])\nfinally:\n    builtins.sum = keep\n"
        "assert g([1, 2]) == 3"
    )
    assert rooms.outcome(test) == ""


def test_names_that_a_test_computes_come_from_the_learner_and_never_replace_the_instructors(
    rooms,
) -> None:
    rooms.setup("limit = 3\ndef expected(x): return x * 2")
    rooms.learner(
        "limit = 99\ndef expected(x): return 0\nanswer = 6\n"
        "def isinstance(*a): return True\n__name__ = 'x'\nIn = Out = 1"
    )
    test = (
        "assert globals()['ans' + 'wer'] == expected(limit) == 6\nassert not isinstance(1, str)\n"
        "assert 'answer' in dir() and eval('limit') == 3"
    )
    assert rooms.outcome(test) == ""
    assert rooms.outcome("import __main__\nassert __main__.answer == 6") == ""
    assert "NameError" in rooms.outcome("assert nothing_of_the_kind")


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("assert True", "looked at no name"),
        ("x = 1\nassert x == limit", "looked at no name"),
        ("def check():\n    assert f() == 1", "looked at no name"),
        ("import a_module_of_nobody", "needs the module"),
        ("class Mine(Base): pass", "derives a class"),
        ("import random\nrandom.random = lambda: 0\nassert f() == 1", "replaces random.random"),
        ("try:\n    assert thing.size == 3\nexcept AttributeError:\n    pass", "reads .size"),
        ("assert thing == 3", "compares"),
    ],
)
def test_a_result_that_says_nothing_of_the_answer_needs_a_person(
    rooms, test: str, why: str
) -> None:
    rooms.setup("limit = 1")
    rooms.learner(
        "def f(): return 1\nclass Base: pass\nclass Thing:\n    size = 3\nthing = Thing()"
    )
    assert why in rooms.test(test)["person"]


@pytest.mark.parametrize(
    "test",
    ["assert f() == 1", "assert f() == 2", "missing()", "assert f", "assert thing is not None"],
)
def test_a_result_that_says_something_stands(rooms, test: str) -> None:
    rooms.learner("def f(): return 1\nclass Thing: pass\nthing = Thing()")
    assert rooms.test(test)["person"] == ""
