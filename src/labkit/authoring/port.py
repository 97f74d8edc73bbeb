"""Bring an edit made in JupyterLab back from a built notebook into its text source.

Cells that did not change keep their text to the letter, header keys always come from the
source, and a notebook that does not belong to the source, was built from an older one, or lost
its solutions, is refused. Building the notebook again afterwards is `build`'s work.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from labkit.authoring.build import built_path, content_digest, recorded_digest
from labkit.authoring.lint import MARKS
from labkit.authoring.source import (
    Header,
    SourceError,
    header_of,
    parse_source,
    split_cells,
    write_source,
)
from labkit.errors import CourseError
from labkit.files import write_atomically


class PortError(CourseError):
    """An edit that cannot be brought back; the message says why and what to do."""


def port(source: Path, notebook: Path | None = None) -> bool:
    """Rewrite `source` so that it builds the cells of the edited notebook.

    Args:
        source: The py:percent file.
        notebook: The edited notebook; the one beside the source if not given.

    Returns:
        Whether the source changed.

    Raises:
        PortError: If the notebook cannot be read, was built before the source changed, its graded
            cells differ from the source's, or it is a released notebook without solutions.
        SourceError: If the source itself cannot be read.
    """
    edited_path = notebook or built_path(source)
    try:
        edited = nbformat.reads(edited_path.read_bytes().decode("utf-8"), as_version=4)
    except FileNotFoundError:
        raise PortError(f"{edited_path}: no such notebook. Run `labkit build` first.") from None
    except Exception as error:
        # nbformat raises its own, JSON's and jsonschema's errors for the same cause.
        raise PortError(f"{edited_path}: not a notebook ({error}).") from error
    text = source.read_bytes().decode("utf-8").replace("\r\n", "\n")
    ported = ported_text(text, edited, source, edited_path)
    if ported == text:
        return False
    write_atomically(source, ported.encode("utf-8"))
    return True


def ported_text(text: str, edited: NotebookNode, source: Path, edited_path: Path) -> str:
    """Return the text of a source after an edit, as a pure function.

    Args:
        text: The source before the edit.
        edited: The notebook after it.
        source, edited_path: Where they came from, for messages.

    Raises:
        PortError, SourceError: As in `port`.
    """
    original = parse_source(text, source)
    _refuse_older(original, edited, source, edited_path)
    _refuse_other_ids(original, edited, source, edited_path)
    _refuse_lost_marks(original, edited, source, edited_path)
    old = [_content(cell) for cell in original.cells]
    new = [_content(cell) for cell in edited.cells]
    if old == new:
        return text
    head, chunks = split_cells(text)
    headers = {header.grade_id: header for header in map(header_of, original.cells) if header.role}
    ported: list[str] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for action, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if action == "equal":
            ported += chunks[old_start:old_end]
        else:
            ported += [_chunk(cell, headers) for cell in edited.cells[new_start:new_end]]
    result = head + _joined(ported)
    _refuse_loss(result, edited, source, edited_path)
    return result


def _content(cell: NotebookNode) -> tuple[str, str, Header]:
    header = header_of(cell)
    known = Header(header.role, header.key, None, header.tags)
    return cell.cell_type, cell.source, known


def _graded(notebook: NotebookNode, path: Path) -> dict[str, NotebookNode]:
    cells: dict[str, NotebookNode] = {}
    for number, cell in enumerate(notebook.cells, 1):
        try:
            header = header_of(cell)
        except SourceError as error:
            raise PortError(f"{path}, cell {number}: {error}") from error
        if header.role is None:
            continue
        if header.grade_id in cells:
            raise PortError(
                f'{path}, cell {number}: "{header.grade_id}" is there twice, as after copying a '
                "graded cell. Delete the copy."
            )
        cells[header.grade_id] = cell
    return cells


def _refuse_older(
    original: NotebookNode, edited: NotebookNode, source: Path, edited_path: Path
) -> None:
    """Refuse a notebook that would take back what was changed in the source since its build."""
    recorded, wanted = recorded_digest(edited), content_digest(original)
    present = content_digest(edited)
    if recorded is None or wanted in (recorded, present):
        return
    if present == recorded:
        raise PortError(
            f"{edited_path} holds no edit, and {source} changed since it was built. "
            "Run `labkit build`."
        )
    raise PortError(
        f"{edited_path} was edited, but {source} changed too since the notebook was built. Carry "
        "the edit over into the source by hand, then run `labkit build --force`."
    )


def _refuse_other_ids(
    original: NotebookNode, edited: NotebookNode, source: Path, edited_path: Path
) -> None:
    old, new = _graded(original, source), _graded(edited, edited_path)
    missing, added = sorted(set(old) - set(new)), sorted(set(new) - set(old))
    if missing or added:
        said = [f"without {', '.join(missing)}"] * bool(missing)
        said += [f"with {', '.join(added)}"] * bool(added)
        raise PortError(
            f"{edited_path} does not fit {source}: it comes {' and '.join(said)}. Graded cells "
            "are added, removed and renamed in the source; then run `labkit build`."
        )
    for grade_id, cell in old.items():
        before, after = header_of(cell), header_of(new[grade_id])
        if (before.role, cell.cell_type) != (after.role, new[grade_id].cell_type):
            raise PortError(
                f'{edited_path}: the cell "{grade_id}" became a {after.role} in a '
                f"{new[grade_id].cell_type} cell; the source says {before.role} in a "
                f"{cell.cell_type} cell. Change it in {source}."
            )


def _refuse_lost_marks(
    original: NotebookNode, edited: NotebookNode, source: Path, edited_path: Path
) -> None:
    new = _graded(edited, edited_path)
    for grade_id, cell in _graded(original, source).items():
        for mark in MARKS:
            if f"BEGIN {mark}" in cell.source and f"BEGIN {mark}" not in new[grade_id].source:
                raise PortError(
                    f'{edited_path}: the cell "{grade_id}" has lost its BEGIN {mark}, as a '
                    f"released notebook does. Edit the notebook beside {source} instead."
                )


def _refuse_loss(text: str, edited: NotebookNode, source: Path, edited_path: Path) -> None:
    """Read the new text back; a few texts, such as a line that begins with `#%`, do not survive."""
    again = [_content(cell) for cell in parse_source(text, source).cells]
    wanted = [_content(cell) for cell in edited.cells]
    for number, cell in enumerate(wanted, 1):
        if again[number - 1 : number] != [cell] or len(again) != len(wanted):
            raise PortError(
                f"{edited_path}, cell {number}: its text would come back changed, because a line "
                "of it looks like a cell header or a magic command, or it leaves triple quotation "
                f"marks open. Write it in {source} instead."
            )


def _chunk(cell: NotebookNode, headers: dict[str, Header]) -> str:
    """Write one cell as text; a graded cell keeps the points its source gives it."""
    lone = nbformat.v4.new_notebook(cells=[nbformat.from_dict(dict(cell))])
    header = header_of(cell)
    if header.role is not None and headers[header.grade_id].points is not None:
        lone.cells[0].metadata.nbgrader["points"] = headers[header.grade_id].points
    _, chunks = split_cells(write_source(lone))
    return chunks[0]


def _joined(chunks: list[str]) -> str:
    """Put chunks under one another with at least one blank line between, one newline last."""
    spaced = []
    for chunk in chunks[:-1]:
        spaced.append(chunk if chunk.endswith("\n\n") else chunk.rstrip("\n") + "\n\n")
    return "".join([*spaced, *(chunk.rstrip("\n") + "\n" for chunk in chunks[-1:])])
