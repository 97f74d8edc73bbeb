"""Read a notebook's text source into a notebook, and write a notebook back as text.

A source is a jupytext `py:percent` file whose cell headers carry short keys; this module
expands them to nbgrader's metadata and shortens them again. It checks single headers only:
rules that span cells are `lint`'s, files on disk are `build`'s and `port`'s.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from labkit.errors import CourseError

FORMAT = "py:percent"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python"}
SCHEMA_VERSION = 3

ROLES = ("solution", "test", "locked", "essay")
POINTED_ROLES = ("test", "essay")
HEADER_KEYS = (*ROLES, "points", "tags")

# Keys become nbgrader ids and cell ids. Plain cells have ids with hyphens, which keys cannot
# hold, so the two never meet; nbformat allows 64 characters, and the longest prefix takes 10.
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,39}")
CELL_HEADER = re.compile(r"# ?%%( |$)")

# What jupytext itself notes about spacing and comment style; it is no part of a notebook.
_JUPYTEXT_NOTES = ("lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker")


class SourceError(CourseError):
    """A source that cannot become a notebook; the message names file, cell and mend."""


@dataclass(frozen=True)
class Header:
    """What one cell header says.

    Attributes:
        role: One of `ROLES`, or None for a plain cell.
        key: The name given to the role, "" for a plain cell.
        points: Points of a test or essay, else None.
        tags: JupyterLab's cell tags.
    """

    role: str | None = None
    key: str = ""
    points: float | None = None
    tags: tuple[str, ...] = ()

    @property
    def grade_id(self) -> str:
        """The cell's id in nbgrader: "test_" + key for tests, else the key."""
        return f"test_{self.key}" if self.role == "test" else self.key


def read_source(path: Path) -> NotebookNode:
    """Read a text source from disk.

    Raises:
        SourceError: If the file is missing, is not UTF-8 or holds a header that cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise SourceError(f"{path}: no such source. Is the module's name right?") from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 ({error}). Save the file as UTF-8.") from None
    return parse_source(text, path)


def parse_source(text: str, path: Path) -> NotebookNode:
    """Turn the text of a source into a notebook with nbgrader's metadata and no outputs.

    Args:
        text: A py:percent source; any newline convention.
        path: Where the text came from, for messages.

    Raises:
        SourceError: If a header cannot be read; the message names file, cell, key and mend.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    head, chunks = split_cells(text)
    _refuse_code_before_the_first_cell(head, path)
    if not chunks:
        raise SourceError(f"{path}: holds no cell. Begin one with `# %%` or `# %% [markdown]`.")
    try:
        draft = jupytext.reads("".join(chunks), fmt=FORMAT)
    except nbformat.ValidationError as error:
        # jupytext checks values that nbformat knows, such as tags, before we see them.
        raise SourceError(
            f"{path}: a header holds a value that no notebook can hold: {error.message}. "
            'Tags are a list: tags=["hide-input"].'
        ) from None
    headers = [
        _read_header(cell, f"{path}, cell {number}") for number, cell in enumerate(draft.cells, 1)
    ]
    _refuse_same_ids(headers, path)
    cells = [
        _cell(cell.cell_type, cell.source, head)
        for cell, head in zip(draft.cells, headers, strict=True)
    ]
    for cell, cell_id in zip(cells, _cell_ids(headers), strict=True):
        cell["id"] = cell_id
    return nbformat.v4.new_notebook(
        cells=cells,
        metadata={"kernelspec": dict(KERNELSPEC), "language_info": dict(LANGUAGE_INFO)},
        nbformat_minor=5,
    )


def write_source(notebook: NotebookNode) -> str:
    """Write a notebook as py:percent text with short keys, the inverse of `parse_source`.

    Outputs, cell ids and notebook metadata are not part of the text.

    Raises:
        SourceError: If a cell's nbgrader metadata fits none of the roles.
    """
    draft = nbformat.v4.new_notebook()
    for cell in notebook.cells:
        draft.cells.append(_draft_cell(cell))
    draft.metadata["jupytext"] = {
        "main_language": "python",
        "cell_metadata_filter": ",".join(HEADER_KEYS) + ",-all",
        "notebook_metadata_filter": "-all",
    }
    return str(jupytext.writes(draft, fmt=FORMAT))


def header_of(cell: NotebookNode) -> Header:
    """Read the short header out of a notebook cell's metadata.

    Raises:
        SourceError: If the cell's nbgrader metadata fits none of the roles.
    """
    tags = tuple(cell.metadata.get("tags", ()))
    grading = cell.metadata.get("nbgrader")
    if not grading:
        return Header(tags=tags)
    grade, solution = bool(grading.get("grade")), bool(grading.get("solution"))
    grade_id = str(grading.get("grade_id", ""))
    points = grading.get("points")
    if grading.get("task"):
        raise SourceError(
            f"cell {grade_id!r} is a manual task, which this course writes as an essay; "
            'use `# %% [markdown] essay="…" points=…`.'
        )
    if grade and solution:
        return Header("essay", grade_id, points, tags)
    if grade:
        return Header("test", grade_id.removeprefix("test_"), points, tags)
    if solution:
        return Header("solution", grade_id, None, tags)
    if grading.get("locked"):
        return Header("locked", grade_id, None, tags)
    return Header(tags=tags)


def split_cells(text: str) -> tuple[str, list[str]]:
    """Cut a source into the text before its first header and one chunk a cell."""
    head: list[str] = []
    chunks: list[list[str]] = []
    for line in text.splitlines(keepends=True):
        if CELL_HEADER.match(line):
            chunks.append([])
        (chunks[-1] if chunks else head).append(line)
    return "".join(head), ["".join(chunk) for chunk in chunks]


def _refuse_code_before_the_first_cell(head: str, path: Path) -> None:
    stray = [line for line in head.splitlines() if line.strip() and not line.startswith("#")]
    if stray:
        raise SourceError(
            f"{path}: {stray[0]!r} stands before the first cell. Begin the file with a cell "
            "header such as `# %% [markdown]`."
        )


def _refuse_same_ids(headers: list[Header], path: Path) -> None:
    seen: dict[str, int] = {}
    for number, header in enumerate(headers, 1):
        if header.role is None:
            continue
        if header.grade_id in seen:
            # nbformat would mend this with a random id, and no two builds would be the same.
            raise SourceError(
                f'{path}, cell {number}: the id "{header.grade_id}" is used by cell '
                f"{seen[header.grade_id]} already. Give each graded cell a name of its own."
            )
        seen[header.grade_id] = number


def _read_header(cell: NotebookNode, place: str) -> Header:
    given = {name: value for name, value in cell.metadata.items() if name not in _JUPYTEXT_NOTES}
    if "incorrectly_encoded_metadata" in given:
        raise SourceError(
            f"{place}: the header `{given['incorrectly_encoded_metadata']}` cannot be read. "
            'Write keys as name="text" and points as points=10.'
        )
    for name in given:
        if name not in HEADER_KEYS:
            raise SourceError(f"{place}: {_unknown_key(name, given[name])}")
    roles = [role for role in ROLES if role in given]
    if len(roles) > 1:
        raise SourceError(f"{place}: a cell has one role, not {' and '.join(roles)}. Split it.")
    tags = given.get("tags", [])
    if not roles:
        if "points" in given:
            raise SourceError(f"{place}: points need a test or an essay key beside them.")
        return Header(tags=tuple(tags))
    role = roles[0]
    _check_key(role, given[role], place)
    _check_cell_type(role, cell.cell_type, place)
    return Header(role, given[role], _points(role, given.get("points"), place), tuple(tags))


def _unknown_key(name: str, value: Any) -> str:
    if name == "title":
        return (
            f"the header holds the words {value!r}. Remove them, or write them as a heading in "
            "a markdown cell."
        )
    close = difflib.get_close_matches(name, HEADER_KEYS, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"Use one of {', '.join(HEADER_KEYS)}."
    return f"unknown key {name!r}. {hint}"


def _check_key(role: str, key: Any, place: str) -> None:
    if not isinstance(key, str) or not KEY_PATTERN.fullmatch(key):
        raise SourceError(
            f"{place}: {role}={key!r} is not a name. Use lower-case letters, digits and "
            'underscores, begin with a letter, at most 40 characters: "order_up_to".'
        )


def _check_cell_type(role: str, cell_type: str, place: str) -> None:
    if role == "essay" and cell_type != "markdown":
        raise SourceError(f"{place}: an essay is a markdown cell. Write `# %% [markdown] essay=…`.")
    if role in ("solution", "test") and cell_type != "code":
        raise SourceError(f"{place}: a {role} is a code cell. Remove `[{cell_type}]`.")


def _points(role: str, points: Any, place: str) -> float | None:
    if role not in POINTED_ROLES:
        if points is not None:
            raise SourceError(f"{place}: a {role} cell earns no points. Move points to its test.")
        return None
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points < 1e6:
        raise SourceError(
            f"{place}: a {role} needs points above zero, got {points!r}. Write points=10."
        )
    return points


def _nbgrader_metadata(header: Header) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "grade": header.role in POINTED_ROLES,
        "grade_id": header.grade_id,
        "locked": header.role in ("test", "locked"),
        "schema_version": SCHEMA_VERSION,
        "solution": header.role in ("solution", "essay"),
        "task": False,
    }
    if header.points is not None:
        metadata["points"] = header.points
    return metadata


def _cell(cell_type: str, text: str, header: Header) -> NotebookNode:
    metadata: dict[str, Any] = {}
    if header.role is not None:
        metadata["nbgrader"] = _nbgrader_metadata(header)
    if header.tags:
        metadata["tags"] = list(header.tags)
    make = {
        "code": nbformat.v4.new_code_cell,
        "markdown": nbformat.v4.new_markdown_cell,
        "raw": nbformat.v4.new_raw_cell,
    }[cell_type]
    return make(source=text, metadata=metadata)


def _draft_cell(cell: NotebookNode) -> NotebookNode:
    header = header_of(cell)
    metadata: dict[str, Any] = {}
    if header.role is not None:
        metadata[header.role] = header.key
    if header.points is not None:
        metadata["points"] = header.points
    if header.tags:
        metadata["tags"] = list(header.tags)
    draft = _cell(cell.cell_type, cell.source, Header())
    draft["metadata"] = NotebookNode(metadata)
    return draft


def _cell_ids(headers: list[Header]) -> list[str]:
    """Name graded cells by their grade id, plain ones by the graded cell before them.

    An inserted plain cell then changes the ids of its neighbours only, not of the whole file.
    """
    ids: list[str] = []
    anchor, count = "start", 0
    for header in headers:
        if header.role is not None:
            anchor, count = header.grade_id, 0
            ids.append(header.grade_id)
        else:
            count += 1
            ids.append(f"cell-{anchor}-{count}")
    return ids
