"""What a learner has reached, in one small file that can be saved elsewhere and restored.

The best score of every task is kept, and whether a quiz question was answered. A file that cannot
be read is set aside under another name, never overwritten. A disk that is full costs the record,
not the check: the caller gets a `ProgressError` with words and goes on.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

FORMAT = 1
Record = dict[str, Any]


class ProgressError(Exception):
    """The progress file could not be read or written; the text says what to do."""


def progress_path() -> Path:
    """Where progress is kept: `$LABKIT_HOME/progress.json`, else `~/.labkit/progress.json`."""
    home = os.environ.get("LABKIT_HOME")
    return (Path(home) if home else Path.home() / ".labkit") / "progress.json"


def load(path: Path | None = None) -> Record:
    """Read progress: `{lab: {"tasks": {task: {...}}, "quiz": {question: {...}}}}`.

    Raises:
        ProgressError: the file exists and is broken; it has been set aside.
    """
    path = path or progress_path()
    try:
        return _parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise ProgressError(_set_aside(path)) from None
    except OSError as problem:
        raise ProgressError(f"Progress at {path} cannot be read: {problem.strerror}.") from None


def record_task(lab: str, task: str, score: float, status: str) -> None:
    """Keep the outcome of a check; the best score so far stays.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(progress: Record) -> None:
        tasks = progress.setdefault(lab, {}).setdefault("tasks", {})
        kept = tasks.get(task, {"best": 0.0, "tries": 0})
        tasks[task] = {
            "best": max(kept["best"], score),
            "last": score,
            "status": status,
            "tries": kept["tries"] + 1,
            "when": _now(),
        }

    _update(change)


def record_hint(lab: str, task: str, opened: int) -> None:
    """Keep how many hints of a task are open.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(progress: Record) -> None:
        hints = progress.setdefault(lab, {}).setdefault("hints", {})
        hints[task] = max(hints.get(task, 0), opened)

    _update(change)


def record_quiz(lab: str, question: str, right: bool) -> None:
    """Keep whether a quiz question was answered rightly at the latest try.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(progress: Record) -> None:
        quiz = progress.setdefault(lab, {}).setdefault("quiz", {})
        quiz[question] = {"right": right, "when": _now()}

    _update(change)


def save_to(target: Path) -> None:
    """Write a copy of the progress that can be carried elsewhere.

    Raises:
        ProgressError: it could not be written, or the target is some other file.
    """
    if target.exists():
        try:
            _parse(target.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            raise ProgressError(
                f"{target} exists and is not a copy of your progress; it stays as it is. "
                "Choose another name."
            ) from None
    _write(target, load())


def restore_from(source: Path) -> None:
    """Merge a saved copy into the present progress; the better score of each task stays.

    Raises:
        ProgressError: the copy cannot be read (it stays as it is), or the result not be kept.
    """
    try:
        saved = _parse(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProgressError(f"There is no file {source}.") from None
    except (ValueError, OSError):
        raise ProgressError(
            f"{source} is not a progress file of this course; nothing was changed."
        ) from None
    _update(lambda progress: _merge(progress, saved))


def _merge(progress: Record, saved: Record) -> None:
    for lab, other in saved.items():
        own = progress.setdefault(lab, {})
        tasks = own.setdefault("tasks", {})
        for task, entry in other.get("tasks", {}).items():
            if task not in tasks or entry["best"] > tasks[task]["best"]:
                tasks[task] = entry
        for part in ("quiz", "hints"):
            own[part] = other.get(part, {}) | own.get(part, {})


def _parse(text: str) -> Record:
    """Read the file's text; ValueError for anything that is not a record of this format."""
    content = json.loads(text)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("unknown format")
    labs = content.get("labs")
    if not isinstance(labs, dict) or not all(isinstance(lab, dict) for lab in labs.values()):
        raise ValueError("labs are missing")
    for lab in labs.values():
        for part in ("tasks", "quiz", "hints"):
            if not isinstance(lab.get(part, {}), dict):
                raise ValueError(f"{part} is no table")
        for entry in lab.get("tasks", {}).values():
            _check_task(entry)
        if not all(isinstance(opened, int) for opened in lab.get("hints", {}).values()):
            raise ValueError("opened hints are no count")
    return labs


def _check_task(entry: Any) -> None:
    if not isinstance(entry, dict):
        raise ValueError("a task's entry is no table")
    best, tries = entry.get("best"), entry.get("tries")
    scores = (best, entry.get("last", 0.0))
    if not all(isinstance(score, (int, float)) and 0 <= score <= 1 for score in scores):
        raise ValueError("a task's score is no share")
    if not (isinstance(tries, int) and tries >= 0 and isinstance(entry.get("status", ""), str)):
        raise ValueError("a task's tries are no count")


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


def _update(change: Callable[[Record], None]) -> None:
    path = progress_path()
    with _locked(path):
        trouble: ProgressError | None = None
        progress: Record = {}
        try:
            progress = load(path)
        except ProgressError as problem:
            if path.exists():  # it could not be set aside, so it must not be overwritten
                raise
            trouble = problem
        change(progress)
        _write(path, progress)
    if trouble is not None:
        raise trouble


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one notebook at a time change the file."""
    lock = FileLock(str(path) + ".lock", timeout=10)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, Timeout) as problem:
        raise ProgressError(_not_kept(path, problem)) from None
    try:
        yield
    finally:
        lock.release()


def _write(path: Path, progress: Record) -> None:
    """Write the whole file or nothing of it."""
    text = json.dumps({"format": FORMAT, "labs": progress}, indent=1, sort_keys=True) + "\n"
    name = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as problem:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        raise ProgressError(_not_kept(path, problem)) from None


def _not_kept(path: Path, problem: Exception) -> str:
    reason = getattr(problem, "strerror", None) or "another notebook holds it"
    return (
        f"Progress was not kept at {path} ({reason}). Your notebook is not affected; "
        "free some space or set LABKIT_HOME to a folder you may write to, then check again."
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
