"""The learner's side when all is well, and a trusted side that meets a forged one."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from labkit.grading.trusted import bridge, copies, handles, watch, wire, wire_plain
from labkit.grading.trusted import link as links


@pytest.fixture(autouse=True)
def own_paths(monkeypatch):
    """Keep to this file that the learner's process, played here, makes paths of its own kind."""
    monkeypatch.setattr(wire_plain, "PATH", list(wire_plain.PATH))


class NoNames:
    shared: list[str] = []

    def edits(self):
        return {"bind": {}, "unbind": [], "pour": {}}

    def changed(self, names, gone):
        pass

    def trusted_class(self, name):
        return None

    def opts_in(self, name):
        return True


class NoFiles:
    def written(self):
        return {}

    def listed(self, files):
        pass

    def pull(self, link):
        pass


@pytest.fixture
def linked():
    """Return a function that links to a thread which plays the learner's process."""
    ends = []

    def link(play, seconds=1.0):
        ours, theirs = socket.socketpair()
        ends.extend((ours, theirs))
        threading.Thread(target=play, args=(theirs,), daemon=True).start()
        return links.Link(ours, NoNames(), NoFiles(), seconds)

    yield link
    for end in ends:
        end.close()


def serving(**namespace):
    return lambda end: bridge.serve(namespace, end)


def test_names_that_exist_are_served(linked):
    link = linked(serving(a=1, b=[2, 3]))
    assert link.begin(["a", "b", "c"], frozenset(), None) == {"a": 1, "b": [2, 3]}


def test_a_handle_is_the_same_object_in_every_reply(linked):
    thing = object()
    link = linked(serving(a=thing, b=[thing], f=lambda: thing))
    found = link.begin(["a", "b", "f"], frozenset(), None)
    assert found["a"] is found["b"][0] is found["f"]()


def test_serving_ends_with_the_test_and_goes_on_with_the_next(linked):
    namespace = {"a": 1}

    def play(end):
        bridge.serve(namespace, end)
        namespace["a"] = 2
        bridge.serve(namespace, end)

    link = linked(play)
    assert link.begin(["a"], frozenset(), None) == {"a": 1}
    link.finish()
    assert link.begin(["a"], frozenset(), None) == {"a": 2}


def test_serving_ends_when_the_other_side_is_gone():
    ours, theirs = socket.socketpair()
    ours.close()
    bridge.serve({}, theirs)
    theirs.close()


def forged(*replies):
    """A learner's process that answers each request with a message of its own making."""

    def play(end):
        for reply in replies:
            wire.receive(end)
            if callable(reply):
                reply(end)
            else:
                wire.send(end, wire.encode(reply, lambda thing: thing.claims))

    return play


def claims(thing):
    return thing.claims


class Reference:
    def __init__(self, **claims):
        self.claims = claims


def begin(**value):
    return {"id": 1, "outcome": "returned", "value": value, "files": {}}


FUNCTION = Reference(reference=1, kind="function", name="f", module="__main__", qualname="f")


NONSENSE = {
    "another request's reply": {"id": 7, "outcome": "returned", "value": 1},
    "no outcome": {"id": 2},
    "an outcome of no text": {"id": 2, "outcome": [1], "value": 1},
    "no frame": lambda end: end.sendall(b"\0" * 100),
    "a frame that claims to be huge": lambda end: end.sendall(
        b"LKW1" + (10).to_bytes(4, "big") + (2**40).to_bytes(8, "big")
    ),
    "a cut frame": lambda end: (end.sendall(b"LKW1\0\0"), end.close()),
    "silence and an end": lambda end: end.close(),
    "a callback that was never given": {
        "id": 99,
        "outcome": "callback",
        "use": "call",
        "arguments": (),
        "named": {},
    },
    "a reference without claims": {"id": 2, "outcome": "returned", "value": Reference(reference=5)},
    "a reference of no number": {
        "id": 2,
        "outcome": "returned",
        "value": Reference(reference=[1], kind="function"),
    },
    "a copy of no class": {
        "id": 2,
        "outcome": "returned",
        "value": Reference(shared="Node", place=0),
    },
    "a class whose ancestors are nonsense": {
        "id": 2,
        "outcome": "returned",
        "value": Reference(reference=9, kind="class", name="A", ancestors=[{"reference": 10}]),
    },
}


MANY_NONSENSE = {
    "no dictionary": 5,
    "no values": {"problem": None},
    "values of no list": {"values": 5, "problem": None},
    "neither a value nor a problem": {"values": [], "problem": None},
    "more values than calls": {"values": [1, 2, 3], "problem": None},
    "a problem beside all values": {"values": [1, 2], "problem": {}},
    "a problem of no words": {"values": [1], "problem": 7},
}


@pytest.mark.parametrize("kind", MANY_NONSENSE)
def test_a_forged_reply_to_many_calls_ends_the_conversation(linked, kind):
    reply = {"id": 2, "outcome": "returned", "value": MANY_NONSENSE[kind]}
    link = linked(forged(begin(f=FUNCTION), reply))
    found = link.begin(["f"], frozenset(), None)
    with pytest.raises(handles.LearnerLost):
        link.call_many(found["f"], [(1,), (2,)])


def test_an_error_among_many_calls_stands_in_its_place(linked):
    link = linked(serving(f=lambda x: 1 // x))
    found = link.begin(["f"], frozenset(), None)
    first, second = link.call_many(found["f"], [(1,), (0,), (1,)])
    assert first() == 1
    with pytest.raises(ZeroDivisionError):
        second()


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_forged_reply_ends_the_conversation(linked, kind):
    link = linked(forged(begin(f=FUNCTION), NONSENSE[kind]), seconds=0.5)
    found = link.begin(["f"], frozenset(), None)
    with pytest.raises((handles.LearnerLost, handles.LearnerError)):
        found["f"]()
    with pytest.raises(handles.LearnerLost):
        found["f"]()


def test_names_that_were_not_asked_for_are_refused(linked):
    link = linked(forged(begin(check=1)))
    with pytest.raises(handles.LearnerLost):
        link.begin(["f"], frozenset(), None)


def test_a_silent_process_is_given_up(linked, monkeypatch):
    monkeypatch.setattr(links, "GRACE", 0.2)
    link = linked(forged(begin(f=FUNCTION), lambda end: time.sleep(5)), seconds=0.1)
    function = link.begin(["f"], frozenset(), None)["f"]
    with pytest.raises(handles.LearnerLost, match="does not answer"):
        function()
    assert link.lost


def test_a_reply_byte_by_byte_does_not_stretch_the_time(linked, monkeypatch):
    monkeypatch.setattr(links, "GRACE", 0.2)

    def dribble(end):
        for byte in wire.encode({"id": 2, "outcome": "returned", "value": 1}, dict):
            end.sendall(bytes([byte]))
            time.sleep(0.05)

    link = linked(forged(begin(f=FUNCTION), dribble), seconds=0.1)
    function = link.begin(["f"], frozenset(), None)["f"]
    with pytest.raises(handles.LearnerLost):
        function()


def test_a_claimed_value_type_is_never_an_instance_of_one(linked):
    claims = Reference(
        reference=2,
        kind="class",
        name="float",
        module="labkit.fake",
        qualname="float",
        library=True,
        special=["__len__", "__float__", "__array__", "__eq__"],
        ancestors=[
            {"module": "builtins", "qualname": "float"},
            {"module": "numpy", "qualname": "ndarray"},
            {"module": "torch", "qualname": "Tensor"},
            {"module": "pandas.core.frame", "qualname": "DataFrame"},
            {"module": "collections", "qualname": "UserDict"},
            {"module": "torch.nn", "qualname": "Parameter"},
            {"module": "numbers", "qualname": "Number"},
        ],
    )
    thing = Reference(reference=3, kind="instance", **{"class": claims.claims})
    found = linked(forged(begin(a=thing))).begin(["a"], frozenset(), None)["a"]
    import collections
    import numbers

    import numpy as np

    for kind in (float, int, str, np.ndarray, numbers.Number, collections.UserDict, list, dict):
        assert not isinstance(found, kind)
    with pytest.raises(handles.NoValueError):
        float(found)
    with pytest.raises(handles.NoValueError):
        len(found)
    with pytest.raises(handles.NoValueError):
        np.asarray(found, dtype=float)


def test_a_claimed_exception_is_no_exception_that_rules_the_test(linked):
    for name in ("SystemExit", "KeyboardInterrupt", "StopIteration", "GeneratorExit"):
        kind = Reference(
            reference=4,
            kind="class",
            name=name,
            module="builtins",
            qualname=name,
            exception=True,
            ancestors=[{"module": "builtins", "qualname": "Exception"}],
        )
        reply = {"id": 2, "outcome": "raised", "kind": kind, "message": "x", "parts": ("x",)}
        function = linked(forged(begin(f=FUNCTION), reply)).begin(["f"], frozenset(), None)["f"]
        with pytest.raises(handles.LearnerError):
            function()


def test_attributes_of_a_claimed_exception_cannot_break_the_test(linked):
    kind = Reference(
        reference=4,
        kind="class",
        name="ValueError",
        module="builtins",
        qualname="ValueError",
        exception=True,
    )
    reply = {
        "id": 2,
        "outcome": "raised",
        "kind": kind,
        "message": 5,
        "parts": 7,
        "attributes": {"args": 3, "__class__": 1, "x": 1, 4: 4},
        "line": "?",
    }
    function = linked(forged(begin(f=FUNCTION), reply)).begin(["f"], frozenset(), None)["f"]
    with pytest.raises(ValueError):
        function()


def test_changes_are_taken_for_arguments_that_were_given_only(linked):
    reply = {
        "id": 2,
        "outcome": "returned",
        "value": None,
        "arguments": {1: [9], 5: [1], "x": [2]},
        "names": {"secret": 3},
        "gone": ["len", 4],
        "files": {"../x": (1, 1), "a": "?"},
        "printed": 7,
        "same": 40,
    }
    function = linked(forged(begin(f=FUNCTION), reply)).begin(["f"], frozenset(), None)["f"]
    given = [1, 2]
    assert function(given) is None
    assert given == [9]


def test_a_write_back_keeps_type_shape_and_element_type():
    import numpy as np

    for old, new in (
        ([1], (2,)),
        (np.zeros(2), np.zeros(3)),
        (np.zeros(2), np.zeros(2, int)),
        ({"a": 1}, [1]),
    ):
        before = repr(old)
        assert not copies.pour(new, old)
        assert repr(old) == before


def test_listed_files_are_plain_and_without_links(tmp_path):
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / ".hidden").write_text("1")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.txt").write_text("12")
    os.symlink("/etc/passwd", tmp_path / "link")
    files = watch.list_files(str(tmp_path))
    assert {name: size for name, (size, _) in files.items()} == {"a.txt": 1, "below/b.txt": 2}


def test_a_function_called_without_end_by_forged_callbacks_is_cut(linked, monkeypatch):
    monkeypatch.setattr(links, "MOST_CALLBACKS", 3)
    answers = []

    def flood(end):
        request = wire.decode(wire.receive(end), dict)
        wire.send(end, wire.encode(begin(f=FUNCTION) | {"id": request["id"]}, claims))
        request = wire.decode(wire.receive(end), dict)
        number = request["arguments"][1]["test"]
        callback = {"id": number, "outcome": "callback", "use": "call"}
        callback |= {"arguments": (), "named": {}}
        for _ in range(10):
            wire.send(end, wire.encode(callback, claims))
            answers.append(wire.decode(wire.receive(end), dict)["outcome"])

    link = linked(flood)
    function = link.begin(["f"], frozenset(), None)["f"]
    with pytest.raises(handles.LearnerLost, match="without end"):
        function(lambda: 1)
    assert answers[:4] == ["returned", "returned", "returned", "raised"]
