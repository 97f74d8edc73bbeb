"""Fill a learner's folder: home page with its facts, lessons and released labs.

A file the learner changed is never overwritten: the new one is laid beside it. Nothing at all
is written while anything in the release would give an answer away. Stripping is left to
`release`, the search for leaks to `leaks`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from labkit.authoring.build import render_notebook
from labkit.authoring.catalog import (
    CATALOG_PATH,
    FACTS,
    LabGrading,
    course_facts,
    load_catalog,
    render_facts,
    render_home,
)
from labkit.authoring.files import write_atomically
from labkit.authoring.leaks import collect_secrets, refuse_leaks, scan_files
from labkit.authoring.outline import OUTLINE, render_outline
from labkit.authoring.release import release_source
from labkit.authoring.source import read_source
from labkit.errors import CourseError

RECORD = ".labkit-release.json"
HOME = "HOME.md"

_NOT_FOR_LEARNERS = {"__pycache__", ".ipynb_checkpoints"}


class WorkbookError(CourseError):
    """A workbook cannot be made there; the message says why and what to do."""


@dataclass
class WorkbookReport:
    """What a release did, as paths relative to the learner's folder.

    Attributes
    ----------
    written
        New files, and files renewed because the learner had not touched them.
    unchanged
        Files that were up to date.
    kept
        Files the learner changed; they stay as they are.
    beside
        Newer versions of kept files, under a name of their own.
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


def release_workbook(root: Path, dest: Path) -> WorkbookReport:
    """Write what learners of the course at `root` get into the folder `dest`.

    Running it again changes nothing; after an update of the course it renews what the learner
    did not touch.

    Raises
    ------
    WorkbookError
        If `dest` is the repository itself or one of its source folders.
    LeakError
        If the release would give an answer away; nothing is written then.
    CatalogError, SourceError, ReleaseError
        If the course cannot be read; nothing is written then.
    WriteError
        If a file cannot be written, for example on a full disk; every file is whole, and the
        next run finishes the work.
    """
    _refuse_source_folders(root, dest)
    files = dict(workbook_files(root))
    refuse_leaks(scan_files(files, collect_secrets(root)))
    record = _read_record(dest)
    report = WorkbookReport()
    try:
        for name, content in files.items():
            _place(dest, name, content, record, report)
        write_atomically(dest / OUTLINE, render_outline(files))
    finally:
        # Also after a failure: what was written must be known as ours in the next run.
        _write_record(dest, record)
    return report


def workbook_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Give name and content of every file of a workbook; nothing is written.

    The notebooks come from the text sources, so a stale built notebook cannot travel.
    """
    catalog = load_catalog(root)
    yield HOME, render_home(catalog).encode("utf-8")
    yield FACTS, render_facts(read_course_facts(root)).encode("utf-8")
    for module in catalog.modules:
        if not module.available:
            continue
        for notebook in (module.lesson, module.lab):
            source = (root / notebook).with_suffix(".py")
            yield notebook, render_notebook(release_source(source))
            yield from _companions(source.parent, root)


def read_course_facts(root: Path) -> dict[str, Any]:
    """Give the facts of the course at `root`; no check of a lab is imported for it.

    Raises
    ------
    CatalogError, SourceError
        If the catalog or a lab's source cannot be read.
    """
    catalog = load_catalog(root)
    grading = {
        module.name: _grading(read_source((root / module.lab).with_suffix(".py")))
        for module in catalog.modules
        if module.available
    }
    return course_facts(catalog, grading)


def _grading(lab: NotebookNode) -> LabGrading:
    graded = [
        (cell.cell_type, cell.metadata.nbgrader)
        for cell in lab.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return LabGrading(
        tasks=tuple(
            (grading.grade_id.removeprefix("test_"), grading.points)
            for kind, grading in graded
            if kind == "code"
        ),
        essay_points=sum(grading.points for kind, grading in graded if kind == "markdown"),
    )


def _companions(folder: Path, root: Path) -> Iterator[tuple[str, bytes]]:
    """Give the pictures and data beside a notebook, as nbgrader copies them too."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(root)
        if (
            path.is_file()
            and path.suffix not in (".py", ".ipynb", ".pyc")
            and not _NOT_FOR_LEARNERS & set(relative.parts)
        ):
            yield relative.as_posix(), path.read_bytes()


def _refuse_source_folders(root: Path, dest: Path) -> None:
    target, source = dest.resolve(), root.resolve()
    rooms = [source / name for name in ("course", "labs", "src", "grader", "tests", "binder")]
    inside_a_room = any(target == room or room in target.parents for room in rooms)
    if target == source or inside_a_room or (target / CATALOG_PATH).exists():
        raise WorkbookError(
            f"{dest} belongs to the course's own sources. Choose another folder, for example "
            f"{source / 'workbook'}."
        )
    if dest.exists() and not dest.is_dir():
        raise WorkbookError(f"{dest} is a file. Choose the name of a folder.")


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
