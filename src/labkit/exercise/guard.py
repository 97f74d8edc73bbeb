"""Calling what a learner wrote, and reading what it returns, without being taken in.

A judge touches learner code only through `call` and reads results only through `as_number` and
`as_array`. Whatever goes wrong becomes an `UnusableError` with words for the learner, so that a
check always ends in an outcome. This keeps a notebook going; it is no protection against a hostile
answer.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import io
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

PRINT_LIMIT = 4_000
"""Characters of printed text that are kept for the card."""


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


def call(answer: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """Call a learner's function with a time limit.

    An answer whose class has `__call_within__(answer, seconds, *arguments)` keeps the time itself:
    at grading, answers live in another process, where copies of the arguments arrive anyway.

    Args:
        answer: the function.
        *arguments: passed on as copies, so that an answer which changes them in place harms itself
            alone.
        seconds: wall-clock limit of this call.

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
            return within(answer, seconds, *arguments)
        own = copy.deepcopy(arguments)
        with _time_limit(seconds) as is_over:
            returned = answer(*own)
            if is_over():  # the answer swallowed the ring
                raise TimeUpError
            return returned
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


def _raised(problem: BaseException) -> UnusableError:
    return UnusableError(
        f"Your code raised {_in_one_line(problem)}{_where(problem)}.",
        "Call the function yourself in a new cell to see the whole traceback.",
    )


def as_number(value: Any, what: str) -> float:
    """Read a single finite real number: int, float, NumPy or torch scalar, or an array of one.

    Raises:
        UnusableError: it is something else, or not finite.
    """
    array = as_array(value, what)
    if array.size != 1:
        raise UnusableError(
            f"The {what} should be one number, but it is an array of shape {array.shape}.",
            "Return a single number.",
        )
    return float(array.reshape(()))


def as_array(value: Any, what: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
    """Read numbers as a float64 array.

    Args:
        value: number, list or tuple of numbers (nested), array, tensor, series or frame.
        what: the name of the value in messages, for example "order quantity".
        shape: the expected shape, `None` for a free length; a single column too many is forgiven
            nowhere, since broadcasting would turn it into a wrong answer silently.

    Raises:
        UnusableError: not numbers, not finite, or of another shape.
    """
    if value is None:
        raise UnusableError(
            f"Your function ran, but returned nothing where the {what} was expected.",
            "End it with a `return` of what was asked for.",
        )
    array = _numbers(value, what)
    if shape is not None and not _fits(array.shape, shape):
        wanted = tuple("any" if size is None else size for size in shape)
        raise UnusableError(
            f"The {what} should have shape {_as_words(wanted)}, but it has shape "
            f"{_as_words(array.shape)}.",
            "Print the shape of every step to see where it changes.",
        )
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        at = f" at index {_as_words(place)}" if place else ""
        raise UnusableError(
            f"The {what} is {array[place]}{at}; every value must be a finite number.",
            "Look for a division by zero, a logarithm of zero or training that diverged.",
        )
    return array


def _numbers(value: Any, what: str) -> np.ndarray:
    """Turn the kinds of value that hold numbers into a float64 array; refuse every other kind."""
    try:
        return np.asarray(_plain(value, what), dtype=np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise UnusableError(
            f"The {what} cannot be read as an array of real numbers.",
            "Return numbers only, with rows of equal length.",
        ) from None


def _plain(value: Any, what: str) -> Any:
    """Reduce a value to numbers, arrays of numbers and lists of these, asking no foreign object."""
    kind = type(value)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor) and not value.is_complex():
        return value.detach().cpu().to(torch.float64).numpy()
    if kind.__module__.partition(".")[0] == "pandas" and hasattr(value, "to_numpy"):
        return value.to_numpy(dtype=float, na_value=np.nan)
    if isinstance(value, np.ma.MaskedArray):
        return _plain(np.ma.filled(value.astype(float), np.nan), what)
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind in "biuf":
            return np.asarray(value)
        if value.dtype.kind == "O":
            return _plain(value.tolist(), what)
    if isinstance(value, (list, tuple, range)):
        return [_plain(item, what) for item in value]
    if isinstance(value, (bool, int, float, Fraction, Decimal)):
        return float(value)
    raise UnusableError(
        f"Numbers were expected as {what}, but there is something of type {kind.__name__}.",
        "Return a number, a list, a NumPy array or a torch tensor that is already computed.",
    )


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    return len(shape) == len(wanted) and all(
        expected is None or size == expected for size, expected in zip(shape, wanted, strict=True)
    )


def _as_words(shape: tuple[Any, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


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
    if hasattr(problem, "learner_line"):
        number, text = problem.learner_line
        return f" at line {number} of your cell" + (f" ({text})" if text else "")
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        if "ipykernel" in frame.filename or frame.filename.startswith("<"):
            line = (frame.line or "").strip()
            return f" at line {frame.lineno} of your cell" + (f" ({line})" if line else "")
    return ""


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[Callable[[], bool]]:
    """Raise `TimeUpError` in this thread when the time is over; yield how to ask whether it is.

    In the main thread of Linux and macOS an alarm signal also ends a sleep. Elsewhere the error is
    set from a timer thread and arrives at the next Python instruction.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        with _alarm(seconds) as is_over:
            yield is_over
    else:
        with _timer_thread(seconds) as is_over:
            yield is_over


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[Callable[[], bool]]:
    rung = False

    def ring(*_: object) -> None:
        nonlocal rung
        rung = True
        raise TimeUpError

    before = signal.signal(signal.SIGALRM, ring)
    # The repeat catches an answer that swallows the first ring in a bare `except`.
    remaining, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield lambda: rung
    finally:
        signal.setitimer(signal.ITIMER_REAL, remaining, interval)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _timer_thread(seconds: float) -> Iterator[Callable[[], bool]]:
    thread = threading.get_ident()
    over = threading.Lock()
    done = rung = False

    def ring() -> None:
        nonlocal rung
        with over:
            if not done:
                rung = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread), ctypes.py_object(TimeUpError)
                )

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: rung
    finally:
        with over:
            done = True
        timer.cancel()


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
