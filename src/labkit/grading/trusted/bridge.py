"""The learner's side of the bridge: serves the names, values and calls that a test asks for.

`serve` runs in the learner's process while a test runs in the trusted one. How messages are made
is the business of `shelf`, what surrounds a call that of `surroundings`. The learner can do to this
process whatever he likes: nothing here protects anything, and all that he can forge is what his own
names stand for. What is believed of it is the business of `trust`.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import pathlib
import socket
import threading
import time
import types
from pathlib import Path
from typing import Any

from labkit.exercise import apart
from labkit.grading.trusted import claims, copies, surroundings, watch, wire, wire_plain
from labkit.grading.trusted.operations import OPERATIONS
from labkit.grading.trusted.shelf import Decoding, Encoding, Shelf, Unsendable, bare, shared_name
from labkit.grading.trusted.surroundings import Clock, Printed, TimeUp

VARIABLE = "LABKIT_BRIDGE"
"""Environment variable with the number of the socket's descriptor."""

PRINT_LIMIT = 100_000
"""Characters of printed text that a test gets to see for each call."""

WATCH_LIMIT = 64 * 1024
"""Bytes, encoded, up to which changes inside a global value are noticed."""

MOST_LISTED = 1_000
"""Names that a test which lists them gets to see."""

LONGEST_AHEAD = 0.05
"""Seconds after which calls that are made ahead of a test's loop are told."""

_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))


class _GoneError(BaseException):
    """The trusted process has closed the bridge in the middle of an operation."""


_servers: list[_Server] = []


def serve(namespace: dict[str, Any], connection: socket.socket | None = None) -> None:
    """Answer requests about a namespace until the test is done or the other side is gone.

    Args:
        namespace: the globals that the learner's cells ran in.
        connection: the bridge; by default the descriptor that the environment names.
    """
    wire_plain.PATH[0] = pathlib.PosixPath
    if not _servers or _servers[-1].namespace is not namespace:
        if connection is None:
            connection = socket.socket(fileno=os.dup(int(os.environ[VARIABLE])))
        _servers[:] = [_Server(namespace, connection)]
    with contextlib.suppress(wire.ConnectionClosed, _GoneError):
        _servers[-1].serve()


class _Server:
    """Answers the requests of one test after the other."""

    def __init__(self, namespace: dict[str, Any], connection: socket.socket) -> None:
        self.namespace = namespace
        self._connection = connection
        self.shelf = Shelf()
        self._shared: frozenset[str] = frozenset()
        self._watched: dict[str, tuple[Any, bytes | None]] = {}
        self._before_edits: dict[str, tuple[Any, ...]] = {}
        self._printed = Printed()
        self._clocks: list[Clock] = []
        self._replaced: list[surroundings.Replaced] = []
        self._folder = watch.Watch(Path.cwd())
        self._thread = 0
        self._done = False
        self._asked = 0
        self._used = 0.0

    def serve(self) -> None:
        """Answer until the test is done."""
        self._thread = threading.get_ident()
        self._done = False
        with (
            contextlib.redirect_stdout(self._printed),
            contextlib.redirect_stderr(Printed()),
        ):
            while not self._done:
                self._answer(self._receive())

    # ---- messages

    def _receive(self) -> dict[str, Any]:
        frame = wire.receive(self._connection)
        decoding = Decoding(self)
        try:
            message = decoding.message(frame)
        except (wire.WireError, KeyError) as problem:  # say a library that is missing here
            return {"do": "unreadable", "id": 0, "reason": str(problem)}
        message["copies"] = decoding.copies
        return message

    def _send(self, message: dict[str, Any], copies: dict[int, Any] | None = None) -> None:
        """Send a message, or the reason why it cannot be sent.

        `copies` are the objects that came as copies with the request, by their place in it.
        """
        origins = {id(copy): place for place, copy in (copies or {}).items()}
        encoding = Encoding(self.shelf, self._shared, self.namespace, origins=origins)
        try:
            frame = encoding.frame(message)
        except wire.WireError as problem:
            frame = Encoding(self.shelf, self._shared, self.namespace).frame(
                {"id": message["id"], "outcome": "unsendable", "reason": str(problem)}
            )
        except Exception as problem:  # an object that does not even let itself be described
            frame = Encoding(self.shelf, self._shared, self.namespace).frame(
                {
                    "id": message["id"],
                    "outcome": "unsendable",
                    "reason": f"its description raised {type(problem).__name__}",
                }
            )
        wire.send(self._connection, frame)
        encoding.sent()

    def _answer(self, request: dict[str, Any]) -> None:
        do = request["do"]
        if do == "operate":
            self._operate(request)
        elif do == "begin":
            self._begin(request)
        elif do == "fetch":
            self._hand_out(request)
        elif do == "done":
            self._restore()
            self._done = True
            self._watched.clear()
            self._send({"id": request["id"], "outcome": "returned", "value": None})
        elif do == "read files":
            self._send(
                {
                    "id": request["id"],
                    "outcome": "returned",
                    "value": surroundings.read_files(request),
                }
            )
        elif do == "used":
            self._send({"id": request["id"], "outcome": "returned", "value": self._used})
        else:
            self._send({"id": 0, "outcome": "unreadable", "reason": request.get("reason", do)})

    # ---- names

    def _begin(self, request: dict[str, Any]) -> None:
        """Send the values of the names that a test is about to use."""
        self._shared = frozenset(request["shared"])
        self._used = 0.0
        self._watched.clear()
        self._folder = watch.Watch(Path.cwd())
        self._hand_out(request)

    def _hand_out(self, request: dict[str, Any]) -> None:
        """Send the values of names, and of all there are where the test lists them."""
        names = [*request["names"], *(self._listed() if request.get("all") else ())]
        found = {n: self.namespace[n] for n in names if n in self.namespace}
        self._mark_too_large(found)
        for name, value in found.items():
            self._watch(name, value)
        self._send(
            {
                "id": request["id"],
                "outcome": "returned",
                "value": found,
                "files": self._changed_files(),
            }
        )

    def _listed(self) -> list[str]:
        """The names that a learner's cells may have bound."""
        kinds = (types.ModuleType,)
        names = list(self.namespace.items())[:MOST_LISTED]
        return [n for n, value in names if not n.startswith("_") and not isinstance(value, kinds)]

    def _mark_too_large(self, found: dict[str, Any]) -> None:
        """Let go by number what is too large to travel, alone or with the rest."""
        try:
            self._frame({"value": found})
            return
        except Exception:
            sizes: dict[str, int] = {}
        for name, value in found.items():
            try:
                sizes[name] = len(self._frame({"value": value}))
            except Exception:
                found[name] = Unsendable(value)
        for name in sorted(sizes, key=lambda name: sizes[name], reverse=True):
            if sum(sizes.values()) < wire.MAX_FRAME // 2:
                break
            found[name] = Unsendable(found[name])
            del sizes[name]

    def _frame(self, message: dict[str, Any]) -> bytes:
        return Encoding(self.shelf, self._shared, self.namespace, bare=True).frame(message)

    def _watch(self, name: str, value: Any) -> None:
        picture = self._picture(value)
        if picture is not None and len(picture) > WATCH_LIMIT:
            picture = None
        self._watched[name] = (bare(value), picture)

    def _changed_names(self) -> tuple[dict[str, Any], list[str]]:
        """Which of the test's names stand for something else than when it last looked."""
        changed: dict[str, Any] = {}
        gone = [name for name in self._watched if name not in self.namespace]
        for name in gone:
            del self._watched[name]
        for name, (known, picture) in list(self._watched.items()):
            value = self.namespace[name]
            if value is not known or (picture is not None and self._picture(value) != picture):
                changed[name] = value
                self._watch(name, value)
        return changed, gone

    def _picture(self, value: Any) -> bytes | None:
        """The encoded form of a value that can be changed in place; None of any other."""
        if isinstance(value, claims.SIMPLE) or isinstance(value, (tuple, types.ModuleType)):
            return None
        try:
            if not copies.is_mutable_value(value) and not self._is_shared(value):
                return None
            return copies.array_picture(value) or self._frame({"value": value})
        except Exception:
            return None

    def _is_shared(self, value: Any) -> bool:
        return shared_name(value, self._shared, self.namespace) is not None

    def _edit(self, request: dict[str, Any]) -> None:
        """Make the learner's names what the test has made of them."""
        edits = request.get("bind") or {}
        removed = request.get("unbind") or ()
        for name in (*edits, *removed):
            present = name in self.namespace
            self._before_edits.setdefault(name, (self.namespace[name],) if present else ())
        for name in removed:
            self.namespace.pop(name, None)
            self._watched.pop(name, None)
        for name, value in edits.items():
            self.namespace[name] = value
            self._watch(name, value)
        for name, value in (request.get("pour") or {}).items():
            if name in self.namespace:
                copies.pour(value, self.namespace[name])
                self._watch(name, self.namespace[name])

    def _restore(self) -> None:
        """Take back what the test did to the learner's names."""
        for name, before in self._before_edits.items():
            if before:
                self.namespace[name] = before[0]
            else:
                self.namespace.pop(name, None)
        self._before_edits.clear()

    # ---- operations

    def _operate(self, request: dict[str, Any]) -> None:
        positional, named = list(request["arguments"]), dict(request.get("named") or {})
        self._edit(request)
        surroundings.write_files(request.get("files") or {})
        pictures = {
            key: picture
            for key, value in (*enumerate(positional), *named.items())
            if request.get("write back") and (picture := self._picture(value)) is not None
        }
        self._printed.begin(PRINT_LIMIT if request.get("print") else 0)
        reply: dict[str, Any] = {"id": request["id"]}
        replaced = surroundings.Replaced(request.get("builtins") or {})
        self._replaced.append(replaced)
        try:
            self._run(request, positional, named, pictures, reply)
        finally:
            self._replaced.pop()
        arguments = dict(enumerate(positional)) | named
        names, gone = self._changed_names()
        changes = {
            "printed": self._printed.end(),
            "arguments": {
                key: arguments[key]
                for key, picture in pictures.items()
                if self._picture(arguments[key]) != picture
            },
            "names": names,
            "gone": gone,
            "files": self._changed_files(),
        }
        reply |= {field: value for field, value in changes.items() if value}
        self._send(reply, request["copies"])

    def _run(
        self,
        request: dict[str, Any],
        positional: list[Any],
        named: dict[str, Any],
        pictures: dict[Any, bytes],
        reply: dict[str, Any],
    ) -> None:
        """Do the operation and note in the reply how it went."""
        do = request["operation"]
        own = {"call many": self._call_many, "call apart": apart.call}
        operation = own[do] if do in own else OPERATIONS[do]
        clock = Clock(request["seconds"], request["patience"])
        self._clocks.append(clock)
        try:
            with clock, self._replaced[-1]:
                value = operation(*positional, **named)
            if clock.over:  # the learner's code swallowed the ring
                raise TimeUp
            if isinstance(value, _VIEWS):
                value = [*value]  # type: ignore[misc]
            reply["outcome"], reply["value"] = "returned", value
            for place, argument in enumerate(positional):
                if value is argument and place in pictures:
                    reply["same"] = place
                    reply["value"] = None
        except TimeUp:
            reply["outcome"] = "timeout"
        except _GoneError:
            raise
        except KeyboardInterrupt:
            reply["outcome"] = "interrupted"
        except BaseException as problem:
            reply["outcome"] = "raised"
            reply |= claims.error(problem)
        finally:
            self._clocks.pop()
            self._used += clock.used()

    def _call_many(self, function: Any, arguments: list[Any], count: int) -> dict[str, Any]:
        """Call a function several times, until a call does more than to return a plain value."""
        wide = len(arguments) // count
        values: list[Any] = []
        end, asked = time.perf_counter() + LONGEST_AHEAD, self._asked
        for start in range(0, count * wide, wide) if wide else range(count):
            try:
                values.append(function(*arguments[start : start + wide]))
            except Exception as problem:
                return {"values": values, "problem": claims.error(problem)}
            busy = self._asked != asked or time.perf_counter() > end
            if busy or not isinstance(values[-1], claims.SIMPLE):
                break
        return {"values": values, "problem": None}

    def ask(
        self, number: int, positional: tuple[Any, ...], named: dict[str, Any], use: str = "call"
    ) -> Any:
        """Call a function of the test, or use an object of its, and return what comes.

        Raises:
            RuntimeError: called from another thread than the one the test waits for.
        """
        if threading.get_ident() != self._thread or not self._clocks:
            raise RuntimeError("a function of the test can only be called while the test waits")
        self._asked += 1
        clock = self._clocks[-1]
        with self._replaced[-1].lifted(), clock.held():
            self._send(
                {
                    "id": number,
                    "outcome": "callback",
                    "use": use,
                    "arguments": positional,
                    "named": named,
                }
            )
            while (message := self._receive())["do"] not in ("result", "unreadable"):
                self._answer(message)
        if message["do"] == "unreadable":
            raise RuntimeError(f"what the test's function returned: {message['reason']}")
        if message["outcome"] == "returned":
            return message["value"]
        if message["outcome"] == "stopped":
            raise StopIteration
        raise _test_error(message)

    # ---- files

    def _changed_files(self) -> dict[str, tuple[int, int]]:
        """Size and time of the files in the working directory, if any of them changed."""
        return self._folder.files if self._folder.changed() else {}


def _test_error(message: dict[str, Any]) -> Exception:
    """What a function of the test raised, as the learner's code sees it."""
    kind = getattr(builtins, message["name"], None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        kind = RuntimeError
    try:
        return kind(message["message"])
    except Exception:
        return RuntimeError(message["message"])
