"""What says that a submission is graded, and from what.

A record is a small file beside the folder of a graded submission, written last, when gradebook
and folder are whole. It holds digests of what was handed in, of what it was graded with and of
what grading wrote; where one of them no longer fits, the submission is graded again. Time stamps
play no part, and nothing a learner writes can take a record's place: it is outside the folder.

The record is `labkit grade`'s own. That a submission was graded at all, in whatever way, is said by
a mark beside the folder that was handed in: `begin` sets it before anything is read, `finish` when
the gradebook has the grades, and `is_graded` compares it with what lies there now.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from labkit.files import write_atomically

LEFT_BEHIND = {"__pycache__", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Record:
    """Digests of what was handed in, of what it was graded with, and of what grading wrote."""

    submitted: str
    master: str
    written: str


def record_path(graded: Path) -> Path:
    """Where the record of a graded submission's folder lies: beside the folder."""
    return graded.parent / f".{graded.name}.graded.json"


def read_record(graded: Path) -> Record | None:
    """Return the record of a graded folder, or None where there is none that can be read."""
    try:
        return Record(**json.loads(record_path(graded).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_record(graded: Path, record: Record) -> None:
    """Write the record in one step."""
    write_atomically(record_path(graded), json.dumps(asdict(record)).encode())


def forget(graded: Path) -> None:
    """Remove the record: from now on the submission counts as not graded."""
    record_path(graded).unlink(missing_ok=True)


def begin(submitted: Path) -> None:
    """Note what a folder holds that is about to be graded; until `finish` it is not graded."""
    graded, grading = _marks(submitted)
    graded.unlink(missing_ok=True)
    grading.write_text(folder_digest(submitted), encoding="utf-8")


def finish(assignment: str, student: str, notebooks: list[str]) -> None:
    """Note that a submission is graded as it was when grading began: a `post_convert_hook`.

    nbgrader passes the paths of the notebooks that it graded.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        graded, grading = _marks(folder)
        if grading.exists():
            grading.replace(graded)


def forget_marks(submitted: Path) -> None:
    """Remove what is noted of a submitted folder."""
    for mark in _marks(submitted):
        mark.unlink(missing_ok=True)


def is_graded(submitted: Path) -> bool:
    """Tell whether what a folder holds now is what was graded last."""
    graded, _ = _marks(submitted)
    try:
        return graded.read_text(encoding="utf-8") == folder_digest(submitted)
    except (OSError, UnicodeDecodeError):
        return False


def _marks(submitted: Path) -> tuple[Path, Path]:
    """Where the marks of a submission lie: "graded" and "being graded"."""
    return (
        submitted.parent / f".{submitted.name}.graded",
        submitted.parent / f".{submitted.name}.grading",
    )


def digest_of(parts: Iterable[str]) -> str:
    """Return the SHA-256 of texts; how they are cut counts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def folder_digest(folder: Path) -> str:
    """Return a digest of the names, kinds and contents of everything below a folder.

    Links are not followed, and devices and pipes not opened: a learner made them. What Python
    and JupyterLab leave behind does not count.
    """
    return digest_of(_entries(folder, ""))


def _entries(folder: Path, prefix: str) -> Iterator[str]:
    try:
        found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield f"unreadable {prefix} {error.errno}"
        return
    for entry in found:
        if entry.name in LEFT_BEHIND:
            continue
        name = f"{prefix}{entry.name}"
        mode = entry.stat(follow_symlinks=False).st_mode
        yield f"{stat.S_IFMT(mode):o} {name}"
        if stat.S_ISDIR(mode):
            yield from _entries(Path(entry.path), f"{name}/")
        elif stat.S_ISLNK(mode):
            yield os.readlink(entry.path)
        elif stat.S_ISREG(mode):
            yield _file_digest(entry.path)


def _file_digest(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"unreadable {error.errno}"
