"""The own variant of every task: seeds from a keyed hash.

The same learner meets the same numbers each time; two learners meet different ones. Practice uses
a public key. Exams use the course's private key, which is created on first use and never leaves
the instructor's machine, so that nobody can compute an exam's instance from a learner's name.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from labkit.files import PRIVATE, write_first

PRACTICE_KEY = b"labkit practice"
KEY_BYTES = 32


def seed(key: bytes, learner: str, lab: str, task: str) -> int:
    """Derive a 63-bit seed by HMAC-SHA256 over learner, lab and task."""
    # A zero byte cannot stand in a name, so no two triples give the same message.
    message = "\0".join((learner, lab, task)).encode()
    digest = hmac.digest(key, message, "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


def private_key(path: Path) -> bytes:
    """Read the course's private key; create it, readable by its owner alone, on first use.

    Raises:
        ValueError: the file holds no key of this course (it was cut short or edited).
    """
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        _create(path)
        text = path.read_text(encoding="ascii").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"{path} does not hold a key of {KEY_BYTES} bytes in hexadecimal. Restore it from a "
            "backup; if there is none, remove the file, and a new key gives every learner new "
            "exam instances."
        )
    return key


def _create(path: Path) -> None:
    """Write a new key whole or not at all; of two processes at once, the first one's key stays."""
    content = f"{secrets.token_hex(KEY_BYTES)}\n".encode("ascii")
    write_first(path, content, PRIVATE)
