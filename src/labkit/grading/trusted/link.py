"""The trusted end of the bridge: puts requests to the learner's process and takes its replies.

A reply is data from an opponent. Whatever makes no sense ends the conversation for good
(`LearnerLost`); so does silence. While a call is under way, functions of the test that were passed
to it are served. How handles behave stands in `handles`, what claims are believed in `trust`.
"""

from __future__ import annotations

import builtins
import contextlib
import enum
import functools
import inspect
import math
import signal
import socket
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, Protocol

from labkit.exercise import guard
from labkit.grading.trusted import bridge, copies, trust, wire
from labkit.grading.trusted.handles import (
    SPECIAL,
    FunctionHandle,
    Handle,
    LearnerClass,
    LearnerError,
    LearnerLost,
    LearnerTimeUp,
    ModuleHandle,
    NotOptedInError,
    NoValueError,
    Seat,
    TestTimeUp,
    call,
    call_within,
    face,
    signature,
    truth,
    words,
)

GRACE = 2.0
"""Seconds beyond a call's time after which a silent learner's process is given up."""

MOST_CALLBACKS = 100_000
"""Calls of the test's own functions that learner code can make within one call."""

MOST_HANDLES = 1_000_000
"""Things of the learner's that are kept by number."""

DEEPEST = 20
"""Calls of learner code within calls of test code within calls of learner code."""


class Names(Protocol):
    """The test's names, as far as the learner's process has to know of them."""

    def edits(self) -> dict[str, Any]:
        """What the test did to the learner's names since the last request."""

    def changed(self, names: dict[str, Any], gone: list[str]) -> None:
        """Take what learner code did to them."""

    def trusted_class(self, name: str) -> type | None:
        """A class of the set-up cells."""

    def opts_in(self, name: str) -> bool:
        """Whether a test that uses a name of a learner's class opts in to its attributes."""

    @property
    def shared(self) -> list[str]:
        """Names of the classes whose instances are copied attribute by attribute."""


class Files(Protocol):
    """The test's working directory, as far as it has to agree with the learner's."""

    def written(self) -> dict[str, bytes]:
        """Files that the test wrote since the last request."""

    def listed(self, files: dict[str, Any]) -> None:
        """Take note of the files in the learner's directory."""

    def pull(self, link: Link) -> None:
        """Fetch those of them that changed."""


class Link:
    """The way to the learner's process: sends requests, makes handles, serves callbacks."""

    def __init__(
        self, connection: socket.socket, names: Names, files: Files, call_seconds: float
    ) -> None:
        """Take over a connected socket.

        Args:
            connection: the other end of the one that `bridge.serve` reads.
            names: asked before and told after every request.
            files: likewise.
            call_seconds: wall-clock limit of a call where nobody sets another.
        """
        self.lost = ""
        self.libraries: set[str] | None = None
        self._connection = connection
        self._names = names
        self._files = files
        self._call_seconds = call_seconds
        self._ends = math.inf
        self._count = 0
        self._depth = 0
        self._handles: dict[int, Any] = {}
        self._functions: dict[int, Callable[..., Any]] = {}
        self._function_numbers: dict[int, int] = {}
        self._named: set[int] = set()
        self._ended: set[Handle] = set()
        self._attributes: frozenset[str] = frozenset()
        self._own_stdout: object = None
        self._own_input = builtins.input

    def note_libraries(self, source: str) -> None:
        """Note which libraries a test imports: their objects may be what it asks for."""
        if self.libraries is not None:
            self.libraries |= {n for n in trust.LIBRARIES_WITH_PROTOCOLS if n in source}

    # ---- a test's beginning and end

    def end_within(self, seconds: float) -> None:
        """Let no call of the present test last longer than this from now on.

        A test that is stopped from outside in the middle of a call leaves a learner's process that
        nobody understands any more, so calls end by themselves before.
        """
        self._ends = time.monotonic() + seconds

    def begin(self, names: list[str], attributes: frozenset[str], stdout: object) -> dict[str, Any]:
        """Start a test: return the values of those names that the learner has.

        Args:
            names: what the test uses.
            attributes: names that a comment in the test opts in to.
            stdout: where the test's own printing goes, unless it redirects it.
        """
        self._attributes = attributes
        self._own_stdout = stdout
        self._named.clear()
        reply = self._request(
            {"do": "begin", "names": names, "shared": self._names.shared}, self._call_seconds
        )
        found = reply.get("value")
        if type(found) is not dict or not set(found) <= set(names):
            self._lose("the learner's process answers something else than what it was asked")
        for name, value in found.items():
            if isinstance(value, LearnerClass) and self._names.opts_in(name):
                self._named.add(value._class_seat.number)
        self._files.listed(_dict(reply, "files"))
        self._files.pull(self)
        return found

    def finish(self) -> None:
        """End a test: the learner's names become again what they were before it."""
        self._functions.clear()
        self._function_numbers.clear()
        if not self.lost:
            self._request({"do": "done"}, self._call_seconds)

    def read_files(self, names: list[str]) -> dict[str, bytes]:
        """Fetch files from the learner's working directory."""
        reply = self._request({"do": "read files", "names": names}, self._call_seconds)
        return _dict(reply, "value")

    # ---- operations

    def operate(
        self,
        operation: str,
        *arguments: Any,
        named: Mapping[str, Any] = types.MappingProxyType({}),
        seconds: float | None = None,
        write_back: bool = True,
    ) -> Any:
        """Let the learner's process do something with its things; return or raise what comes.

        Args:
            operation: a key of `bridge.OPERATIONS`.
            *arguments: of the operation; the thing itself comes first.
            named: named arguments of a call.
            seconds: wall-clock limit; by default that of the link.
            write_back: whether arguments that learner code changes in place change here too.

        Raises:
            LearnerTimeUp: it took too long.
            TestTimeUp: the test's time is over.
            LearnerLost: it does not answer any more.
        """
        limit = self._call_seconds if seconds is None else seconds
        limit = min(limit, self._left())
        redirected = sys.stdout is not self._own_stdout
        replaced = builtins.input is not self._own_input
        message = {
            "do": "operate",
            "operation": operation,
            "arguments": list(arguments),
            "named": dict(named),
            "write back": write_back,
            "print": redirected,
            "input": builtins.input if replaced else None,
            "files": self._files.written(),
            **self._names.edits(),
        }
        with _alarm_kept() as left:
            message["seconds"] = limit = min(limit, left)
            reply = self._request(message, limit, write_back)
        self._take_changes(reply, arguments, named)
        self._files.pull(self)
        if redirected and type(reply.get("printed")) is str:
            sys.stdout.write(reply["printed"][: bridge.PRINT_LIMIT])
        return self._outcome(reply, arguments, limit)

    def call_within(self, target: Any, seconds: float, *positional: Any) -> Any:
        """Call for `labkit.exercise.guard`, which words the outcome for the learner."""
        try:
            return self.operate("call", target, *positional, seconds=seconds, write_back=False)
        except LearnerTimeUp:
            raise guard.TimeUpError from None
        except LearnerLost as problem:
            raise guard.UnusableError(
                f"The answer cannot be called: {problem}.",
                "Look for what ends the program, or what needs far more time or memory than it "
                "should.",
            ) from None

    def step(self, iterator: Handle) -> Any:
        """The next item of an iterator; its end is the one StopIteration that is believed."""
        if iterator in self._ended:
            raise StopIteration
        try:
            return self.operate("next", iterator)
        except _EndError:
            self._ended.add(iterator)  # or it would be another sequence for every reader
            raise StopIteration from None

    def attribute(self, handle: Any, name: str) -> Any:
        """Read an attribute that the test opted in to."""
        self._require_attribute(handle, name)
        return self.operate("get attribute", handle, name)

    def set_attribute(self, handle: Any, name: str, value: Any) -> None:
        """Set an attribute that the test opted in to."""
        self._require_attribute(handle, name)
        self.operate("set attribute", handle, name, value)

    def delete_attribute(self, handle: Any, name: str) -> None:
        """Delete an attribute that the test opted in to."""
        self._require_attribute(handle, name)
        self.operate("delete attribute", handle, name)

    # ---- opting in

    def opted_in(self, handle: Any) -> bool:
        """Whether the test, or code it relies on, names the class of an object, or a base of it."""
        if isinstance(handle, LearnerClass):
            kinds: tuple[Any, ...] = (handle,)
        else:
            kinds = (type(handle),)
        for kind in kinds:
            if not isinstance(kind, LearnerClass):
                continue
            if kind._class_seat.number in self._named:
                return True
            for ancestor in kind._claims["learner ancestors"]:
                if ancestor in self._named:
                    return True
            if any(self._names.trusted_class(n) for n in kind._claims["trusted names"]):
                return True
        return False

    def require(self, handle: Handle, operation: str) -> None:
        """Raise an error unless a special method of an object may be used."""
        if self.opted_in(handle):
            return
        for base in type(handle)._claims["library ancestors"]:  # type: ignore[attr-defined]
            if operation in trust.CONTAINERS.get(base, ()) and self._expects(base):
                return
        if operation in ("iterate", "next") and type(handle).__name__ in trust.ITERATORS:
            return
        raise NoValueError(
            f"The test uses {words(handle)} as if it were a value ({operation}): return a "
            f"number, text, list, array … (A test that is meant to do so names the class "
            f"{type(handle).__name__}.)"
        )

    def names_operator(self, handle: Any, operation: str) -> bool:
        """Whether a comment in the test opts in to an operator, for example ``__add__``."""
        return f"__{operation}__" in self._attributes and self.opted_in(handle)

    def _expects(self, base: str) -> bool:
        """Whether the instructor's notebook uses the library that a class belongs to."""
        top = base.partition(".")[0]
        return self.libraries is None or top in self.libraries or top == "builtins"

    def _require_attribute(self, handle: Any, name: str) -> None:
        if not name.startswith("_"):
            if name in self._attributes or self.opted_in(handle):
                return
            kind = handle if isinstance(handle, LearnerClass) else type(handle)
            if isinstance(kind, LearnerClass) and any(
                self._expects(base) and trust.grants(base, name)
                for base in kind._claims["library ancestors"]
            ):
                return
        raise NotOptedInError(
            f"The test reads .{name} of {words(handle)}, where a plain value is needed: return "
            "a number, text, list, array … (A test that is meant to read it says so in a comment: "
            f"# labkit: attributes {name})"
        )

    # ---- one request

    def _request(
        self, message: dict[str, Any], seconds: float, write_back: bool = False
    ) -> dict[str, Any]:
        if self.lost:
            raise LearnerLost(self.lost)
        if self._depth >= DEEPEST:
            raise RecursionError("test and learner's code call each other too deeply")
        self._count += 1
        number = self._count
        encoding = _Encoding(self)
        try:
            frame = encoding.frame({"id": number, **message})
        except wire.WireError as problem:
            raise TypeError(f"The test passes a value that cannot travel: {problem}") from None
        self._depth += 1
        try:
            return self._exchange(number, frame, seconds, encoding.copies if write_back else [])
        except LearnerLost:
            raise
        except wire.ConnectionClosed:
            self._lose("the learner's process has ended")
        except TimeoutError:
            self._lose("the learner's process does not answer")
        except (wire.WireError, OSError, KeyError, TypeError, ValueError) as problem:
            self._lose(f"the learner's process sends what makes no sense ({problem})"[:300])
        except BaseException:
            self._lose_quietly("a request to the learner's process was broken off")
            raise
        finally:
            self._depth -= 1

    def _left(self) -> float:
        """The seconds that the test may still take."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TestTimeUp("This test took too long, so it was stopped.")
        return left

    def _exchange(
        self, number: int, frame: bytes, seconds: float, originals: list[Any]
    ) -> dict[str, Any]:
        deadline = time.monotonic() + seconds + GRACE
        callbacks = 0
        wire.send(self._connection, frame, deadline)
        while True:
            received = wire.receive(self._connection, deadline=deadline)
            reply = _Decoding(self, originals).message(received)
            if reply["outcome"] != "callback":
                break
            callbacks += 1
            if callbacks > MOST_CALLBACKS + 1:
                self._lose("the learner's code calls the test's functions without end")
            start = time.monotonic()
            self._serve(reply, callbacks > MOST_CALLBACKS, deadline)
            deadline += time.monotonic() - start
        if reply["id"] != number and reply["outcome"] != "unreadable":
            self._lose("the learner's process answers another request than the one it got")
        return reply

    def _serve(self, request: dict[str, Any], too_many: bool, deadline: float) -> None:
        """Answer a call of one of the test's functions."""
        answer: dict[str, Any] = {"do": "result", "outcome": "raised"}
        try:
            if too_many:
                raise RuntimeError(f"more than {MOST_CALLBACKS:,} calls of the test's functions")
            function = self._functions[request["id"]]
            answer["value"] = function(*request["arguments"], **request["named"])
            answer["outcome"] = "returned"
            frame = _Encoding(self).frame(answer)
        except StopIteration:
            frame = _Encoding(self).frame({"do": "result", "outcome": "stopped"})
        except Exception as problem:
            answer |= {"name": type(problem).__name__, "message": str(problem)[:2000]}
            answer |= {"value": None, "outcome": "raised"}
            frame = _Encoding(self).frame(answer)
        wire.send(self._connection, frame, deadline + self._call_seconds)

    def _take_changes(
        self, reply: dict[str, Any], arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> None:
        """Write back what learner code did to arguments, names and files."""
        own = dict(enumerate(arguments)) | dict(named)
        for key, value in _dict(reply, "arguments").items():
            if key in own:
                with contextlib.suppress(Exception):
                    if value is not own[key]:
                        copies.pour(value, own[key])
        gone = reply.get("gone")
        self._names.changed(_dict(reply, "names"), gone if type(gone) is list else [])
        self._files.listed(_dict(reply, "files"))

    def _outcome(self, reply: dict[str, Any], arguments: tuple[Any, ...], limit: float) -> Any:
        outcome = reply["outcome"]
        if outcome == "returned":
            same = reply.get("same")
            if type(same) is int and 0 < same < len(arguments):
                return arguments[same]
            return reply.get("value")
        if outcome == "raised":
            raise self._exception(reply)
        if outcome == "timeout":
            self._left()
            raise LearnerTimeUp(f"The call did not return within {limit:g} s, so it was stopped.")
        if outcome == "unreadable":
            raise TypeError(
                f"The learner's process cannot read what the test passes: {reply.get('reason')}"[
                    :500
                ]
            )
        if outcome == "unsendable":
            raise LearnerError(f"What your code returned cannot be judged: {reply.get('reason')}")
        raise LearnerError("The call was interrupted.")

    def _lose(self, reason: str) -> NoReturn:
        self._lose_quietly(reason)
        raise LearnerLost(reason)

    def _lose_quietly(self, reason: str) -> None:
        self.lost = self.lost or reason
        self._connection.close()

    # ---- exceptions

    def _exception(self, reply: dict[str, Any]) -> Exception:
        """What learner code raised, as an exception that the test may catch by its class."""
        kind, message = reply.get("kind"), reply.get("message")
        text = message[:2000] if type(message) is str else ""
        if kind is StopIteration:
            return _EndError("The code raised StopIteration.")
        name = kind.__name__ if isinstance(kind, type) else "an exception"
        if (
            not (isinstance(kind, type) and issubclass(kind, Exception))
            or name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit")
            or issubclass(kind, (StopIteration, StopAsyncIteration))
        ):
            return LearnerError(
                f"The code raised {name}: {text}" if text else f"The code raised {name}"
            )
        parts = reply.get("parts")
        problem = _build(kind, parts if type(parts) is tuple else (text,), text)
        for name, value in _dict(reply, "attributes").items():
            if type(name) is str and not name.startswith("_"):
                with contextlib.suppress(Exception):
                    setattr(problem, name, value)
        line = reply.get("line")
        if type(line) is tuple and len(line) == 2 and type(line[0]) is int:
            problem.learner_line = (line[0], str(line[1])[:200])  # type: ignore[attr-defined]
        return problem

    # ---- references

    def refer(self, thing: Any) -> dict[str, Any]:
        """Describe an object of the test for the learner's process.

        Raises:
            TypeError: it can neither be called nor found in a library.
        """
        if isinstance(thing, LearnerClass):
            if not thing._class_seat.number:
                raise wire.WireError(f"the class {thing.__name__}, which the test never named")
            return {"reference": thing._class_seat.number}
        if issubclass(type(thing), Handle):
            return {"reference": thing._seat.number}
        known = getattr(thing, "_learner_number", None) if isinstance(thing, type) else None
        if type(known) is int:
            return {"reference": known}
        library = trust.library_name(thing)
        if library is not None:
            return {"library": library}
        random = copies.random_claims(thing)
        if random is not None:
            return random
        if callable(thing):
            return self._refer_function(thing, thing)
        if hasattr(type(thing), "__next__"):
            return self._refer_function(thing, functools.partial(next, thing))
        raise wire.WireError(
            f"an object of class {type(thing).__name__}; only values, functions and the "
            "learner's own objects can be passed"
        )

    def _refer_function(self, thing: Any, function: Callable[..., Any]) -> dict[str, Any]:
        number = self._function_numbers.get(id(thing))
        if number is None or number not in self._functions:
            self._count += 1
            number = self._count
            self._function_numbers[id(thing)] = number
            self._functions[number] = function
            # Keeps `thing` itself alive, or another one might get its id.
            self._functions[-number] = thing
        name, doc = getattr(thing, "__name__", "function"), getattr(thing, "__doc__", None)
        return {
            "test": number,
            "name": name if isinstance(name, str) else "function",
            "doc": doc if isinstance(doc, str) and not isinstance(thing, type) else None,
        }

    def resolve(self, claims: dict[str, Any]) -> Any:
        """The handle, function or class that a reference of the learner's process stands for.

        Raises:
            WireError: it refers to nothing.
        """
        if "test" in claims:
            found = self._functions.get(-claims["test"])
            if found is None:
                raise wire.WireError("a function that the test never gave")
            return found
        if "generator" in claims:
            return copies.random_generator(claims)
        number = claims["reference"]
        if type(number) is not int:
            raise wire.WireError("a reference without a number")
        if number not in self._handles:
            if len(self._handles) >= MOST_HANDLES:
                raise wire.WireError(f"more than {MOST_HANDLES:,} objects")
            if "kind" not in claims:
                raise wire.WireError("a reference to nothing")
            self._handles[number] = self._make(number, claims)
        return self._handles[number]

    def _make(self, number: int, claims: dict[str, Any]) -> Any:
        kind = claims["kind"]
        if kind == "class":
            return self._make_class(number, claims)
        if kind == "function":
            return FunctionHandle._made_of(Seat(self, number), claims)
        if kind == "module":
            module = object.__new__(ModuleHandle)
            module._seat = Seat(self, number)
            module._name = str(claims.get("name", ""))
            return module
        cls = self.resolve(claims["class"]) if "class" in claims else None
        if not isinstance(cls, LearnerClass):
            name = cls.__name__ if isinstance(cls, type) else str(claims.get("name", "object"))
            cls = self._stand_in(0, {"name": name})
        handle: Handle = object.__new__(cls)  # type: ignore[arg-type]
        handle._seat = Seat(self, number)
        return handle

    def _make_class(self, number: int, claims: dict[str, Any]) -> type:
        own = trust.own_type(claims)
        if own is not None:
            return own
        if claims.get("exception"):
            return self._make_exception(number, claims)
        return self._stand_in(number, claims)

    def _make_exception(self, number: int, claims: dict[str, Any]) -> type:
        """A class of exceptions that is the learner's in name and bases only."""
        bases: list[type] = []
        for ancestor in claims.get("ancestors", ()):
            base = (
                self.resolve(ancestor)
                if "reference" in ancestor
                else trust.own_type(ancestor | {"exception": True})
            )
            if isinstance(base, type) and issubclass(base, Exception):
                if not any(issubclass(chosen, base) for chosen in bases):
                    bases.append(base)
        name = str(claims.get("name", "Exception"))
        contents = {"__module__": "__main__", "_learner_number": number}
        if not bases and "BaseException" in str(claims.get("ancestors")):
            bases = [LearnerError]
        try:
            return type(name, tuple(bases) or (LearnerError,), contents)
        except TypeError:
            return type(name, (Exception,), contents)

    def _stand_in(self, number: int, claims: dict[str, Any]) -> LearnerClass:
        """A class that stands for one of the learner's, with the special methods it claims."""
        ancestors = [a for a in claims.get("ancestors", ()) if isinstance(a, dict)]
        learner = [self.resolve(a) for a in ancestors if "reference" in a]
        own_library = [claims] if claims.get("library") else []
        library = [
            f"{a.get('module')}.{a.get('qualname')}"
            for a in (*own_library, *(a for a in ancestors if "reference" not in a))
        ]
        name = str(claims.get("name", "object"))[:100]
        special = {n: SPECIAL[n] for n in claims.get("special", ()) if n in SPECIAL}
        special.pop("__call__", None)
        if "__call__" in claims.get("special", ()):
            special |= {"__call__": call, "__call_within__": call_within}
        if {"__bool__", "__len__"} & set(claims.get("special", ())):
            special["__bool__"] = truth
        contents: dict[str, Any] = {
            "__slots__": (),
            "__module__": "__main__",
            "__doc__": claims.get("doc") if isinstance(claims.get("doc"), str) else None,
            "__class__": property(face),
            "_class_seat": Seat(self, number),
            "_face": (0, None),
            "_claims": {
                "library ancestors": library,
                "learner ancestors": [
                    k._class_seat.number for k in learner if isinstance(k, LearnerClass)
                ],
                "trusted names": [
                    k.__name__
                    for k in learner
                    if isinstance(k, LearnerClass) and self._names.trusted_class(k.__name__)
                ],
            },
            **special,
        }
        bases = tuple(k for k in learner if isinstance(k, LearnerClass))[:1] or (Handle,)
        claimed = signature(claims.get("signature"))
        if claimed is not None:
            contents["__signature__"] = claimed
        return LearnerClass.__new__(LearnerClass, name, bases, contents)

    def face(self, kind: LearnerClass) -> type | None:
        """What `isinstance` sees besides the stand-in: real bases that only have behaviour."""
        modules = len(sys.modules)
        if kind._face[0] != modules:  # a test can only ask for classes that it has imported
            kind._face = (modules, self._make_face(kind))
        return kind._face[1]

    def _make_face(self, kind: LearnerClass) -> type | None:
        bases = [self._names.trusted_class(name) for name in kind._claims["trusted names"]]
        bases += [trust.behaviour(base) for base in kind._claims["library ancestors"]]
        chosen: list[type] = []
        for base in bases:
            if base is not None and not any(issubclass(other, base) for other in chosen):
                chosen.append(base)
        if len(chosen) > 1:
            with contextlib.suppress(Exception):
                return types.new_class(kind.__name__, tuple(chosen))
        return chosen[0] if chosen else None


class _EndError(LearnerError):
    """Learner code raised StopIteration."""


class _Encoding:
    """Makes one frame for the learner's process."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.copies: list[Any] = []
        self._places: dict[int, int] = {}

    def frame(self, message: dict[str, Any]) -> bytes:
        return wire.encode(copies.Growing(message, self._states), self._refer)

    def _states(self) -> Iterator[tuple[str, Any]]:
        place = 0
        while place < len(self.copies):
            yield f"state {place}", dict(vars(self.copies[place]))
            place += 1

    def _refer(self, thing: Any) -> dict[str, Any]:
        kind = type(thing)
        if self._link._names.trusted_class(kind.__name__) is kind:
            if isinstance(thing, enum.Enum):
                return {"member": thing.name, "shared": kind.__name__}
            if copies.can_be_copied(kind):
                place = self._places.setdefault(id(thing), len(self.copies))
                if place == len(self.copies):
                    self.copies.append(thing)
                return {"shared": kind.__name__, "place": place}
        return self._link.refer(thing)


class _Decoding:
    """Reads one frame of the learner's process.

    `originals` are the test's objects that went there as copies: a copy that comes back changes
    its original.
    """

    def __init__(self, link: Link, originals: list[Any]) -> None:
        self._link = link
        self._originals = originals
        self._copies: dict[int, Any] = {}

    def message(self, frame: bytearray) -> dict[str, Any]:
        message = wire.decode(frame, self._resolve)
        for place, copy in self._copies.items():
            state = message.pop(f"state {place}", None)
            if type(state) is not dict:
                raise wire.WireError("an object without its attributes")
            own = {name: value for name, value in state.items() if _may_be_set(type(copy), name)}
            vars(copy).clear()
            vars(copy).update(own)
        return message

    def _resolve(self, claims: dict[str, Any]) -> Any:
        if "shared" not in claims:
            return self._link.resolve(claims)
        kind = self._link._names.trusted_class(claims["shared"])
        if kind is None:
            raise wire.WireError("an object of a class that no set-up cell defined")
        if "member" in claims:
            return kind[claims["member"]]  # type: ignore[index]
        place = claims["place"]
        if type(place) is not int or not copies.can_be_copied(kind):
            raise wire.WireError("an object that cannot be copied")
        copy = self._copies.get(place)
        if copy is None:
            was = claims.get("was")
            if type(was) is int and 0 <= was < len(self._originals):
                copy = self._originals[was]
            else:
                copy = object.__new__(kind)
            self._copies[place] = copy
        if type(copy) is not kind:
            raise wire.WireError("an object of two classes")
        return copy


def _may_be_set(kind: type, name: Any) -> bool:
    """Whether a copied object may have an attribute: not one that hides a method of its class."""
    return type(name) is str and not callable(inspect.getattr_static(kind, name, None))


def _build(kind: type[Exception], parts: tuple[Any, ...], text: str) -> Exception:
    """An exception of a class, or of its nearest base that can be made from a text."""
    for candidate in kind.__mro__:
        if not issubclass(candidate, Exception):
            break
        for arguments in (parts, (text,)):
            with contextlib.suppress(Exception):
                return candidate(*arguments)
    return LearnerError(text)


def _dict(reply: dict[str, Any], key: str) -> dict[Any, Any]:
    value = reply.get(key)
    return value if type(value) is dict else {}


@contextlib.contextmanager
def _alarm_kept() -> Iterator[float]:
    """Keep an alarm of this process from ringing in the middle of a message.

    Yields the seconds left until it rings; it rings afterwards if its time came meanwhile.
    """
    in_main = threading.current_thread() is threading.main_thread()
    left = signal.getitimer(signal.ITIMER_REAL)[0] if in_main else 0.0
    if not left:
        yield math.inf
        return
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    try:
        yield left
    finally:
        signal.signal(signal.SIGALRM, before)
        if rung:
            signal.raise_signal(signal.SIGALRM)


def is_subclass(kind: Any, bases: Any) -> bool:
    """`issubclass` that also knows which library classes the learner's classes derive from."""
    if issubclass(kind, bases):
        return True
    face = kind._class_seat.link.face(kind) if isinstance(kind, LearnerClass) else None
    return face is not None and issubclass(face, bases)


def encoded(link: Link, value: Any) -> bytes:
    """A value as it would travel, to see whether it has changed.

    Raises:
        WireError: it cannot travel.
    """
    return _Encoding(link).frame({"value": value})
