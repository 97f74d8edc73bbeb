"""Which files below a folder are new or changed, found out without looking at each call.

Both processes keep their working directories in step by this: the test sees files that learner
code has written and the other way round. What may cross, and where it is written, is decided by
`files` on the trusted side.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import sys
import time
from pathlib import Path
from typing import Any

MOST_FILES = 200
"""Files of the working directory that are told of."""

_writes = [0]
"""How often this process may have written a file, by what Python's audit events tell."""


_LOOKS = frozenset({"os.listdir", "os.scandir"})
"""What writes nothing, and is done at each look."""


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        if isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            _writes[0] += 1
    elif event.startswith(("os.", "shutil.", "sqlite3.", "subprocess.")):
        if event not in _LOOKS:
            _writes[0] += 1


@functools.cache
def _listen() -> None:
    sys.addaudithook(_hear)


class Watch:
    """Tells when the files below a folder have changed, without looking every time.

    It looks when Python has opened a file for writing, and, for what libraries write by
    themselves, when its last look is twenty times as long ago as it took.
    """

    def __init__(self, folder: Path) -> None:
        _listen()
        self.files: dict[str, tuple[int, int]] = {}
        self._folder = str(folder)
        self._writes = -1
        self._due = 0.0

    def changed(self) -> bool:
        """Look again if necessary, and tell whether `files` is new."""
        start = time.perf_counter()
        if self._writes == _writes[0] and start < self._due:
            return False
        self._writes = _writes[0]
        files = list_files(self._folder)
        now = time.perf_counter()
        self._due = now + 20 * (now - start)
        if files == self.files:
            return False
        self.files = files
        return True


def list_files(folder: str) -> dict[str, tuple[int, int]]:
    """Size and time of change of the regular files below a folder; nothing hidden, no links."""
    found: dict[str, tuple[int, int]] = {}
    waiting = [(folder, "")]
    while waiting and len(found) < MOST_FILES:
        here, prefix = waiting.pop()
        try:
            entries = list(itertools.islice(os.scandir(here), MOST_FILES))
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith((".", "__pycache__")):
                continue
            if entry.is_dir(follow_symlinks=False):
                if prefix.count("/") < 3:
                    waiting.append((entry.path, f"{prefix}{entry.name}/"))
            elif entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    about = entry.stat(follow_symlinks=False)
                    found[prefix + entry.name] = (about.st_size, about.st_mtime_ns)
    return found
