"""Lets every account run this Python and read this clone, also where they lie in a closed folder.

A developer's Python may be in `/root`, which other accounts cannot enter. Programs of the hub then
run in a mount namespace of their own, in which such a folder holds what the tests need and nothing
else. The machine's files and their modes stay as they are, and nothing is left to be undone.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import labkit


def for_everybody(command: list[str]) -> list[str]:
    """Return a command of root's that runs `command` where every account reaches Python."""
    needed = {Path(sys.prefix), Path(sys.base_prefix), Path(labkit.__file__).parents[1]}
    needed.add(Path(sys.executable).resolve().parents[1])
    closed = {top for path in needed if (top := closed_top(path)) is not None}
    if not closed:
        return command
    lines = ["set -e"]
    for top in sorted(closed):
        lines += _emptied_but(top, sorted(path for path in needed if path.is_relative_to(top)))
    script = "\n".join([*lines, 'exec "$@"'])
    return ["unshare", "--mount", "--", "/bin/sh", "-c", script, "sh", *command]


def closed_top(path: Path) -> Path | None:
    """Return the topmost folder on the way to `path`, or itself, that others cannot enter."""
    for folder in (*reversed(path.parents), path):
        if folder.stat().st_mode & 0o5 != 0o5:
            return folder
    return None


def _emptied_but(top: Path, kept: list[Path]) -> list[str]:
    """Return lines of a shell that hide a folder's content but for some of what is below."""
    # The mode of a mounted folder is its own, so of a closed one its content is kept.
    shown = [entry for path in kept for entry in (path.iterdir() if path == top else [path])]
    quoted = shlex.quote(str(top))
    lines = [f"exec 9<{quoted}", f"mount -t tmpfs -o mode=755 none {quoted}"]
    for path in shown:
        old, new = f"/proc/self/fd/9/{path.relative_to(top)}", shlex.quote(str(path))
        make = f"mkdir -p {new}" if path.is_dir() else f"mkdir -p {path.parent} && touch {new}"
        lines += [make, f"mount --no-canonicalize --bind {shlex.quote(old)} {new}"]
    return [*lines, "exec 9<&-"]
