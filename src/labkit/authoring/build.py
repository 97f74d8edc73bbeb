"""Write the notebook beside each text source, byte for byte the same on every machine.

Finds the sources of a course, renders them, and compares or writes. What a source may say is
`source`'s business, whether a lab is sound is `lint`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.authoring import catalog
from labkit.authoring.files import write_atomically
from labkit.authoring.source import SourceError, read_source


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


def build(root: Path, check: bool = False) -> list[Path]:
    """Bring every built file up to date with its source.

    Built are the notebook beside each lesson and lab source, and the README's module table.

    Parameters
    ----------
    root
        Root of the repository.
    check
        Write nothing, only say what is stale.

    Returns
    -------
    list of Path
        The files that were written, or with `check` those that are stale; empty when all fit.

    Raises
    ------
    SourceError, CatalogError
        If a source or the catalog cannot be read; nothing has been written then.
    WriteError
        If a file cannot be written.
    """
    stale = [
        (path, content)
        for path, content in _built_files(root)
        if not path.exists() or path.read_bytes() != content
    ]
    if not check:
        for path, content in stale:
            write_atomically(path, content)
    return [path for path, _ in stale]


def _built_files(root: Path) -> Iterator[tuple[Path, bytes]]:
    for source in [*lesson_sources(root), *lab_sources(root)]:
        notebook = read_source(source)
        if source.name == "lesson.py":
            _refuse_grading(notebook, source)
        yield built_path(source), render_notebook(notebook)
    readme = root / "README.md"
    if readme.exists() and (root / catalog.CATALOG_PATH).exists():
        yield readme, catalog.updated_readme(root)


def _refuse_grading(notebook: NotebookNode, source: Path) -> None:
    for number, cell in enumerate(notebook.cells, 1):
        if "nbgrader" in cell.metadata:
            raise SourceError(
                f"{source}, cell {number}: a lesson is not graded. Move the cell to the lab, or "
                "remove its key."
            )
