"""Atomic file writing for every command that changes files.

A reader never sees half a file, and a failed write leaves the old file as it was.
What to write, and where, is left to the caller.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from labkit.errors import CourseError


class WriteError(CourseError):
    """A file could not be written; the message says why and what to do."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, making its folder where needed.

    Raises
    ------
    WriteError
        If the disk is full, the folder is read-only, or a folder's name is taken by a file.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        os.chmod(temporary, _ordinary_mode())
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise WriteError(_explain(error, path, len(content))) from error


def _ordinary_mode() -> int:
    # mkstemp makes private files; what we write is as readable as any other new file.
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _explain(error: OSError, path: Path, size: int) -> str:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return (
            f"The disk is full: {path} needs {size:,} bytes. Nothing was overwritten; "
            "free some space and run the same command again."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{path} cannot be written ({error.strerror}). Choose a folder you may write to, "
            "or change its permissions."
        )
    return f"{path} cannot be written: {error}."
