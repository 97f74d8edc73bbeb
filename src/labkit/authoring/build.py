"""Write the notebook beside each text source, byte for byte the same on every machine.

Finds the sources of a course, renders them, and compares or writes. Each notebook carries a
digest of what was built, so that an edit made by hand is noticed and not overwritten. What a
source may say is `source`'s business, whether a lab is sound is `lint`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from labkit.authoring import catalog, packages
from labkit.authoring.source import SourceError, read_source
from labkit.errors import CourseError
from labkit.files import write_atomically


class EditedNotebookError(CourseError):
    """Notebooks were edited by hand; the message names each, and how to keep or drop the edit."""


def lesson_sources(root: Path) -> list[Path]:
    """List the lessons' sources, `course/NN_slug/lesson.py`, in order."""
    return sorted(root.glob("course/*/lesson.py"))


def lab_sources(root: Path) -> list[Path]:
    """List the labs' sources, `labs/NN_slug/slug.py`, in order."""
    return sorted(root.glob("labs/*/*.py"))


def render_notebook(notebook: NotebookNode) -> bytes:
    r"""Serialise a notebook as nbformat does: sorted keys, indent 1, UTF-8, "\n", at the end too.

    JupyterLab saves in the same form, so an edit there shows as a small difference.
    """
    text = nbformat.v4.writes(notebook)
    return (text.rstrip("\n") + "\n").encode("utf-8")


def built_path(source: Path) -> Path:
    """Say where the notebook of a source belongs."""
    return source.with_suffix(".ipynb")


def content_digest(notebook: NotebookNode) -> str:
    """Digest what an author writes: cell types, sources, tags and nbgrader's grading keys.

    Outputs, execution counts, cell ids and what JupyterLab notes for itself do not count.
    """
    cells = [
        [cell.cell_type, cell.source, list(cell.metadata.get("tags", ())), _grading(cell)]
        for cell in notebook.cells
    ]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode("ascii")).hexdigest()


def recorded_digest(notebook: NotebookNode) -> str | None:
    """Return the digest of what was built, or None if the notebook carries none."""
    noted = notebook.metadata.get("labkit")
    digest = noted.get("built") if isinstance(noted, dict) else None
    return digest if isinstance(digest, str) else None


def build(root: Path, check: bool = False, force: bool = False) -> list[Path]:
    """Bring every built file up to date with its source.

    Built are the notebook beside each lesson and lab source, the README's tables, and what
    `packages` derives from catalog and lock.

    Args:
        root: Root of the repository.
        check: Write nothing, only say what is stale.
        force: Overwrite notebooks that were edited by hand, too.

    Returns:
        The files that were written, or with `check` those that are stale; empty when all fit.

    Raises:
        SourceError, CatalogError: If a source or the catalog cannot be read; nothing has been
            written then.
        EditedNotebookError: If a notebook was edited by hand, unless `force`; nothing has been
            written then.
        WriteError: If a file cannot be written.
    """
    stale = [
        (path, content)
        for path, content in _built_files(root)
        if not path.exists() or path.read_bytes() != content
    ]
    if not force:
        _refuse_edited([path for path, _ in stale if path.suffix == ".ipynb"])
    if not check:
        for path, content in stale:
            write_atomically(path, content)
    return [path for path, _ in stale]


def _built_files(root: Path) -> Iterator[tuple[Path, bytes]]:
    for source in [*lesson_sources(root), *lab_sources(root)]:
        notebook = read_source(source)
        if source.name == "lesson.py":
            _refuse_grading(notebook, source)
        notebook.metadata["labkit"] = {"built": content_digest(notebook)}
        yield built_path(source), render_notebook(notebook)
    readme = root / "README.md"
    if readme.exists() and (root / catalog.CATALOG_PATH).exists():
        yield readme, catalog.updated_readme(root)
    if (root / packages.LOCK).exists():
        yield from packages.derived_files(root)


def _refuse_grading(notebook: NotebookNode, source: Path) -> None:
    for number, cell in enumerate(notebook.cells, 1):
        if "nbgrader" in cell.metadata:
            raise SourceError(
                f"{source}, cell {number}: a lesson is not graded. Move the cell to the lab, or "
                "remove its key."
            )


def _grading(cell: NotebookNode) -> dict[str, Any]:
    noted = cell.metadata.get("nbgrader") or {}
    flags = {name: bool(noted.get(name)) for name in ("grade", "locked", "solution", "task")}
    if not any(flags.values()):
        return {}
    # JupyterLab saves 10.0 as 10.
    points = None if noted.get("points") is None else float(noted["points"])
    return flags | {"grade_id": noted.get("grade_id"), "points": points}


def _refuse_edited(paths: list[Path]) -> None:
    edited = [path for path in paths if _is_edited(path)]
    if edited:
        raise EditedNotebookError(
            "\n".join(
                f"{path} was edited by hand. `labkit port {path.with_suffix('.py')}` carries the "
                "edit into the source (points are changed only there); `labkit build --force` "
                "discards it."
                for path in edited
            )
        )


def _is_edited(path: Path) -> bool:
    """Whether a notebook holds cells that neither its last build nor its source knows."""
    if not path.exists():
        return False
    try:
        notebook = nbformat.reads(path.read_bytes().decode("utf-8"), as_version=4)
        recorded, present = recorded_digest(notebook), content_digest(notebook)
    except Exception:
        # Not a notebook, as after a merge conflict: nbformat raises errors of many kinds.
        return False
    if recorded is None or present == recorded:
        return False
    # After `port` the source holds the edit, and nothing would be lost.
    return present != content_digest(read_source(path.with_suffix(".py")))
