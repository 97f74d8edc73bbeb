"""What says that a submission is graded, and from what.

A record is a small file beside the folder of a graded submission, written last, when gradebook
and folder are whole. It holds digests of what was handed in, of what it was graded with and of
what grading wrote; where one of them no longer fits, the submission is graded again. Time stamps
play no part, and nothing a learner writes can take a record's place: it is outside the folder.
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
