"""The trusted end of the bridge: puts requests to the learner's process and takes its replies.

A reply is data from an opponent. Whatever makes no sense ends the conversation for good
(`LearnerLost`); so does silence. While a call is under way, functions of the test that were passed
to it are served. How handles behave stands in `handles`, how they are made in `stand_ins`, what a
test may look into in `opening`, how messages are written and read in `messages`.
"""

from __future__ import annotations

import builtins
import contextlib
import math
import operator
import signal
import socket
import sys
import threading
import time
import types
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn, Protocol

from labkit.exercise import guard
from labkit.grading.trusted import ahead, bridge, copies, replies, wire
from labkit.grading.trusted.given import Given
from labkit.grading.trusted.handles import (
    Handle,
    LearnerClass,
    LearnerError,
    LearnerLost,
    LearnerTimeUp,
    NotOptedInError,
    NoValueError,
    TestTimeUp,
)
from labkit.grading.trusted.messages import Decoding, Encoding, Table
from labkit.grading.trusted.opening import Opening
from labkit.grading.trusted.replies import EndError
from labkit.grading.trusted.stand_ins import StandIns

GRACE = 2.0
"""Seconds beyond a call's time after which a silent learner's process is given up."""

MOST_CALLBACKS = 100_000
"""Calls of the test's own functions that learner code can make within one call."""

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

    def is_the_learners(self, name: str) -> bool:
        """Whether a name is taken from the learner, if he has it."""

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
    """The way to the learner's process: sends requests, serves callbacks (a `handles.Process`)."""

    def __init__(
        self, connection: socket.socket, names: Names, files: Files, call_seconds: float
    ) -> None:
        """Take over a connected socket.

        Args:
            connection: the other end of the one that `bridge.serve` reads.
            names: asked before and told after every request.
            files: likewise.
            call_seconds: limit of a call where nobody sets another, in CPU time.
        """
        self.lost = ""
        self.apart: list[str] = []
        self.opening = Opening(names.trusted_class)
        self._connection = connection
        self._names = names
        self._files = files
        self._call_seconds = call_seconds
        self._ends = math.inf
        self.traffic = 0
        self._count = 0
        self._depth = 0
        self._stand_ins = StandIns(self, names.trusted_class)
        self._given = Given()
        self._table = Table(self._stand_ins, self._given, names.trusted_class)
        self._ended: set[Handle] = set()
        self._own_stdout: object = None
        self._own_builtins = dict(vars(builtins))

    # ---- a test's beginning and end

    def end_within(self, seconds: float) -> None:
        """Let no call of the present test last longer than this from now on.

        A test that is stopped from outside in the middle of a call leaves a learner's process that
        nobody understands any more, so calls end by themselves before.
        """
        self._ends = time.monotonic() + seconds

    def begin(
        self, names: list[str], attributes: frozenset[str], stdout: object, everything: bool = False
    ) -> dict[str, Any]:
        """Start a test: return the values of those names that the learner has.

        Args:
            names: what the test uses.
            everything: whether it lists all names, so that the others come too.
            attributes: names that a comment in the test opts in to.
            stdout: where the test's own printing goes, unless it redirects it.
        """
        self.apart.clear()
        self.opening.begin(attributes)
        self._own_stdout = stdout
        return self._take_names(
            {"do": "begin", "names": names, "shared": self._names.shared, "all": everything}
        )

    def fetch(self, names: list[str]) -> dict[str, Any]:
        """Return the values of further names, as far as the learner has them."""
        return self._take_names({"do": "fetch", "names": names})

    def _take_names(self, request: dict[str, Any]) -> dict[str, Any]:
        reply = self._request(request, self._call_seconds)
        found, names = reply.get("value"), request["names"]
        if type(found) is not dict or not all(type(name) is str for name in found):
            self._lose("the learner's process answers something else than what it was asked")
        if request.get("all"):
            found = {n: v for n, v in found.items() if n in names or self._names.is_the_learners(n)}
        if not request.get("all") and not set(found) <= set(names):
            self._lose("the learner's process answers something else than what it was asked")
        for name, value in found.items():
            if isinstance(value, LearnerClass) and self._names.opts_in(name):
                self.opening.name(value)
        self._files.listed(replies.dictionary(reply, "files"))
        self._files.pull(self)
        return found

    def finish(self) -> None:
        """End a test: the learner's names become again what they were before it."""
        self._given.clear()
        if not self.lost:
            self._request({"do": "done"}, self._call_seconds)

    def read_files(self, names: list[str]) -> dict[str, bytes]:
        """Fetch files from the learner's working directory."""
        reply = self._request({"do": "read files", "names": names}, self._call_seconds)
        return replies.dictionary(reply, "value")

    def used(self) -> float:
        """CPU seconds that the learner's process says its code has used in the present test."""
        used = self._request({"do": "used"}, self._call_seconds).get("value")
        return used if type(used) is float else math.inf

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
            seconds: limit in CPU time where the code runs, by default that of the link; on the
                clock it may take `guard.PATIENCE` times as long, and no longer than the test.
            write_back: whether arguments that learner code changes in place change here too.

        Raises:
            LearnerTimeUp: it took too long.
            TestTimeUp: the test's time is over.
            LearnerLost: it does not answer any more.
        """
        limit = self._call_seconds if seconds is None else seconds
        redirected = sys.stdout is not self._own_stdout
        changes = {
            "named": dict(named),
            "write back": write_back,
            "print": redirected,
            "builtins": self._replaced_builtins(),
            "files": self._files.written(),
            **self._names.edits(),
        }
        message = {
            "do": "operate",
            "operation": operation,
            "arguments": list(arguments),
            # What is not said is empty: most calls change nothing, and there are many.
            **{field: value for field, value in changes.items() if value},
        }
        with _alarm_kept() as left:
            message["seconds"] = limit = min(limit, left)
            message["patience"] = patience = min(guard.PATIENCE * limit, self._left())
            reply = self._request(message, patience, write_back)
        self._take_changes(reply, arguments, named)
        self._files.pull(self)
        if redirected and type(reply.get("printed")) is str:
            sys.stdout.write(reply["printed"][: bridge.PRINT_LIMIT])
        return self._outcome(reply, arguments, limit)

    def _replaced_builtins(self) -> dict[str, Any]:
        """The built-ins that the test has replaced by callables of its own."""
        now, own = vars(builtins), self._own_builtins
        if all(map(operator.is_, now.values(), own.values())):
            return {}
        return {
            name: now[name]
            for name, before in own.items()
            if name in now and now[name] is not before and callable(now[name])
        }

    def undisturbed(self) -> bool:
        """Whether nobody reads what an answer prints, and no built-in is replaced."""
        return sys.stdout is self._own_stdout and not self._replaced_builtins()

    def call_many(self, function: Handle, calls: list[tuple[Any, ...]]) -> list[ahead.Outcome]:
        """Call a function several times, in one message, with plain numbers and texts.

        Returns what each call gave, in order; fewer, but one at least, where a call did something
        that a test could notice or took long. An error stands for a message that failed as a whole.
        """
        arguments = [argument for call in calls for argument in call]
        try:
            answer = self.operate("call many", function, arguments, len(calls), write_back=False)
        except Exception as failed:
            return [_raises(failed)]
        given = answer if type(answer) is dict else {}
        values, problem = given.get("values"), given.get("problem")
        if type(values) is not list or type(problem) not in (dict, type(None)):
            self._lose("the learner's process answers something else than it was asked")
        outcomes: list[ahead.Outcome] = [iter(values).__next__] * len(values)
        if problem is not None:
            outcomes.append(_raises(replies.exception(problem)))
        if not 0 < len(outcomes) <= len(calls):
            self._lose("the learner's process answers other calls than it was asked for")
        return outcomes

    def call_within(
        self, target: Any, seconds: float, *positional: Any, forgets: bool = False
    ) -> Any:
        """Call for `labkit.exercise.guard`, which words the outcome for the learner."""
        return self._within(seconds, "call apart" if forgets else "call", target, *positional)

    def read_within(self, target: Any, seconds: float, name: str) -> Any:
        """Read an attribute that a judge asks for by name, through `labkit.exercise.guard`."""
        return self._within(seconds, "get attribute", target, name)

    def _within(self, seconds: float, operation: str, *arguments: Any) -> Any:
        try:
            return self.operate(operation, *arguments, seconds=seconds, write_back=False)
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
        except EndError:
            self._ended.add(iterator)  # or it would be another sequence for every reader
            raise StopIteration from None

    def attribute(self, handle: Any, name: str) -> Any:
        """Read an attribute that the test opted in to."""
        with self._noted():
            self.opening.require_attribute(handle, name)
        return self.operate("get attribute", handle, name)

    def set_attribute(self, handle: Any, name: str, value: Any) -> None:
        """Set an attribute that the test opted in to."""
        with self._noted():
            self.opening.require_attribute(handle, name)
        self.operate("set attribute", handle, name, value)

    def delete_attribute(self, handle: Any, name: str) -> None:
        """Delete an attribute that the test opted in to."""
        with self._noted():
            self.opening.require_attribute(handle, name)
        self.operate("delete attribute", handle, name)

    # ---- what handles ask

    def opted_in(self, handle: Any) -> bool:
        """Whether the test names the class of an object, or a base of it."""
        return self.opening.opted_in(handle)

    def require(self, handle: Handle, operation: str) -> None:
        """Raise an error unless a special method of an object may be used."""
        with self._noted():
            self.opening.require(handle, operation)

    def note_apart(self, problem: Exception) -> None:
        """Note that the test met with something that only happens because it runs apart."""
        self.apart.append(str(problem))

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except (NoValueError, NotOptedInError) as problem:
            self.note_apart(problem)
            raise

    def names_operator(self, handle: Any, operation: str) -> bool:
        """Whether a comment in the test opts in to an operator."""
        return self.opening.names_operator(handle, operation)

    def face(self, kind: LearnerClass) -> type | None:
        """What `isinstance` sees besides a class's stand-in."""
        return self._stand_ins.face(kind)

    def encoded(self, value: Any) -> bytes:
        """A value as it would travel, to see whether it has changed.

        Raises:
            WireError: it cannot travel.
        """
        return Encoding(self._table).frame({"value": value})

    # ---- one request

    def _request(
        self, message: dict[str, Any], seconds: float, write_back: bool = False
    ) -> dict[str, Any]:
        if self.lost:
            raise LearnerLost(self.lost)
        if self._depth >= DEEPEST:
            raise RecursionError("test and learner's code call each other too deeply")
        self.traffic += 1
        self._count += 1
        number = self._count
        encoding = Encoding(self._table)
        try:
            frame = encoding.frame({"id": number, **message})
        except wire.WireError as problem:
            apart = TypeError(f"The test passes a value that cannot travel: {problem}")
            self.note_apart(apart)
            raise apart from None
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
            reply = Decoding(self._table, originals).message(received)
            if reply["outcome"] != "callback":
                break
            callbacks += 1
            self.traffic += 1
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
            answer["value"] = self._given.use(
                request["id"], request["use"], list(request["arguments"]), request["named"]
            )
            answer["outcome"] = "returned"
            frame = Encoding(self._table).frame(answer)
        except StopIteration:
            frame = Encoding(self._table).frame({"do": "result", "outcome": "stopped"})
        except Exception as problem:
            answer |= {"name": type(problem).__name__, "message": str(problem)[:2000]}
            answer |= {"value": None, "outcome": "raised"}
            frame = Encoding(self._table).frame(answer)
        wire.send(self._connection, frame, deadline + self._call_seconds)

    def _take_changes(
        self, reply: dict[str, Any], arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> None:
        """Write back what learner code did to arguments, names and files."""
        own = dict(enumerate(arguments)) | dict(named)
        for key, value in replies.dictionary(reply, "arguments").items():
            if key in own:
                with contextlib.suppress(Exception):
                    if value is not own[key]:
                        copies.pour(value, own[key])
        gone = reply.get("gone")
        self._names.changed(replies.dictionary(reply, "names"), gone if type(gone) is list else [])
        self._files.listed(replies.dictionary(reply, "files"))

    def _outcome(self, reply: dict[str, Any], arguments: tuple[Any, ...], limit: float) -> Any:
        outcome = reply["outcome"]
        if outcome == "returned":
            same = reply.get("same")
            if type(same) is int and 0 < same < len(arguments):
                return arguments[same]
            return reply.get("value")
        if outcome == "raised":
            raise replies.exception(reply)
        if outcome == "timeout":
            self._left()
            raise LearnerTimeUp(f"The call did not return within {limit:g} s, so it was stopped.")
        if outcome == "unreadable":
            text = f"The learner's process cannot read what the test passes: {reply.get('reason')}"
            unread = TypeError(text[:500])
            self.note_apart(unread)
            raise unread
        if outcome == "unsendable":
            text = f"What your code returned cannot be judged: {reply.get('reason')}"
            unsent = LearnerError(text[:500])
            self.note_apart(unsent)
            raise unsent
        raise LearnerError("The call was interrupted.")

    def _lose(self, reason: str) -> NoReturn:
        self._lose_quietly(reason)
        raise LearnerLost(reason)

    def _lose_quietly(self, reason: str) -> None:
        self.lost = self.lost or reason
        self._connection.close()


def _raises(problem: Exception) -> ahead.Outcome:
    def outcome() -> Any:
        raise problem

    return outcome


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
