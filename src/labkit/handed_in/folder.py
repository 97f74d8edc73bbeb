"""How much may be handed in, and under which names: the same on both sides.

What would be refused where work is received is refused where it is handed in, while it can still
be mended. How a notebook is read is told in `labkit.handed_in.notebook`.
"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from labkit.handed_in.notebook import MEGABYTE
from labkit.learner.zip_names import ZipName

FILES = 200
FILE_BYTES = 50 * MEGABYTE
TOTAL_BYTES = 100 * MEGABYTE
DEPTH = 12
NAME_BYTES = 255
WINDOWS_DRIVE = ":"
NO_NAME = ("Cc", "Cs", "Zl", "Zp")
"""Unicode categories that no name may hold: control characters, bytes that are no UTF-8, ends of
lines and of paragraphs."""


class UnusableName(Exception):
    """A file cannot come in under its name; the text says why."""


def is_odd(name: str) -> bool:
    """Tell whether a name holds characters that belong in no name."""
    return any(unicodedata.category(character) in NO_NAME for character in name)


def entry_parts(name: str, seen: set[str]) -> tuple[str, ...]:
    """Return the parts of an entry's name, if it is one below the archive's own folder.

    Args:
        name: the entry's name.
        seen: the names of the entries so far; this one is added.

    Raises:
        UnusableName: it is no such name, or one entry too many has it.
    """
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or ".." in parts or "\\" in name or WINDOWS_DRIVE in name
    if not parts or is_odd(name) or outside:
        raise UnusableName(f"{ascii(name[:100])} leads out of its folder")
    if len(parts) > DEPTH or any(len(part.encode()) > NAME_BYTES for part in parts):
        raise UnusableName(f"{ascii(name[:100])} is too deep or too long")
    # Whose a file is, is read from such a folder's name: it never comes from within an archive.
    if any(ZipName.read(f"{part}.zip") for part in parts):
        raise UnusableName(f"{ascii(name[:100])} is made out to a learner")
    # One name on macOS and Windows, whose file systems do not tell these apart.
    same = unicodedata.normalize("NFC", "/".join(parts)).casefold()
    if same in seen:
        raise UnusableName(f"it holds two entries of the name {ascii(name[:100])}")
    seen.add(same)
    return parts
