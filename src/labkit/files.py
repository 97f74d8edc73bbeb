"""The one way in which files are written: whole or not at all, and lasting.

A reader never sees half a file, a failed write leaves the old file as it was, and what was written
is on the disk before it takes its place, so that a power cut loses the new text or nothing. What
to write, and where, is left to the caller.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from labkit.errors import CourseError

PRIVATE = 0o600
PART = ".part"
"""How the name ends under which a file stands until it is whole; it begins with a dot."""


class WriteError(CourseError):
    """A file could not be written; the message says why and what to do."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, making its folder where needed.

    Raises:
        WriteError: If the disk is full, the folder is read-only, or a folder's name is taken by a
            file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as stream:
            stream.write(content)
    except OSError as error:
        raise WriteError(_explain(error, path, len(content))) from error


@contextlib.contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """Open a file, for writing and reading back, that takes the place of `path` when it is whole.

    An error within the block, Ctrl-C too, leaves `path` as it was and nothing beside it. `mode` is
    the new file's; by default that of any new file.

    Raises:
        OSError: Where the disk is full or the folder cannot be written to.
    """
    with _part_of(path, mode) as (stream, part):
        yield stream
        _settle(stream)
        os.replace(part, path)


def write_first(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file that is to be written once; of two processes at once, the first one's stays.

    Raises:
        OSError: Where the disk is full or the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part_of(path, mode) as (stream, part):
        stream.write(content)
        _settle(stream)
        try:
            os.link(part, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            os.replace(part, path)


@contextlib.contextmanager
def _part_of(path: Path, mode: int | None) -> Iterator[tuple[BinaryIO, str]]:
    """Open a file of another name beside `path`; what is left of it in the end is removed."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            with contextlib.suppress(OSError):  # a memory stick keeps no modes
                os.chmod(part, _ordinary_mode() if mode is None else mode)
            yield cast(BinaryIO, stream), part
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def _settle(stream: BinaryIO) -> None:
    """Bring what was written to the disk; Windows renames closed files alone."""
    stream.flush()
    os.fsync(stream.fileno())
    stream.close()


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
