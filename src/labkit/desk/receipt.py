"""The receipt of a hand-in: what was handed in, when, by whom, made with what.

A receipt lies in the zip and is shown as a card. Its id is a digest of all that it says, and it
says the digest of every file, so an altered file no longer fits. It is the learner's word all the
same: whoever alters a file can write a new receipt. Grading never reads it; what counts there is
the receiving side's record (`labkit.grading.receipts`).
"""

from __future__ import annotations

import hashlib
import json
import platform
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from labkit import __version__
from labkit.desk.notebooks import Work
from labkit.learner.variants import PRACTICE_KEY, seed
from labkit.learner.work import work_digest
from labkit.learner.zip_names import ZipName

RECEIPT = "receipt.json"
FORMAT = 1
ID_CHARACTERS = 12
PACKAGES = ("jupyterlab", "nbgrader", "numpy", "pandas", "scikit-learn", "scipy", "torch")
# A receipt is a page of text; a larger one is none.
RECEIPT_BYTES = 200_000
ARCHIVE_BYTES = 100_000_000


class _TooLargeError(Exception):
    """A zip unfolds to more than can be handed in."""


@dataclass(frozen=True)
class Verdict:
    """Whether a zip fits its receipt: the receipt, and in sentences what does not fit."""

    receipt: dict[str, Any]
    faults: tuple[str, ...]


def make_receipt(
    work: Work, learner: str, files: Mapping[str, bytes], validation: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Write the receipt of the files that are handed in.

    Args:
        work: the notebook among them.
        learner: the name that the instructor knows.
        files: name and content of each.
        validation: what the rehearsal gave, or None if there was none.
    """
    receipt: dict[str, Any] = {
        "format": FORMAT,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "learner": learner,
        "lab": work.lab,
        "edition": work.edition,
        "variant": variant_id(learner, work.lab),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "work": work_digest(work.content),
        "versions": {"labkit": __version__, "python": platform.python_version(), **_versions()},
        "validation": dict(validation) if validation is not None else None,
        # Two receipts of the same second differ.
        "nonce": secrets.token_hex(4),
    }
    return receipt | {"id": receipt_id(receipt)}


def receipt_id(receipt: Mapping[str, Any]) -> str:
    """Return the id that fits a receipt: a digest of everything else in it."""
    rest = {key: value for key, value in receipt.items() if key != "id"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:ID_CHARACTERS]


def variant_id(learner: str, lab: str) -> str:
    """Name a learner's practice variant of a lab, from the public practice key.

    It tells two learners' notebooks apart and says nothing of the exam's instances.
    """
    return f"{seed(PRACTICE_KEY, learner, lab, 'variant'):016x}"[:ID_CHARACTERS]


def render(receipt: Mapping[str, Any]) -> bytes:
    """Write a receipt as a JSON file."""
    return (json.dumps(receipt, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def verify(path: Path) -> Verdict:
    """Hold a zip against the receipt in it.

    Raises:
        OSError: the file cannot be opened.
    """
    with path.open("rb") as stream:
        try:
            names, contents = _unpacked(stream)
        except _TooLargeError:
            return Verdict({}, (f"It holds more than {ARCHIVE_BYTES // 1_000_000} MB.",))
        # The readers of archives raise more than they document.
        except Exception as problem:
            return Verdict({}, (f"It is no whole zip file ({problem}).",))
    receipt = _read(contents.pop(RECEIPT, b""))
    if receipt is None:
        return Verdict({}, (f"It holds no {RECEIPT} that can be read.",))
    found = [f"{name} is in it more than once." for name in set(names) if names.count(name) > 1]
    return Verdict(receipt, (*found, *_faults(receipt, contents, path.name)))


def _unpacked(stream: IO[bytes]) -> tuple[list[str], dict[str, bytes]]:
    """Return the names of all entries, and their contents."""
    contents: dict[str, bytes] = {}
    room = ARCHIVE_BYTES
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            with archive.open(info) as entry:
                contents[info.filename] = entry.read(room + 1)
            room -= len(contents[info.filename])
            if room < 0:
                raise _TooLargeError
        return archive.namelist(), contents


def _faults(receipt: dict[str, Any], contents: dict[str, bytes], name: str) -> list[str]:
    found = []
    if receipt.get("id") != receipt_id(receipt):
        found.append("The receipt was changed after it was written: its id does not fit.")
    listed = receipt["files"]
    for file in sorted(listed.keys() | contents.keys()):
        if file not in contents:
            found.append(f"{file} is missing.")
        elif file not in listed:
            found.append(f"{file} is not in the receipt.")
        elif hashlib.sha256(contents[file]).hexdigest() != listed[file]:
            found.append(f"{file} was changed after the receipt was written.")
    said = ZipName.read(name)
    if said and (said.learner, said.lab) != (receipt.get("learner"), receipt.get("lab")):
        found.append(
            f"The file's name says {said.learner} and {said.lab}, the receipt "
            f"{receipt.get('learner')} and {receipt.get('lab')}."
        )
    return found


def _read(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content) if 0 < len(content) <= RECEIPT_BYTES else None
    except (ValueError, RecursionError):
        return None
    whole = isinstance(found, dict) and isinstance(found.get("files"), dict)
    return found if whole else None


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found
