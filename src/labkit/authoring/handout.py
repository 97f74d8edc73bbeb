"""Bring released files into a learner's own folder, and never over what the learner changed.

What the files are is left to `workbook`, which releases them from the course. Handing out what
was released before needs neither the course nor the tools of its authors, so it is quick: on a
hub it happens whenever a learner's server starts.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from labkit.errors import CourseError
from labkit.files import write_atomically

RECORD = ".labkit-release.json"


class WorkbookError(CourseError):
    """A workbook cannot be made there; the message says why and what to do."""


@dataclass
class WorkbookReport:
    """What a release did, as paths relative to the learner's folder.

    Attributes:
        written: New files, and files renewed because the learner had not touched them.
        unchanged: Files that were up to date.
        kept: Files the learner changed; they stay as they are.
        beside: Newer versions of kept files, under a name of their own.
    """

    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{len(self.written)} written, {len(self.unchanged)} up to date."]
        if self.kept:
            lines.append(f"Kept as you changed them: {', '.join(self.kept)}.")
        if self.beside:
            lines.append(f"Newer versions lie beside them: {', '.join(self.beside)}.")
        return "\n".join(lines)


def hand_out(released: Path, dest: Path) -> WorkbookReport:
    """Bring what `release_workbook` wrote to `released` into a learner's own folder `dest`.

    For computers that many learners share: they can read the released workbook, and not the
    course. What a learner changed stays, as in `release_workbook`.

    Raises:
        WorkbookError: If `released` is no workbook, or `dest` is a file.
        WriteError: If a file cannot be written; every file is whole, and the next run finishes the
            work.
    """
    if not (released / RECORD).is_file():
        raise WorkbookError(
            f"{released} is no workbook that can be handed out. Whoever has the course makes one "
            f"with `labkit release --to {released}`."
        )
    if dest.exists() and not dest.is_dir():
        raise WorkbookError(f"{dest} is a file. Choose the name of a folder.")
    paths = [path for path in sorted(released.rglob("*")) if path.is_file()]
    files = {path.relative_to(released).as_posix(): path.read_bytes() for path in paths}
    del files[RECORD]
    return fill(dest, files)


def fill(dest: Path, files: dict[str, bytes]) -> WorkbookReport:
    """Write files into a learner's folder, by their paths there; what the learner changed stays.

    Raises:
        WriteError: If a file cannot be written; every file is whole, and the next run finishes the
            work.
    """
    record = _read_record(dest)
    report = WorkbookReport()
    try:
        for name, content in files.items():
            _place(dest, name, content, record, report)
    finally:
        # Also after a failure: what was written must be known as ours in the next run.
        _write_record(dest, record)
    return report


def _place(
    dest: Path, name: str, content: bytes, record: dict[str, str], report: WorkbookReport
) -> None:
    target = dest / name
    released = _digest(content)
    if not target.exists():
        write_atomically(target, content)
        report.written.append(name)
    elif (present := _digest(target.read_bytes())) == released:
        report.unchanged.append(name)
    elif present == record.get(name):
        write_atomically(target, content)
        report.written.append(name)
    else:
        report.kept.append(name)
        if record.get(name) != released:
            beside = _free_name(dest, name, released, record)
            write_atomically(dest / beside, content)
            report.beside.append(beside)
            record[beside] = released
    record[name] = released


def _free_name(dest: Path, name: str, released: str, record: dict[str, str]) -> str:
    """Find a name beside `name` that holds nothing of the learner's."""
    path = Path(name)
    number = 1
    while True:
        mark = "new" if number == 1 else f"new{number}"
        candidate = path.with_name(f"{path.stem}.{mark}{path.suffix}").as_posix()
        target = dest / candidate
        if not target.exists():
            return candidate
        if _digest(target.read_bytes()) in (released, record.get(candidate)):
            return candidate
        number += 1


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_record(dest: Path) -> dict[str, str]:
    try:
        data = json.loads((dest / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        # Without a record every present file counts as the learner's, which is safe.
        return {}
    if not isinstance(data, dict):
        return {}
    return {str(name): str(digest) for name, digest in data.items()}


def _write_record(dest: Path, record: dict[str, str]) -> None:
    content = (json.dumps(record, indent=1, sort_keys=True) + "\n").encode("utf-8")
    target = dest / RECORD
    if not target.exists() or target.read_bytes() != content:
        write_atomically(target, content)
