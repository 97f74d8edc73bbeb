"""Calling what a learner wrote, without being taken in.

A judge touches learner code only through `call` and reads what comes back only through
`labkit.exercise.reading`. Whatever goes wrong becomes an `UnusableError` with words for the
learner, so that a check always ends in an outcome. This keeps a notebook going; it is no protection
against a hostile answer.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import io
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from labkit.exercise import apart
from labkit.exercise.apart import line_of

PRINT_LIMIT = 4_000
"""Characters of printed text that are kept for the card."""

PATIENCE = 10
"""How many times its CPU limit a call may take on the clock: a busy machine refuses nobody, and a
call that sleeps still ends."""


class NotAttemptedError(Exception):
    """There is no answer yet: it raised NotImplementedError, or is None or an ellipsis itself."""


class UnusableError(Exception):
    """The answer cannot be judged; the text says why, `next_step` what to do."""

    def __init__(self, message: str, next_step: str = "") -> None:
        """Keep both sentences."""
        super().__init__(message)
        self.next_step = next_step


class TimeUpError(BaseException):
    """Raised inside a call that takes too long; no `except Exception` swallows it.

    An answer that lives in another process raises it from its `__call_within__`.
    """


def call(answer: Callable[..., Any], *arguments: Any, seconds: float, forgets: bool = False) -> Any:
    """Call a learner's function with a time limit.

    An answer whose class has `__call_within__(answer, seconds, *arguments)` keeps the time itself:
    at grading, answers live in another process, where copies of the arguments arrive anyway. It
    takes `forgets` as well, where that is asked for.

    Args:
        answer: the function.
        *arguments: passed on as copies, so that an answer which changes them in place harms itself
            alone.
        seconds: limit of this call in CPU time, of this process and of programs it ran; on the
            clock it may take `PATIENCE` times as long.
        forgets: the answer runs as a program of its own, and what it keeps in memory is lost.

    Raises:
        NotAttemptedError: the function is still the untouched stub.
        UnusableError: it is no function, it raised, or it did not return in time.
    """
    if answer is None or answer is Ellipsis:
        raise NotAttemptedError
    if not callable(answer):
        raise UnusableError(
            f"The answer is a value of type {type(answer).__name__}, not a function.",
            "Pass the function itself, without brackets.",
        )
    within = getattr(type(answer), "__call_within__", None)
    try:
        if within is not None:
            return within(answer, seconds, *arguments, **({"forgets": True} if forgets else {}))
        own = copy.deepcopy(arguments)
        if forgets:
            return apart.call(partial(_timed, answer, seconds), own)
        return _timed(answer, seconds, own)
    except NotImplementedError as problem:
        # The stub raises it without a text; a library that does says what it lacks.
        if not problem.args:
            raise NotAttemptedError from None
        raise _raised(problem) from None
    except TimeUpError:
        raise UnusableError(
            f"The call did not return within {seconds:g} s, so it was stopped.",
            "Look for a loop that never ends, or do the same work on whole arrays.",
        ) from None
    except UnusableError:  # what keeps the time itself may have words of its own
        raise
    except (Exception, SystemExit) as problem:
        raise _raised(problem) from None


def read(answer: Any, name: str, seconds: float = 10.0) -> Any:
    """Read an attribute of a learner's object, whatever library it is of.

    An answer whose class has `__read_within__(answer, seconds, name)` is asked that way: at
    grading, answers live in another process. A plain value comes back as a value; a method can be
    passed to `call`, another object to `read`.

    Args:
        answer: the object.
        name: the attribute; a judge names what it needs, so that nothing else is ever looked at.
        seconds: limit of the reading, as in `call`: an attribute may be computed.

    Raises:
        NotAttemptedError: there is no answer yet.
        UnusableError: the object has no such attribute, or reading it raised or took too long.
    """
    if answer is None or answer is Ellipsis:
        raise NotAttemptedError
    within = getattr(type(answer), "__read_within__", None)
    try:
        if within is not None:
            return within(answer, seconds, name)
        with _time_limit(seconds) as is_over:
            value = getattr(answer, name)
            if is_over():
                raise TimeUpError
            return value
    except AttributeError:
        raise UnusableError(
            f"The answer, of type {type(answer).__name__}, has no attribute {name!r}.",
            "Return the object that the task asks for.",
        ) from None
    except TimeUpError:
        raise UnusableError(
            f"The attribute {name!r} could not be read within {seconds:g} s.",
            "Compute what takes long before it is asked for.",
        ) from None
    except UnusableError:
        raise
    except (Exception, SystemExit) as problem:
        raise _raised(problem) from None


def _timed(answer: Callable[..., Any], seconds: float, arguments: tuple[Any, ...]) -> Any:
    with _time_limit(seconds) as is_over:
        returned = answer(*arguments)
        if is_over():  # the answer swallowed the ring
            raise TimeUpError
        return returned


def _raised(problem: BaseException) -> UnusableError:
    return UnusableError(
        f"Your code raised {_in_one_line(problem)}{_where(problem)}.",
        "Call the function yourself in a new cell to see the whole traceback.",
    )


def _in_one_line(problem: BaseException) -> str:
    """`ValueError: the text`, shortened; a text that itself raises is left out."""
    name = type(problem).__name__
    try:
        text = " ".join(str(problem).split()).rstrip(".")
    except Exception:
        return name
    return f"{name}: {text[:300]}" if text else name


def _where(problem: BaseException) -> str:
    """The innermost line of the learner's own cell, if the traceback or its sender holds one."""
    number, text = line_of(problem) or (0, "")
    if not number:
        return ""
    return f" at line {number} of your cell" + (f" ({text})" if text else "")


class _Clock:
    """How much of a call's time is left."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._cpu, self._wall = _cpu_seconds(), time.monotonic()

    def left(self) -> float:
        """Seconds in which the call cannot run out of time, if it has one thread; 0 when over."""
        used = _cpu_seconds() - self._cpu
        waited = time.monotonic() - self._wall
        return max(0.0, min(self._seconds - used, PATIENCE * self._seconds - waited))


def _cpu_seconds() -> float:
    """CPU time of this process and of the programs it has run."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


SHORTEST_LOOK = 0.02
"""Seconds between two looks at the clock when little is left."""


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[Callable[[], bool]]:
    """Raise `TimeUpError` in this thread when the time is over; yield how to ask whether it is.

    In the main thread of Linux and macOS an alarm signal also ends a sleep. Elsewhere the error is
    set from a timer thread and arrives at the next Python instruction.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with _alarm(_Clock(seconds)) as is_over:
            yield is_over
    else:
        with _timer_thread(_Clock(seconds)) as is_over:
            yield is_over


@contextlib.contextmanager
def _alarm(clock: _Clock) -> Iterator[Callable[[], bool]]:
    rung = False

    def ring(*_: object) -> None:
        nonlocal rung
        left = clock.left()
        if left > 0.0:
            signal.setitimer(signal.ITIMER_REAL, max(left, SHORTEST_LOOK))
            return
        rung = True
        # Once more, for an answer that swallows the first ring in a bare `except`.
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, ring)
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, max(clock.left(), SHORTEST_LOOK))
    try:
        # Time of a program counts once it has ended, which may be after the last look.
        yield lambda: rung or not clock.left()
    finally:
        signal.setitimer(signal.ITIMER_REAL, remaining, interval)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _timer_thread(clock: _Clock) -> Iterator[Callable[[], bool]]:
    thread = threading.get_ident()
    done = threading.Event()
    lock = threading.Lock()
    rung = False

    def watch() -> None:
        nonlocal rung
        while left := clock.left():
            if done.wait(max(left, SHORTEST_LOOK)):
                return
        with lock:
            if not done.is_set():
                rung = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(TimeUpError)
                )

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        # Time of a program counts once it has ended, which may be after the last look.
        yield lambda: rung or not clock.left()
    finally:
        with lock:
            done.set()


@contextlib.contextmanager
def same_precision() -> Iterator[None]:
    """Take back a change of torch's default number type, which would break every later answer."""
    torch = sys.modules.get("torch")
    before = torch.get_default_dtype() if torch is not None else None
    try:
        yield
    finally:
        if torch is not None:
            torch.set_default_dtype(before)


class _Tail(io.TextIOBase):
    """A text stream that keeps the beginning and counts the rest, so that a flood costs nothing."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._room = PRINT_LIMIT
        self._dropped = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        part = text[: self._room]
        if part:
            self._kept.append(part)
            self._room -= len(part)
        self._dropped += len(text) - len(part)
        return len(text)

    def text(self) -> str:
        """What was kept, and how much was not."""
        more = f"\n… {self._dropped:,} more characters" if self._dropped else ""
        return "".join(self._kept) + more


@contextlib.contextmanager
def quiet() -> Iterator[_Tail]:
    """Collect what is printed and warned; nbgrader takes text on stderr for a failed test."""
    tail = _Tail()
    with (
        contextlib.redirect_stdout(tail),
        contextlib.redirect_stderr(tail),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("default")
        yield tail
