"""Calling a function in a process that ends with the call, so that nothing stays in memory.

The process is a fork of this one and knows all that this one knows. What it prints is printed here,
and functions among the arguments are called here, where they belong; values travel as pickles.
Where processes cannot be forked, as on Windows, the function is called in this process.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn


class LostError(RuntimeError):
    """The process ended before the function returned."""


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a process of its own; return what it returns, or raise what it raises.

    Functions that stand in dictionaries, lists or tuples of the arguments, or are arguments
    themselves, are called in this process.

    Raises:
        LostError: the process ended without an answer.
    """
    if not hasattr(os, "fork"):
        return function(*arguments)
    from_child, to_here = Pipe(duplex=False)
    from_here, to_child = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        _run(function, arguments, from_here, to_here)
    to_here.close()
    from_here.close()
    try:
        return _serve(arguments, from_child, to_child)
    finally:
        from_child.close()
        to_child.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def line_of(problem: BaseException) -> tuple[int, str] | None:
    """The innermost line of a notebook's cell that an exception went through; None without one."""
    if hasattr(problem, "learner_line"):
        number, text = problem.learner_line
        return int(number), str(text)
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        if "ipykernel" in frame.filename or frame.filename.startswith("<"):
            return frame.lineno or 0, (frame.line or "").strip()
    return None


def _send(go: Connection, value: Any) -> None:
    """Send a value whole. By its own pickles a connection would leave tensors with this process."""
    go.send_bytes(pickle.dumps(value))


def _received(come: Connection) -> Any:
    return pickle.loads(come.recv_bytes())


# ---- in this process


def _serve(arguments: tuple[Any, ...], come: Connection, go: Connection) -> Any:
    functions = _functions(arguments)
    try:
        while True:
            kind, *content = _received(come)
            if kind == "returned":
                return content[0]
            if kind == "raised":
                raise content[0]
            if kind == "printed":
                sys.stdout.write(content[0])
            else:
                number, positional, named = content
                _send(go, _outcome(functions[number], positional, named))
    except EOFError:
        raise LostError("the program ended before the function returned") from None


def _outcome(function: Callable[..., Any], positional: Any, named: Any) -> tuple[str, Any]:
    try:
        return "returned", function(*positional, **named)
    except Exception as problem:
        return "raised", problem


def _functions(value: Any) -> list[Callable[..., Any]]:
    """The functions in a value, in order."""
    if isinstance(value, (dict, list, tuple)):
        parts = value.values() if isinstance(value, dict) else value
        return [function for part in parts for function in _functions(part)]
    return [value] if callable(value) else []


# ---- in the other process


class _Printed(io.TextIOBase):
    """Sends what is printed."""

    def __init__(self, go: Connection) -> None:
        self._go = go

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        _send(self._go, ("printed", text))
        return len(text)


def _run(
    function: Callable[..., Any], arguments: tuple[Any, ...], come: Connection, go: Connection
) -> NoReturn:
    """Call the function, send what comes of it, and end this process."""
    sys.stdout = sys.stderr = _Printed(go)
    count = iter(range(sys.maxsize))

    def far(value: Any) -> Any:
        """The value, with functions that are called in the other process."""
        if isinstance(value, dict):
            return {key: far(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)([far(part) for part in value])
        return ask(next(count)) if callable(value) else value

    def ask(number: int) -> Callable[..., Any]:
        def there(*positional: Any, **named: Any) -> Any:
            _send(go, ("call", number, positional, named))
            how, value = _received(come)
            if how == "raised":
                raise value
            return value

        return there

    try:
        try:
            reply = "returned", function(*far(arguments))
        except BaseException as problem:
            problem.learner_line = line_of(problem) or (0, "")  # type: ignore[attr-defined]
            reply = "raised", problem
        try:
            _send(go, reply)
        except Exception as problem:  # what comes of it cannot be pickled
            words = reply[1] if reply[0] == "raised" else problem
            _send(go, ("raised", RuntimeError(f"{type(words).__name__}: {words}")))
    finally:
        os._exit(0)
