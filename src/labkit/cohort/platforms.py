"""Grades as the tables that Canvas and Moodle import, through `nbgrader export`.

    nbgrader export --exporter=labkit.cohort.platforms.CanvasExport --to canvas.csv
    nbgrader export --exporter=labkit.cohort.platforms.MoodleExport --to moodle.csv

Who a learner is on the platform is the roster's `platform_id`. `current` is the platform's own
export: the table then has its columns and its learners, a field for which there are no points keeps
what the platform has, and what would change is told. Both platforms take an empty field in place of
a grade for no grade, so without `current` such a field would clear one.

Sources: Instructure, Canvas, lib/gradebook_importer.rb: columns are known by their order (Student,
ID, SIS User ID, SIS Login ID, Section, then assignments), a title may end in the assignment's id.
Moodle, grade/import/csv: a learner is found by ID number, Email address or Username, and one who is
not found ends the whole import.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from nbgrader.api import Gradebook, Student
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Enum, Unicode

from labkit.errors import CourseError
from labkit.grading.export import harmless, replaced_when_complete
from labkit.grading.standing import standings

# What a platform adds to a title: Canvas its id, Moodle the kind of the grade.
ADDED = re.compile(r"\s*\([^()]*\)$")
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")

Row = dict[str, str]


class PlatformError(CourseError):
    """There is no table for the platform; the text says why and what to do."""


@dataclass(frozen=True)
class Points:
    """How a learner stands in a lab: points given, and points that wait for a reader."""

    given: float
    waiting: float = 0.0


@dataclass(frozen=True)
class Plan:
    """A table for a platform, what it would change there, and what is left out and why."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    changes: tuple[str, ...]
    left_out: tuple[str, ...]


def plan(
    people: Iterable[tuple[str, Row]],
    points: Mapping[tuple[str, str], Points],
    titles: Mapping[str, str],
    identity: str,
    current: tuple[Sequence[str], Sequence[Row]] | None,
) -> Plan:
    """Lay out a platform's table.

    Args:
        people: learners' names in the gradebook, each with the columns that tell who it is.
        points: by learner and lab; who is not in it handed nothing in.
        titles: of the columns, by lab.
        identity: the column by which the platform knows a learner.
        current: columns and rows of the platform's own export, if there is one.

    Raises:
        PlatformError: two learners have one identity, or the platform's export lacks the column.
    """
    known = _by_identity(current, identity) if current is not None else {}
    columns = _columns(titles, current[0] if current is not None else ())
    rows: list[Row] = []
    changes: list[str] = []
    left_out: list[str] = []
    seen: dict[str, str] = {}
    for learner, who in people:
        name = who[identity]
        if seen.setdefault(name, learner) != learner:
            raise PlatformError(
                f"{learner!r} and {seen[name]!r} are both {name!r} on the platform. Mend the "
                "roster: `labkit roster FILE.csv`."
            )
        if harmless(name) != name:
            left_out.append(f"{learner}: {name!r} would be a formula in a spreadsheet")
        elif current is not None and name not in known:
            left_out.append(f"{learner}: the platform has nobody whose {identity} is {name!r}")
        else:
            row = dict(known.get(name, who))
            for lab, column in columns.items():
                found = points.get((learner, lab))
                before, after = row.get(column, ""), _shown(found)
                if found is not None and found.waiting:
                    waits = f"{found.waiting:g} points wait for a reader"
                    left_out.append(f"{learner}, {lab}: {waits}")
                if after is None or _same(before, after):
                    row[column] = before
                else:
                    row[column] = after
                    changes.append(f"{learner}, {lab}: {before or 'nothing'} -> {after}")
            rows.append(row)
    if current is not None:
        missing = [column for column in columns.values() if column not in current[0]]
        left_out += [f"{name}: no such column there; the platform would add it" for name in missing]
    return Plan(tuple(columns.values()), tuple(rows), tuple(changes), tuple(left_out))


def read_current(path: Path) -> tuple[list[str], list[Row]]:
    """Read a platform's own export: UTF-8, parted by commas, semicolons or tabs.

    Raises:
        PlatformError: it cannot be read as such a table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise PlatformError(f"{path} cannot be read as UTF-8: {problem}.") from None
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        header, *lines = reader
    except (ValueError, csv.Error):
        raise PlatformError(f"{path} holds no table.") from None
    return header, [dict(zip(header, line, strict=False)) for line in lines]


def _by_identity(current: tuple[Sequence[str], Sequence[Row]], identity: str) -> dict[str, Row]:
    header, rows = current
    if identity not in header:
        raise PlatformError(
            f"The platform's export has no column {identity!r}; it has {', '.join(header[:8])}. "
            "Choose another with `identity`."
        )
    return {row[identity].strip(): row for row in reversed(rows) if row.get(identity, "").strip()}


def _columns(titles: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """Return the heading of each lab's column: the platform's own where it has one."""
    plain = {ADDED.sub("", name): name for name in reversed(header)}
    return {
        lab: title if title in header else plain.get(title, title) for lab, title in titles.items()
    }


def _shown(points: Points | None) -> str | None:
    """Write points with two digits at most, as platforms keep them; None where there are none."""
    if points is None or points.waiting:
        return None
    return f"{points.given:.2f}".rstrip("0").rstrip(".")


def _same(before: str, after: str) -> bool:
    if not NUMBER.fullmatch(before.strip()):
        return False
    return round(float(before.strip().replace(",", ".")), 2) == float(after)


class PlatformExport(ExportPlugin):
    """What both platforms have in common."""

    current = Unicode("", help="The platform's own export of its grades, a CSV file.").tag(
        config=True
    )
    columns = Dict(help="The title that a lab has on the platform, by lab.").tag(config=True)
    dry_run = Bool(False, help="Write nothing; say what would change.").tag(config=True)

    file = ""
    """Where the table goes if nothing is said."""
    who: tuple[str, ...] = ()
    """The columns that tell who a learner is, in the platform's order."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the platform's table, or say what it would change there."""
        try:
            current = read_current(Path(self.current)) if self.current else None
            made = self._plan(gradebook, current)
        except PlatformError as trouble:
            self.log.error("%s", trouble)
            sys.exit(1)
        target = Path(self.to or self.file)
        if not self.dry_run:
            who = [name for name in (current[0] if current else self.who) if name in self.who]
            with replaced_when_complete(target) as stream:
                writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
                writer.writerow([harmless(name) for name in (*who, *made.header)])
                for row in (*self._first_rows(gradebook, made), *made.rows):
                    writer.writerow([harmless(row.get(name)) for name in (*who, *made.header)])
        told = made.changes if self.dry_run else ()
        for line in (*told, *(f"Left as it is: {line}" for line in made.left_out)):
            typer.echo("".join(c if c.isprintable() else "?" for c in line))
        where = "nothing is written" if self.dry_run else f"written: {target}"
        counts = f"learners: {len(made.rows)}, grades that change: {len(made.changes)}"
        typer.echo(f"{counts}; {where}")

    def _plan(
        self, gradebook: Gradebook, current: tuple[Sequence[str], Sequence[Row]] | None
    ) -> Plan:
        wanted, learners = set(map(str, self.assignment)), set(map(str, self.student))
        labs = [str(one.name) for one in gradebook.assignments]
        labs = sorted(lab for lab in labs if not wanted or lab in wanted)
        points = {
            (learner, lab): Points(one.score, one.waiting_points)
            for lab in labs
            for learner, one in standings(gradebook, lab).items()
        }
        people = [
            (str(one.id), self.row_of(one))
            for one in sorted(gradebook.students, key=lambda one: str(one.id))
            if not learners or one.id in learners
        ]
        titles = {lab: str(self.columns.get(lab, lab)) for lab in labs}
        return plan(people, points, titles, self.identity, current)

    def row_of(self, student: Student) -> Row:
        """Return the columns that tell who a learner is."""
        raise NotImplementedError

    def _first_rows(self, gradebook: Gradebook, made: Plan) -> list[Row]:
        return []


class CanvasExport(PlatformExport):
    """Grades as Canvas imports them, in its gradebook under Import."""

    file, who = "canvas.csv", ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
    identity = Enum(
        ("SIS User ID", "SIS Login ID", "ID"),
        "SIS User ID",
        help="The column that the roster's platform_id stands in.",
    ).tag(config=True)

    def row_of(self, student: Student) -> Row:
        """Return the columns that tell who a learner is; without platform_id the own name does."""
        name = ", ".join(part for part in (student.last_name, student.first_name) if part)
        return {"Student": name or str(student.id)} | {
            self.identity: str(student.lms_user_id or student.id)
        }

    def _first_rows(self, gradebook: Gradebook, made: Plan) -> list[Row]:
        """Say how many points there are, for columns that Canvas does not have yet."""
        most = {str(one.name): float(one.max_score) for one in gradebook.assignments}
        titles = {str(self.columns.get(lab, lab)): points for lab, points in most.items()}
        found = {
            name: f"{titles[plain]:g}"
            for name in made.header
            if (plain := name if name in titles else ADDED.sub("", name)) in titles
        }
        return [{"Student": "Points Possible"} | found]


class MoodleExport(PlatformExport):
    """Grades as Moodle imports them, under Grades, Import, CSV file."""

    file = "moodle.csv"
    who = ("First name", "Last name", "ID number", "Email address", "Username")
    identity = Enum(
        ("ID number", "Email address", "Username"),
        "ID number",
        help="The column that the roster's platform_id stands in.",
    ).tag(config=True)

    def row_of(self, student: Student) -> Row:
        """Return the columns that tell who a learner is.

        Without platform_id it is the mail address where that is asked for, else the own name.
        """
        mail = str(student.email or "")
        own = mail if self.identity == "Email address" and mail else str(student.id)
        found = {"First name": str(student.first_name or ""), "Email address": mail}
        return (
            found
            | {"Last name": str(student.last_name or "")}
            | {self.identity: str(student.lms_user_id or own)}
        )
