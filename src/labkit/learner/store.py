"""The progress file on disk: read, write whole or not at all, lock, set aside what is broken.

What stands in the file is the business of `labkit.learner.progress`; this module only knows which
texts are such a file. Fields it does not know, which a newer labkit may write, pass through as
they are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from labkit import files

FORMAT = 1
LOCK_SECONDS = 10
Record = dict[str, Any]
Change = Callable[[Record], None]


class ProgressError(Exception):
    """The progress file could not be read or written; the text says what to do."""


class NewerFormatError(ValueError):
    """The file was written in a later format; it is whole, and not ours to change."""


def empty() -> Record:
    """A file's content before anything was reached."""
    return {"format": FORMAT, "labs": {}}


def read(path: Path) -> Record:
    """Read the whole content; that of a file which does not exist is empty.

    Raises:
        ProgressError: the file cannot be read; one that is broken has been set aside.
    """
    try:
        return _read(path)
    except NewerFormatError:
        raise ProgressError(_newer(path)) from None
    except ValueError:
        with locked(path):
            return _read_or_set_aside(path)


def update(path: Path, change: Change) -> None:
    """Change the content in place, with one process at a time at the file.

    Raises:
        ProgressError: it was not kept; or a broken file was set aside and a new one begun.
    """
    trouble: ProgressError | None = None
    with locked(path):
        try:
            content = _read_or_set_aside(path)
        except ProgressError as problem:
            if path.exists():  # it could not be set aside, so it must not be overwritten
                raise
            content, trouble = empty(), problem
        change(content)
        _sweep(path)
        write(path, content)
    if trouble is not None:
        raise trouble


def write(path: Path, content: Record) -> None:
    """Write the whole file or nothing of it.

    Raises:
        ProgressError: it could not be written; what stood there before still stands.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with files.replacing(path, files.PRIVATE) as file:
            file.write(render(content).encode())
    except OSError as problem:
        raise ProgressError(_not_kept(path, problem)) from None


def render(content: Record) -> str:
    """Return the text of a file with this content."""
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def parse(text: str) -> Record:
    """Read a file's text.

    Raises:
        NewerFormatError: it is of a later format.
        ValueError: it is no progress file, or a damaged one.
    """
    try:
        content = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(content, dict) or not isinstance(content.get("format"), int):
        raise ValueError("no format")
    if content["format"] > FORMAT:
        raise NewerFormatError
    labs = content.get("labs")
    if content["format"] != FORMAT or not isinstance(labs, dict):
        raise ValueError("labs are missing")
    for lab in labs.values():
        _check_lab(lab)
    return content


def _check_lab(lab: Any) -> None:
    if not isinstance(lab, dict):
        raise ValueError("a lab is no table")
    for part in ("tasks", "quiz", "hints", "lesson", "sent"):
        if not isinstance(lab.get(part, {}), dict):
            raise ValueError(f"{part} is no table")
    for entry in lab.get("tasks", {}).values():
        _check_task(entry)
    if not all(isinstance(opened, int) for opened in lab.get("hints", {}).values()):
        raise ValueError("opened hints are no count")
    if not all(isinstance(answer, dict) for answer in lab.get("quiz", {}).values()):
        raise ValueError("an answer is no table")
    for answer in lab.get("quiz", {}).values():
        _check_texts(answer, "when")
    for part in ("lesson", "sent"):
        _check_texts(lab.get(part, {}), *lab.get(part, {}))
    for entry in _tables(lab.get("submitted", [])):
        _check_texts(entry, "when", "receipt", "how", "digest")


def _check_task(entry: Any) -> None:
    if not isinstance(entry, dict):
        raise ValueError("a task's entry is no table")
    tries = entry.get("tries")
    if not (isinstance(tries, int) and tries >= 0):
        raise ValueError("a task's tries are no count")
    _check_score(entry.get("best"))
    _check_score(entry.get("last", 0.0))
    _check_texts(entry, "status", "when")
    for one in _tables(entry.get("history", [])):
        _check_score(one.get("score"))
        _check_texts(one, "status", "when")


def _tables(value: Any) -> list[Record]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError("a list of tables was expected")
    return value


def _check_score(score: Any) -> None:
    if not (isinstance(score, (int, float)) and 0 <= score <= 1):
        raise ValueError("a score is no share")


def _check_texts(entry: Record, *names: str) -> None:
    if not all(isinstance(entry.get(name, ""), str) for name in names):
        raise ValueError("a text was expected")


def _read(path: Path) -> Record:
    """Read and understand the file; ValueError where it is broken."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return empty()
    except OSError as problem:
        raise ProgressError(f"Progress at {path} cannot be read: {problem.strerror}.") from None


def _read_or_set_aside(path: Path) -> Record:
    """Read under the lock: what another process has mended meanwhile is not set aside."""
    try:
        return _read(path)
    except NewerFormatError:
        raise ProgressError(_newer(path)) from None
    except ValueError:
        raise ProgressError(_set_aside(path)) from None


def _set_aside(path: Path) -> str:
    """Rename a broken file; answer with the words for the learner."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.stem}.broken-{stamp}{path.suffix}")
    try:
        os.replace(path, aside)
    except OSError as problem:
        return f"Progress at {path} is broken and cannot be set aside: {problem.strerror}."
    return (
        f"The progress file was broken. It has been set aside as {aside.name} in {path.parent}; "
        "a new one is begun. Restore a saved copy with lab.progress(restore='FILE')."
    )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time change the file.

    Raises:
        ProgressError: the lock could not be taken.
    """
    lock = FileLock(str(path) + ".lock", timeout=LOCK_SECONDS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    # NotImplementedError: a file system without locks.
    except (OSError, Timeout, NotImplementedError) as problem:
        raise ProgressError(_not_kept(path, problem)) from None
    try:
        yield
    finally:
        lock.release()


def _sweep(path: Path) -> None:
    """Remove what a process that was killed in the middle of a write left behind."""
    for part in path.parent.glob(f".{path.name}.*{files.PART}"):
        with suppress(OSError):  # on Windows while a virus scanner has it open
            part.unlink()


def _newer(path: Path) -> str:
    return (
        f"Progress at {path} was written by a newer labkit. It stays as it is, and nothing new is "
        "kept in it. Update labkit: run `make setup` in the course's folder."
    )


def _not_kept(path: Path, problem: Exception) -> str:
    reason = getattr(problem, "strerror", None) or "another notebook holds it"
    return (
        f"Progress was not kept at {path} ({reason}). Your notebook is not affected; "
        "free some space or set LABKIT_HOME to a folder you may write to, then check again."
    )
