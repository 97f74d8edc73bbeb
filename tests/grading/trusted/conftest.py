"""A learner's process and a trusted one, joined by a bridge as at grading, but not locked in."""

from __future__ import annotations

import json
import linecache
import os
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import IPython.core.interactiveshell  # noqa: F401  forked rooms should find it imported
import numpy  # noqa: F401
import pytest

import labkit.grading.trusted.evaluator  # noqa: F401

_LENGTH = struct.Struct(">I")


def _send(sock: socket.socket, message: dict[str, Any]) -> None:
    payload = json.dumps(message).encode()
    sock.sendall(_LENGTH.pack(len(payload)) + payload)


def _receive(sock: socket.socket) -> dict[str, Any] | None:
    head = sock.recv(_LENGTH.size, socket.MSG_WAITALL)
    if len(head) < _LENGTH.size:
        return None
    return json.loads(sock.recv(_LENGTH.unpack(head)[0], socket.MSG_WAITALL))


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(0)
    return pid


class Rooms:
    """The learner's room and the test's room, and what a worker does with them."""

    def __init__(self, folder: Path, names: tuple[str, ...] = (), **order: Any) -> None:
        self.folder = folder
        self.learner_folder, self.test_folder = folder / "learner", folder / "test"
        self.learner_folder.mkdir()
        self.test_folder.mkdir()
        ours, theirs = socket.socketpair()
        control, self._control = socket.socketpair()
        self._cells, cells = socket.socketpair()
        self._cell_count = 0
        own = {self._control, self._cells}
        self.learner_pid = _fork(lambda: self._learner(cells, theirs, {ours, control, *own}))
        self.test_pid = _fork(lambda: self._test(control, ours, {theirs, cells, *own}))
        for end in (ours, theirs, control, cells):
            end.close()
        answer = self._ask({"do": "open", "learner_names": list(names), **order})
        assert answer == {"ok": True}

    def _learner(
        self, cells: socket.socket, bridge_end: socket.socket, others: set[socket.socket]
    ) -> None:
        from labkit.grading.trusted import bridge

        for other in others:
            other.close()
        os.chdir(self.learner_folder)
        main = type(sys)("__main__")
        sys.modules["__main__"] = main
        namespace = main.__dict__
        while (order := _receive(cells)) is not None:
            trouble = ""
            if order["do"] == "serve":
                bridge.serve(namespace, bridge_end)
                continue
            name, source = f"<ipython-input-{order['number']}>", order["source"]
            linecache.cache[name] = (len(source), None, source.splitlines(True), name)
            try:
                exec(compile(source, name, "exec"), namespace)
            except Exception:
                trouble = traceback.format_exc()
            _send(cells, {"trouble": trouble})

    def _test(
        self, control: socket.socket, bridge_end: socket.socket, others: set[socket.socket]
    ) -> None:
        from IPython.core.interactiveshell import InteractiveShell

        from labkit.grading.trusted import evaluator

        for other in others:
            other.close()
        InteractiveShell.clear_instance()
        os.chdir(self.test_folder)
        evaluator.main(control, bridge_end)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        _send(self._control, order)
        answer = _receive(self._control)
        assert answer is not None, "the trusted process has ended"
        return answer

    def learner(self, source: str) -> None:
        """Run a cell of the learner's."""
        self._cell_count += 1
        _send(self._cells, {"do": "run", "source": source, "number": self._cell_count})
        answer = _receive(self._cells)
        assert answer is not None and not answer["trouble"], answer

    def setup(self, source: str) -> dict[str, Any]:
        """Run a set-up cell in both rooms."""
        _send(self._cells, {"do": "run", "source": source, "number": 0})
        _receive(self._cells)
        return self._ask({"do": "setup", "source": source})

    def test(self, source: str, seconds: float = 60) -> dict[str, Any]:
        """Run a test cell, with the learner's process serving."""
        try:
            _send(self._cells, {"do": "serve"})
        except OSError:  # it is dead
            pass
        return self._ask({"do": "test", "source": source, "seconds": seconds})

    def outcome(self, source: str) -> str:
        """What is left of a test: the empty text if it passed, else its error."""
        answer = self.test(source)
        errors = [o for o in answer["outputs"] if o["output_type"] == "error"]
        return errors[0]["traceback"][2] if errors else ""

    def close(self) -> None:
        for end in (self._control, self._cells):
            end.close()
        for pid in (self.test_pid, self.learner_pid):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@pytest.fixture
def open_rooms(tmp_path: Path) -> Iterator[Callable[..., Rooms]]:
    """Return a function that opens rooms with a given order."""
    opened: list[Rooms] = []

    def make(*names: str, **order: Any) -> Rooms:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        opened.append(Rooms(folder, names, **order))
        return opened[-1]

    yield make
    for rooms in opened:
        rooms.close()


@pytest.fixture
def rooms(open_rooms: Callable[..., Rooms]) -> Rooms:
    """Two rooms with a short limit on calls."""
    return open_rooms(call_seconds=5)
