"""What surrounds the learner's code while a test calls it: its clock, what it prints, its input.

And the files of its working directory, as far as the test's process asks for them.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHORTEST_LOOK = 0.02
"""Seconds between two looks at the clock when little is left."""


class TimeUp(BaseException):
    """The time of an operation is over; no `except Exception` swallows it."""


class Printed(io.TextIOBase):
    """Takes what the learner's code prints, and keeps a part of it if somebody asked."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._room = 0

    def begin(self, room: int) -> None:
        """Keep up to so many characters from now on."""
        self._parts, self._room = [], room

    def end(self) -> str:
        """Return what was kept, and keep nothing more."""
        printed, self._parts, self._room = "".join(self._parts), [], 0
        return printed

    def writable(self) -> bool:
        """Text can be written."""
        return True

    def write(self, text: str) -> int:
        """Take printed text."""
        if self._room > 0:
            self._parts.append(text[: self._room])
            self._room -= len(text)
        return len(text)


class Clock:
    """Rings in the main thread once a call's time is over, except while a test's function runs.

    What counts is CPU time, of this process and of programs it ran, so that a busy machine refuses
    nobody; on the clock the call may take `patience` seconds.
    """

    def __init__(self, seconds: float, patience: float) -> None:
        self._seconds = seconds
        self._patience = patience
        self._held = False
        self._works = (
            hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
        )
        self.over = False

    def used(self) -> float:
        """CPU seconds since the call began."""
        return cpu_seconds() - self._used_before if self._works else 0.0

    def _left(self) -> float:
        waited = time.monotonic() - self._start
        return min(self._seconds - self.used(), self._patience - waited)

    def _ring(self, *_: object) -> None:
        left = 0.0 if self.over else self._left()
        if left > 0:
            signal.setitimer(signal.ITIMER_REAL, max(left, SHORTEST_LOOK))
            return
        self.over = True
        # Again, for code that swallows the first ring in a bare `except`.
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        if not self._held:
            raise TimeUp

    def __enter__(self) -> None:
        if self._works:
            self._start, self._used_before = time.monotonic(), cpu_seconds()
            self._before = signal.signal(signal.SIGALRM, self._ring)
            first = max(min(self._seconds, self._patience), SHORTEST_LOOK)
            self._remaining = signal.setitimer(signal.ITIMER_REAL, first)[0]

    def __exit__(self, *_: object) -> None:
        self._held = True
        if self._works:
            _take_note_of_ended_programs()
            self.over = self.over or self._left() <= 0
            left = 0.0
            if self._remaining:
                left = max(self._remaining - (time.monotonic() - self._start), 0.01)
            signal.signal(signal.SIGALRM, self._before)
            signal.setitimer(signal.ITIMER_REAL, left)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Do not ring in here, but as soon as it is left."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self.over:
            raise TimeUp


def cpu_seconds() -> float:
    """CPU time of this process and of the programs it has run."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _take_note_of_ended_programs() -> None:
    """Wait for programs that have ended, so that their time counts though nobody asked for it."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


class Replaced:
    """Built-ins that the test has replaced: they act where the answer runs."""

    def __init__(self, replacements: dict[str, Any]) -> None:
        self._replacements = replacements
        self._before = {name: getattr(builtins, name, None) for name in replacements}

    def __enter__(self) -> None:
        vars(builtins).update(self._replacements)

    def __exit__(self, *_: object) -> None:
        vars(builtins).update(self._before)

    @contextlib.contextmanager
    def lifted(self) -> Iterator[None]:
        """Have Python's own back while this package's code runs."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


def read_files(request: dict[str, Any]) -> dict[str, bytes]:
    """Read files of the working directory, as far as that is possible."""
    contents = {}
    for name in request["names"]:
        with contextlib.suppress(OSError):
            contents[name] = Path(name).read_bytes()
    return contents


def write_files(files: dict[str, bytes]) -> None:
    """Write files of the test's into the working directory, as far as that is possible."""
    for name, content in files.items():
        with contextlib.suppress(OSError):
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(content)
