"""What a learner handed in, as plain data: kinds of cells, their text, and pictures in the text.

A notebook file can hold anything under any key. `read_notebook` opens it without following links
or waiting for pipes, within limits of size, and keeps only what grading needs; a file that cannot
be understood is `Unreadable`, with words for the learner and the instructor. Where a cell belongs
is decided in `labkit.grading.rebuild`.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

MEGABYTE = 1_000_000
NOTEBOOK_BYTES = 20 * MEGABYTE
CELLS = 2_000
CELL_CHARACTERS = 500_000
# Each list or dictionary costs 60 to 250 bytes of memory when parsed. Notebooks full of large
# interactive figures have some 100,000 of them.
CONTAINERS = 1_000_000
PICTURE_BYTES = 5 * MEGABYTE
PICTURES_BYTES = 10 * MEGABYTE

GRADE_ID = re.compile(r"[a-zA-Z0-9_-]{1,128}")
PICTURE_NAME = 200
"""Characters of a picture's name."""
PICTURE_STARTS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
KINDS = ("code", "markdown", "raw")

# Reasons that travel from where a file is set aside to where its feedback is written. The text
# is looked up here, so nothing that a learner wrote is ever shown in its place.
REFUSALS = {
    "link": "The notebook was a link to another file. Hand in the notebook file itself.",
    "hard link": (
        "The notebook file had a second name on the disk. Hand in a copy that is a file of its own."
    ),
    "special": "The notebook was no ordinary file. Hand in the notebook file itself.",
    "unreadable": "The notebook file could not be opened. Hand it in again.",
    "missing": "The notebook file was not there when it should have been graded.",
    "too large": (
        f"The notebook is larger than {NOTEBOOK_BYTES // MEGABYTE} MB. In JupyterLab choose "
        "Edit > Clear Outputs of All Cells, save, and hand in again."
    ),
}


class Unreadable(Exception):
    """A notebook cannot be read; the text tells the learner why and what to do."""


@dataclass(frozen=True)
class SubmittedCell:
    """One cell: its kind (code, markdown or raw), the id it claims, its text, its pictures.

    `pictures` maps a name to a type (one of `PICTURE_STARTS`) and base64 data. `left_out` says of
    each picture that was taken out which it was and why; the text says so too.
    """

    kind: str
    grade_id: str | None
    source: str
    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submitted:
    """A notebook as handed in; `refused` says why it could not be read and is then all there is.

    `set_aside` says of what kinds the other files are that were not used.
    """

    cells: tuple[SubmittedCell, ...] = ()
    refused: str = ""
    set_aside: tuple[str, ...] = ()


def read_notebook(path: Path) -> Submitted:
    """Read a notebook that somebody else wrote.

    Raises:
        Unreadable: Where the file is no ordinary file, too large, or no notebook.
    """
    return parse_bytes(read_bytes(path))


def parse_bytes(content: bytes) -> Submitted:
    """Read a notebook file's bytes.

    Raises:
        Unreadable: Where they are too large, or no notebook.
    """
    if content.count(b"{") + content.count(b"[") > CONTAINERS:
        raise Unreadable(REFUSALS["too large"])
    return parse(_load(content))


def parse(data: Any) -> Submitted:
    """Take what grading needs from a parsed notebook of format 4 or older.

    Raises:
        Unreadable: Where it is no notebook, or too large.
    """
    if not isinstance(data, dict):
        raise Unreadable("The file is no notebook. Save your work in JupyterLab and hand in again.")
    if isinstance(data.get("worksheets"), list):
        data = _convert(data)
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(
            "The notebook has no list of cells. Open it in JupyterLab, save it and hand in again."
        )
    reason = _placeholder_reason(data)
    if reason:
        raise Unreadable(reason)
    if len(cells) > CELLS:
        raise Unreadable(f"The notebook has {len(cells)} cells; at most {CELLS} can be graded.")
    room = _Room(PICTURES_BYTES)
    return Submitted(tuple(_cell(cell, room) for cell in cells if isinstance(cell, dict)))


def to_node(submitted: Submitted) -> nbformat.NotebookNode:
    """Return the notebook that holds nothing but what was kept."""
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    node = new_notebook()
    for number, cell in enumerate(submitted.cells):
        new = make[cell.kind](source=cell.source, id=f"cell-{number}")
        if cell.grade_id is not None:
            new.metadata["nbgrader"] = {"grade_id": cell.grade_id}
        if cell.pictures:
            new["attachments"] = cell.pictures
        node.cells.append(new)
    return node


def placeholder(reason: str) -> str:
    """Return the notebook file that is left where a file was set aside for one of `REFUSALS`."""
    node = new_notebook(metadata={"labkit": {"set_aside": reason}})
    return nbformat.writes(node)


def _placeholder_reason(data: dict[str, Any]) -> str:
    note = _dictionary(_dictionary(data.get("metadata")).get("labkit"))
    reason = note.get("set_aside")
    return REFUSALS.get(reason, "") if isinstance(reason, str) else ""


def read_bytes(path: Path) -> bytes:
    """Read an ordinary file of bounded size; never a link, and never wait for a pipe.

    Raises:
        Unreadable: Where it is anything else.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        _check_kind(os.lstat(path).st_mode)
        with open(os.open(path, flags), "rb") as stream:
            _check_kind(os.fstat(stream.fileno()).st_mode)
            content = stream.read(NOTEBOOK_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable(REFUSALS["missing"]) from None
    except (OSError, ValueError):
        raise Unreadable(REFUSALS["unreadable"]) from None
    if len(content) > NOTEBOOK_BYTES:
        raise Unreadable(REFUSALS["too large"])
    return content


def _check_kind(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise Unreadable(REFUSALS["link"])
    if not stat.S_ISREG(mode):
        raise Unreadable(REFUSALS["special"])


def _load(content: bytes) -> Any:
    again = "Save it again in JupyterLab and hand in again."
    if not content.strip():
        raise Unreadable(f"The notebook file is empty. {again}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"The notebook is no UTF-8 text. {again}") from None
    if re.search(r"^(<<<<<<<|>>>>>>>) ", text, re.MULTILINE):
        raise Unreadable(
            "The notebook holds the marks of an unfinished merge (<<<<<<<). Choose one version, "
            "save it in JupyterLab and hand in again."
        )
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"The notebook is no valid JSON (line {error.lineno}). {again}") from None
    except (RecursionError, ValueError):
        raise Unreadable(f"The notebook is no JSON that a notebook could hold. {again}") from None


def _convert(data: dict[str, Any]) -> dict[str, Any]:
    """Bring a notebook of format 3 (2012 to 2015) to format 4, with nbformat's own converter."""
    try:
        converted = nbformat.convert(nbformat.from_dict(data), 4)
    except Exception:
        raise Unreadable(
            "The notebook is in an old format that cannot be converted. Open it in JupyterLab, "
            "save it and hand in again."
        ) from None
    return dict(converted)


@dataclass
class _Room:
    """The bytes of pictures that a notebook may still bring."""

    left: int


def _cell(data: dict[str, Any], room: _Room) -> SubmittedCell:
    kind = data.get("cell_type")
    kind = kind if kind in KINDS else "markdown"
    nbgrader = _dictionary(_dictionary(data.get("metadata")).get("nbgrader"))
    grade_id = nbgrader.get("grade_id")
    is_id = isinstance(grade_id, str) and GRADE_ID.fullmatch(grade_id)
    text = _text(data.get("source"))
    pictures: dict[str, dict[str, str]] = {}
    left_out: list[str] = []
    if kind == "markdown":
        pictures, left_out = _pictures(data.get("attachments"), room)
        text = "\n\n".join([text, *(f"*[{words}]*" for words in left_out)])
    return SubmittedCell(kind, grade_id if is_id else None, text, pictures, tuple(left_out))


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    if len(source) > CELL_CHARACTERS:
        raise Unreadable(
            f"A cell of the notebook has {len(source)} characters; at most {CELL_CHARACTERS} can "
            "be graded. Put data into a file of its own."
        )
    # Half of a surrogate pair is legal in JSON and cannot be written to any file.
    return source.encode("utf-8", "replace").decode("utf-8")


def _pictures(attachments: Any, room: _Room) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Keep the pictures that were pasted into a cell, within limits; say which were left out."""
    kept: dict[str, dict[str, str]] = {}
    left_out = []
    for name, bundle in _dictionary(attachments).items():
        name, shown = str(name), "".join(c for c in str(name)[:60] if c.isalnum() or c in " .-_")
        trouble = "a name that is too long" if len(name) > PICTURE_NAME else ""
        for kind, data in _dictionary(bundle).items():
            trouble = trouble or _keep(name, kind, data, kept, room)
        if trouble or name not in kept:
            reason = trouble or "no PNG, JPEG, GIF or WebP"
            left_out.append(f"The picture {shown} was left out: {reason}.")
    return kept, left_out


def _keep(name: str, kind: Any, data: Any, kept: dict[str, dict[str, str]], room: _Room) -> str:
    """Keep a picture under its name; return why it is left out, or an empty text."""
    start = PICTURE_STARTS.get(kind) if isinstance(kind, str) else None
    if start is None or not isinstance(data, str):
        return ""
    if len(data) > PICTURE_BYTES * 3 // 2:
        return f"larger than {PICTURE_BYTES // MEGABYTE} MB"
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return "it is damaged"
    if not start.match(content):
        return "it is not what its type says"
    if len(content) > min(PICTURE_BYTES, room.left):
        return f"larger than {PICTURE_BYTES // MEGABYTE} MB, or too many of them"
    room.left -= len(content)
    kept[name] = {kind: base64.b64encode(content).decode("ascii")}
    return ""


def _dictionary(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
