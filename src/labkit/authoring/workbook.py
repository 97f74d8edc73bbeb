"""Fill a learner's folder: home page with its facts, lessons and released labs.

A file the learner changed is never overwritten: the new one is laid beside it. Nothing at all
is written while anything in the release would give an answer away. Stripping is left to
`release`, the search for leaks to `leaks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from labkit.authoring.build import render_notebook
from labkit.authoring.catalog import (
    CATALOG_PATH,
    FACTS,
    LabGrading,
    TaskFacts,
    course_facts,
    load_catalog,
    render_facts,
    render_home,
)
from labkit.authoring.handout import WorkbookError, WorkbookReport, fill
from labkit.authoring.leaks import collect_secrets, refuse_leaks, scan_files
from labkit.authoring.outline import OUTLINE, render_outline
from labkit.authoring.release import fold_code, release_source
from labkit.authoring.source import read_source
from labkit.titles import task_headings, task_titles

HOME = "HOME.md"

_QUESTION = re.compile(r"lab\.quiz\(\"(\w+)\"\)")
_NOT_FOR_LEARNERS = {"__pycache__", ".ipynb_checkpoints"}


def release_workbook(root: Path, dest: Path) -> WorkbookReport:
    """Write what learners of the course at `root` get into the folder `dest`.

    Running it again changes nothing; after an update of the course it renews what the learner
    did not touch.

    Raises:
        WorkbookError: If `dest` is the repository itself or one of its source folders.
        LeakError: If the release would give an answer away; nothing is written then.
        CatalogError, SourceError, ReleaseError: If the course cannot be read; nothing is written
            then.
        WriteError: If a file cannot be written, for example on a full disk; every file is whole,
            and the next run finishes the work.
    """
    _refuse_source_folders(root, dest)
    files = dict(workbook_files(root))
    refuse_leaks(scan_files(files, collect_secrets(root)))
    files[OUTLINE] = render_outline(files)
    return fill(dest, files)


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
            released = release_source(source)
            if notebook == module.lesson:
                released = fold_code(released)
            yield notebook, render_notebook(released)
            yield from _companions(source.parent, root)


def read_course_facts(root: Path) -> dict[str, Any]:
    """Give the facts of the course at `root`; no check of a lab is imported for it.

    Raises:
        CatalogError, SourceError: If the catalog or a lab's source cannot be read.
    """
    catalog = load_catalog(root)
    grading = {
        module.name: _grading(
            read_source((root / module.lab).with_suffix(".py")),
            read_source((root / module.lesson).with_suffix(".py")),
        )
        for module in catalog.modules
        if module.available
    }
    return course_facts(catalog, grading)


def _grading(lab: NotebookNode, lesson: NotebookNode) -> LabGrading:
    headings, titles = task_headings(lab.cells), task_titles(lab.cells)
    graded = [
        (cell.cell_type, cell.metadata.nbgrader)
        for cell in lab.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return LabGrading(
        tasks=tuple(
            TaskFacts(
                name=(name := grading.grade_id.removeprefix("test_")),
                points=grading.points,
                title=titles.get(grading.grade_id, name),
                heading=headings.get(grading.grade_id, ""),
            )
            for kind, grading in graded
            if kind == "code"
        ),
        essay_points=sum(grading.points for kind, grading in graded if kind == "markdown"),
        questions=tuple(
            match[1]
            for cell in lesson.cells
            if cell.cell_type == "code" and (match := _QUESTION.match(cell.source))
        ),
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
