"""The list of learners as a table: read into the gradebook, and written again as it was.

Columns are `learner` (the name under which work is handed in), `first_name`, `last_name`, `email`,
`group` and `platform_id` (who the learner is on a learning platform); all but the first may be
missing. nbgrader's gradebook knows no groups, so they are kept in `roster.csv` beside it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from nbgrader.api import Gradebook

from labkit.errors import CourseError
from labkit.files import write_atomically
from labkit.grading.engine import load_app
from labkit.grading.receipts import is_plain_name, receipts_path

COLUMNS = ("learner", "first_name", "last_name", "email", "group", "platform_id")
# Of a learner's entry in the gradebook, by column.
FIELDS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "platform_id": "lms_user_id",
}
# A spreadsheet takes a text that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")

Row = dict[str, str]


class RosterError(CourseError):
    """The roster cannot be used; the text names the line and the mend."""


def parse_roster(content: bytes) -> list[Row]:
    """Read a table of learners: UTF-8, parted by commas, semicolons or tabs.

    Raises:
        RosterError: it is no such table, a column is unknown, or a learner stands there twice.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RosterError("The roster is not UTF-8. Save it as 'CSV UTF-8' first.") from None
    heads = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heads.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = [name.strip() for name in reader.fieldnames or ()]
    unknown = sorted(set(columns) - set(COLUMNS))
    if "learner" not in columns or unknown:
        found = f"unknown column {unknown[0]!r}" if unknown else "no column 'learner'"
        raise RosterError(f"The roster has {found}. Columns: {', '.join(COLUMNS)}.")
    rows = []
    for number, values in enumerate(reader, 2):
        if None in values:
            raise RosterError(f"Line {number} of the roster has more fields than its first line.")
        row = {name.strip(): _unguarded((text or "").strip()) for name, text in values.items()}
        if any(row.values()):
            rows.append(_checked(row, number))
    twice = [name for name, times in Counter(row["learner"] for row in rows).items() if times > 1]
    if twice:
        raise RosterError(f"The roster has {twice[0]!r} more than once. Keep one line each.")
    return rows


def render_roster(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write a table that `parse_roster` reads back as it was, and that no spreadsheet runs."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_guarded(row.get(column, "")) for column in COLUMNS])
    return stream.getvalue().encode("utf-8")


def read_roster(root: Path, path: Path) -> list[Row]:
    """Enter a table of learners into the gradebook of the course at `root`; return its rows.

    Learners who are not in the table stay as they are; so does what a missing column holds.

    Raises:
        RosterError: the file cannot be read; nothing is changed.
    """
    try:
        rows = parse_roster(path.read_bytes())
    except OSError as problem:
        raise RosterError(f"{path} cannot be read: {problem.strerror}.") from None
    coursedir = load_app(root, "").coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        for row in rows:
            given = {field: row[name] or None for name, field in FIELDS.items() if name in row}
            book.update_or_create_student(row["learner"], **given)
    place = _groups_path(root)
    groups = _groups(place) | {row["learner"]: row["group"] for row in rows if "group" in row}
    kept = ({"learner": name, "group": group} for name, group in sorted(groups.items()))
    write_atomically(place, render_roster(kept))
    return rows


def current_roster(root: Path) -> list[Row]:
    """Return everybody in the gradebook of the course at `root`, with their groups."""
    coursedir = load_app(root, "").coursedir
    groups = groups_of(root)
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        return [
            {"learner": student.id, "group": groups.get(student.id, "")}
            | {name: str(getattr(student, field) or "") for name, field in FIELDS.items()}
            for student in sorted(book.students, key=lambda one: str(one.id))
        ]


def groups_of(root: Path) -> dict[str, str]:
    """Return the groups of the course at `root`, by learner."""
    return _groups(_groups_path(root))


def _groups_path(root: Path) -> Path:
    coursedir = load_app(root, "").coursedir
    return receipts_path(coursedir.db_url, coursedir.root).with_name("roster.csv")


def _groups(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return {row["learner"]: row["group"] for row in parse_roster(path.read_bytes())}


def _checked(row: Row, number: int) -> Row:
    if not is_plain_name(row["learner"]):
        raise RosterError(
            f"Line {number} of the roster: {row['learner']!r} cannot be a learner's name. It names "
            "a folder, so it has no slash, and does not begin with a dot."
        )
    return row


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text
