"""The trusted process: runs the instructor's cells and never a line of a learner's code.

Set-up and test cells run here in IPython, as they would in a kernel. The names that a test takes
from the learner come over the bridge, as values or as handles; names of the instructor's stay his.
The worker that started the process drives it over a control socket (`main`); how a learner's
things behave in a test is the business of `handles`, locking the process down that of the sandbox.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import io
import json
import os
import random
import re
import socket
import struct
import sys
import time
from collections.abc import Iterator
from typing import Any

from labkit import code
from labkit.grading.trusted import ahead, files, handles, link, names, points, shell
from labkit.grading.trusted.namespace import Namespace

INSTANCES = "labkit.exercise.instances"
"""Where exams are drawn; not imported for courses that have none."""

_STAND_INS = re.compile(
    r"\b(LearnerClass|FunctionHandle|ModuleHandle|TestFunction|TestObject\w*|PurePosixPath|Record)\b"
)
"""Names that a message holds when an operation is not there for what stands for an object."""

LONGEST_MESSAGE = 500
"""Characters of an error's text that are shown."""


class Evaluator:
    """Runs the cells of one submission."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._folder = files.Folder()
        self._outputs = shell.Outputs(200_000)
        self._stdout = shell.Stdout(self._outputs)
        self._namespace = Namespace()
        self._shell = shell.make_shell(
            self._folder.private / "ipython", self._outputs, self._namespace
        )
        self._names = names.Names(self._namespace, ())
        self._link = link.Link(connection, self._names, self._folder, 60.0)
        self._rewrite = ahead.Rewrite()
        self._shell.ast_transformers.append(self._rewrite)
        self._later: set[str] = set()
        self._given: dict[str, str] = {}

    def open(self, order: dict[str, Any]) -> dict[str, Any]:
        """Lay out files, set the environment, run the imports."""
        self._folder.give(order.get("files") or {}, order.get("trusted_files") or ())
        self._folder.lay_out(order.get("secret") or {}, self._folder.private)
        modules = self._folder.private / "modules"
        for name in order.get("trusted_files") or ():
            if name.endswith(".py") and name in (order.get("files") or {}) and files.is_plain(name):
                self._folder.lay_out({name: order["files"][name]}, modules)
        files.keep_imports_from(self._folder.root, modules)
        os.environ.setdefault("MPLBACKEND", "Agg")
        for name, value in (order.get("environment") or {}).items():
            os.environ[name] = str(value).replace("{secret}", str(self._folder.private))
        self._outputs.limit = int(order.get("max_output") or 200_000)
        files.refuse_pickles(lambda: self._folder.has_learner_files)
        self._namespace["issubclass"] = handles.is_subclass
        self._names = names.Names(
            self._namespace, order.get("learner_names") or (), order.get("learner_classes")
        )
        self._link = link.Link(
            self._connection, self._names, self._folder, float(order.get("call_seconds") or 60)
        )
        self._names.link = self._link
        setattr(builtins, ahead.AHEAD, ahead.Ahead(self._link).rounds)
        if order.get("preload") is not None:
            self._link.opening.libraries = {module.partition(".")[0] for module in order["preload"]}
        self._given = order.get("drawn") or {}
        if self._given:
            importlib.import_module(INSTANCES).kept.update(self._given)
        for statement in order.get("imports") or ():
            self._run_statements(statement)
        self._names.note_imports()
        _seed()
        return {"ok": True}

    def drawn(self) -> dict[str, Any]:
        """Return the instances that were drawn for the tests, as JSON by name."""
        kept = sys.modules[INSTANCES].kept if INSTANCES in sys.modules else {}
        return {"drawn": {name: text for name, text in kept.items() if name not in self._given}}

    def setup(self, source: str) -> dict[str, Any]:
        """Run a set-up cell; a statement that needs the learner's names is left out."""
        self._outputs.begin()
        with self._captured():
            self._run_statements(source)
        self._names.note_classes()
        self._later |= code.names_in_functions(code.cell(source))
        return {"outputs": self._outputs.cell}

    def test(self, source: str, seconds: float) -> dict[str, Any]:
        """Run a test cell against the learner's names; its calls end within so many seconds."""
        start = time.monotonic()
        self._link.end_within(seconds)
        self._outputs.begin()
        was_lost = self._link.lost
        problem: BaseException | None = None
        person = ""
        try:
            problem = self._run_test(source)
        except (handles.LearnerLost, KeyboardInterrupt) as stopped:
            problem = stopped
        finally:
            if not self._link.lost:
                person = self._person(source, problem) or self._too_slow(problem, seconds)
            self._names.take_out()
        with contextlib.suppress(handles.LearnerLost):
            self._link.finish()
        if problem is None and self._link.lost and not was_lost and not self._has_result():
            problem = handles.LearnerLost(self._link.lost)
        if isinstance(problem, points.NoPointsError):
            self._outputs.drop_result()
        if problem is not None:
            self._outputs.cell.append(_error_output(problem, source, self._shell))
        self._later |= code.names_in_functions(code.cell(source))
        took = time.monotonic() - start
        return {
            "outputs": self._outputs.cell,
            "person": person,
            "seconds": took,
            "lost": self._link.lost,
        }

    def _run_test(self, source: str) -> BaseException | None:
        if not self._link.lost:
            self._begin(source)
        shell.Hook.source = source
        with self._captured():
            result = self._shell.run_cell(source, store_history=False)
        if self._link.lost and isinstance(result.error_in_exec, NameError):
            return handles.LearnerLost(self._link.lost)
        amount = points.shown(result.result)
        if amount is not None:
            self._outputs.show_result(amount)
        problem = result.error_before_exec or result.error_in_exec
        return problem or points.fault(result.result, source)

    def _begin(self, source: str) -> None:
        """Have the learner's names ready for a test."""
        tree = code.cell(source)
        wanted = self._names.wanted(names.loaded_names(source) | self._later)
        attributes, everything = names.opted_attributes(source), names.lists_names(source)
        self._link.opening.note_libraries(source)
        found = self._link.begin(wanted, attributes, self._stdout, everything)
        bound = code.bound_names(tree)
        self._rewrite.begin(set(found), bound)
        self._names.begin(found, wanted, bound)
        if everything:
            self._names.bring_all()
        for name in code.names_in_class_bodies(tree):
            self._names.bring(name)

    def _person(self, source: str, problem: BaseException | None) -> str:
        """Say why a person must decide a test; an empty text where its result stands.

        A failure that comes from test and answer being apart is nobody's answer, and a test that
        looked at nothing of the learner's proves nothing.
        """
        if self._link.apart:
            return self._link.apart[0]
        if isinstance(problem, (TypeError, AttributeError)) and _STAND_INS.search(str(problem)):
            return (
                f"The test meets an object that stands for one of the other process: {problem}"
            )[:LONGEST_MESSAGE]
        patched = names.patched_modules(source)
        if patched and self._names.touched:
            return (
                f"The test replaces {', '.join(sorted(patched))}, which acts in its own process "
                "and not where the answer runs."
            )
        if isinstance(problem, ModuleNotFoundError):
            return (
                f"The test needs the module {problem.name}, which the process of the tests does "
                "not have."
            )
        if problem is None and not (self._names.touched or self._folder.touched):
            return (
                "The test looked at no name, value, output or file of the learner's, so its "
                "result proves nothing."
            )
        return ""

    def _too_slow(self, problem: BaseException | None, seconds: float) -> str:
        """Say that a test took long because of the way to the learner's process, if it did."""
        if not isinstance(problem, KeyboardInterrupt):
            return ""
        with contextlib.suppress(handles.LearnerLost):
            used = self._link.used()
            if used < seconds / 2:
                return (
                    f"The test was stopped after {seconds:g} s, of which the learner's code used "
                    f"{used:.1f} s. The rest went to the test itself and to the way between the "
                    "two; c.ExecuteApart.timeout gives a test more time."
                )
        return ""

    def _has_result(self) -> bool:
        return any(output["output_type"] == "execute_result" for output in self._outputs.cell)

    def _run_statements(self, source: str) -> None:
        """Run a cell statement by statement, leaving out what cannot run."""
        try:
            text = self._shell.transform_cell(source)
            body = ast.parse(text).body
        except (SyntaxError, ValueError):
            return
        name = self._shell.compile.cache(text, raw_code=source)
        with self._captured():
            for statement in body:
                with contextlib.suppress(Exception, SystemExit):
                    exec(compile(ast.Module([statement], []), name, "exec"), self._namespace)

    @contextlib.contextmanager
    def _captured(self) -> Iterator[None]:
        stdin = sys.stdin
        sys.stdin = io.StringIO()
        try:
            with (
                contextlib.redirect_stdout(self._stdout),
                contextlib.redirect_stderr(shell.Stderr()),
            ):
                yield
        finally:
            sys.stdin = stdin


def _error_output(problem: BaseException, source: str, shell: shell.Shell) -> dict[str, Any]:
    """A failed test as a notebook shows it: the line, its text, and the error."""
    name = type(problem).__name__
    try:
        message = str(problem)[:LONGEST_MESSAGE]
    except Exception:
        message = ""
    number = _line(problem, shell)
    lines = source.splitlines()
    text = lines[number - 1] if 0 < number <= len(lines) else ""
    said = f"{name}: {message}" if message else name
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [f"In line {number} of this test:", text, said],
    }


def _line(problem: BaseException, shell: shell.Shell) -> int:
    """The innermost line of the test cell that an error went through."""
    if isinstance(problem, SyntaxError) and problem.lineno and problem.__traceback__ is None:
        return problem.lineno
    if isinstance(problem, points.NoPointsError):
        return len(problem.source.rstrip().splitlines())
    number = 0
    trace = problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == shell.compile.latest:  # type: ignore[attr-defined]
            number = trace.tb_lineno
        trace = trace.tb_next
    if not number and isinstance(problem, SyntaxError):
        number = problem.lineno or 0
    return number or 1


def _seed() -> None:
    """Start every source of random numbers anew: no two runs test the same numbers."""
    random.seed(os.urandom(32))
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(int.from_bytes(os.urandom(4), "big"))
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(int.from_bytes(os.urandom(7), "big"))


_LENGTH = struct.Struct(">I")


def main(control: socket.socket, bridge: socket.socket) -> None:
    """Serve the worker's orders until "close" or the end of the connection.

    Args:
        control: frames of a length (4 bytes, big-endian) and JSON, both ways.
        bridge: connected to the learner's process.
    """
    evaluator = Evaluator(bridge)
    while (order := _receive(control)) is not None and order["do"] != "close":
        if order["do"] == "open":
            answer = evaluator.open(order)
        elif order["do"] == "drawn":
            answer = evaluator.drawn()
        elif order["do"] == "setup":
            answer = evaluator.setup(order["source"])
        else:
            answer = evaluator.test(order["source"], order["seconds"])
        payload = json.dumps(answer).encode()
        control.sendall(_LENGTH.pack(len(payload)) + payload)


def _receive(control: socket.socket) -> dict[str, Any] | None:
    head = _exactly(control, _LENGTH.size)
    if head is None:
        return None
    body = _exactly(control, _LENGTH.unpack(head)[0])
    return None if body is None else json.loads(body)


def _exactly(control: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = control.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
