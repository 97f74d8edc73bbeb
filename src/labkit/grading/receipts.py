"""When a submission arrived, by the receiving side's clock.

`timestamp.txt` lies among the files that a learner hands in, so it is the learner's word and no
evidence. What counts is `receipts.csv` beside the gradebook: the instructor's own record, to which
lines are only ever added, and of which the last one for a learner and assignment holds. Collecting
from the exchange or from a learning platform's archive (`labkit.grading.collect`) writes to it, and
so may the instructor.
Penalties are left to nbgrader's `AssignLatePenalties`, which comes after `ReceivedAt`.
"""

from __future__ import annotations

import csv
import io
import os
import stat
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.exchange.default.collect import ExchangeCollect
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import ignore_patterns, rmtree
from sqlalchemy.engine import make_url
from traitlets import Bool
from traitlets.log import get_logger

from labkit.errors import CourseError
from labkit.grading.intake import copy_in, set_aside
from labkit.grading.rebuild import find_coursedir

if sys.platform != "win32":
    import pwd

COLUMNS = ("assignment", "student", "received", "source")
# A spreadsheet takes a field that starts with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
# How far a learner's time may be from ours before a line in the log says so.
TOLERANCE_SECONDS = 600


@dataclass(frozen=True)
class Receipt:
    """A submission arrived: `received` is in UTC, `source` says how we know."""

    assignment: str
    student: str
    received: datetime
    source: str


def receipts_path(db_url: str, root: str | Path = ".") -> Path:
    """Return where receipts are kept: beside a gradebook in a file, else in the course's root."""
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return Path(root, url.database).with_name("receipts.csv")
    return Path(root, "receipts.csv")


def record(path: Path, assignment: str, student: str, when: datetime, source: str) -> None:
    """Add a line to the receipts.

    Args:
        path: The receipts; the file is made if need be.
        assignment, student: Their names in the gradebook.
        when: The time of receipt; without a time zone it is taken as UTC.
        source: In a few words, how the time is known ("exchange", "told by mail").

    Raises:
        CourseError: Where the file cannot be written.
    """
    fields = (assignment, student, as_utc(when).isoformat(), source)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=30), path.open("a+b") as stream:
            _append(stream, [_guarded(field) for field in fields])
    except (OSError, TimeoutError) as error:
        message = f"The receipt of {student} cannot be written to {path}: {error}"
        raise CourseError(message) from error


def read(path: Path) -> dict[tuple[str, str], Receipt]:
    """Return the receipt that holds for each (assignment, student); lines that make no sense do not
    count, such as one torn by a power cut.
    """
    return {(line.assignment, line.student): line for line in _lines(path)}


class ReceivedAt(NbGraderPreprocessor):
    """Set a submission's time in the gradebook to that of its receipt; without one, to none.

    Among `Autograde.autograde_preprocessors` it comes before `AssignLatePenalties`. A submission
    without a receipt is never late.
    """

    believe_learners = Bool(
        False,
        help="Take the time in a learner's own timestamp.txt where there is no receipt.",
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Correct the time that nbgrader has read from the learner's file."""
        names = resources["nbgrader"]
        coursedir = find_coursedir(self)
        path = receipts_path(names["db_url"], coursedir.root if coursedir else ".")
        receipt = read(path).get((names["assignment"], names["student"]))
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission(names["assignment"], names["student"])
            submission.timestamp = self.time_of(receipt, submission.timestamp, names)
            gradebook.db.commit()
        return nb, resources

    def time_of(
        self, receipt: Receipt | None, claimed: datetime | None, names: dict[str, str]
    ) -> datetime | None:
        """Return the time to count with, in UTC and without a zone, and say in the log which."""
        whose = f"{names['student']}'s {names['assignment']}"
        if receipt is not None:
            self.log.info("%s was received at %s (%s)", whose, receipt.received, receipt.source)
            return receipt.received.replace(tzinfo=None)
        if self.believe_learners:
            return claimed
        claim = f"; their timestamp.txt says {claimed} UTC and is not believed" if claimed else ""
        self.log.info("No receipt of %s: not late%s", whose, claim)
        return None


class StampedCollect(ExchangeCollect):
    """Collect from the exchange without following links, and record when each folder arrived.

    The time is the latest at which the system saw a change to the handed-in folder or anything in
    it (`ctime`). Its owner can touch a file to any date, but cannot set this one back; the folder's
    name and `timestamp.txt` can say anything. Copying or restoring the exchange as a whole counts
    as a change, so collect before, or record those receipts by hand.
    """

    src_records: list[dict[str, Any]]

    def init_src(self) -> None:
        """Find what was handed in, and leave out what nobody could have handed in honestly."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            self._learners = {student.id for student in gradebook.students}
        super().init_src()
        self.src_records = [found for found in self.src_records if not found.get("trouble")]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        name = os.path.basename(path)
        try:
            found = super()._path_to_record(path)
            trouble = self._trouble(path, found["username"])
        # Anyone may make a folder of any name here, and the parser of dates raises all sorts.
        except Exception:
            found, trouble = {}, "its name is no learner+assignment+time"
        if not trouble:
            return found
        self.log.warning("%s in the exchange is passed over: %s", ascii(name), trouble)
        # Under a learner's name it would compete with that learner's honest submissions.
        return {"username": name, "filename": name, "timestamp": datetime.min, "trouble": trouble}

    def _trouble(self, path: str, username: str) -> str:
        status = os.lstat(path)
        if not stat.S_ISDIR(status.st_mode):
            return "it is no folder"
        if not is_plain_name(username):
            return "its learner's name is no name of a folder"
        if self.check_owner and (owner := self._somebody_else(status.st_uid, username)):
            return f"it is made out to {username}, but {owner} made it"
        return ""

    def _somebody_else(self, uid: int, username: str) -> str:
        """Name the account that made a submission where it may not make one for this learner.

        A learner with an account on this computer hands in from there and from nowhere else.
        Where learners have none, as on a hub of containers, they may share one that is nobody's.
        """
        try:
            owner = pwd.getpwuid(uid).pw_name
        except KeyError:
            owner = f"account {uid}"
        if owner != username and (owner in self._learners or _has_account(username)):
            return owner
        return ""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy one submission, whole or not at all; trouble with it leaves the others alone."""
        student = super()._path_to_record(src)["username"]
        part = Path(dest).with_name(f".{Path(dest).name}.part")
        ignored = ignore_patterns(
            self.coursedir.ignore, self.coursedir.include, self.coursedir.max_file_size, self.log
        )
        try:
            if part.exists():
                rmtree(str(part))
            copy_in(Path(src), part, ignored)
            received = last_change(Path(src))
            record(
                receipts_path(self.coursedir.db_url, self.coursedir.root),
                self.coursedir.assignment_id,
                student,
                received,
                "exchange",
            )
            part.rename(dest)
            set_aside(Path(dest))
        except OSError as error:
            self.log.error("%s was not collected: %s", ascii(os.path.basename(src)), error)
            return
        if self.coursedir.groupshared:
            _share(Path(dest))
        self._compare(src, received)

    def _compare(self, src: str, received: datetime) -> None:
        claimed = as_utc(super()._path_to_record(src)["timestamp"])
        if abs((received - claimed).total_seconds()) > TOLERANCE_SECONDS:
            self.log.warning(
                "%s says it was handed in at %s; the exchange last changed it at %s, which counts",
                ascii(os.path.basename(src)),
                claimed,
                received,
            )


def last_change(folder: Path) -> datetime:
    """Return when the system last saw a change to a folder or to anything in it, in UTC."""
    latest = os.lstat(folder).st_ctime
    for below, folders, files in os.walk(folder):
        for name in (*folders, *files):
            try:
                latest = max(latest, os.lstat(os.path.join(below, name)).st_ctime)
            except FileNotFoundError:
                continue
    return datetime.fromtimestamp(latest, UTC)


def _append(stream: BinaryIO, fields: list[str]) -> None:
    """Write a line at the end of an open file, below a heading, and make it last."""
    size = stream.seek(0, os.SEEK_END)
    lines = io.StringIO()
    if size:
        stream.seek(-1, os.SEEK_END)
        # A power cut may have left half a line.
        lines.write("" if stream.read(1) == b"\n" else "\n")
    csv.writer(lines, lineterminator="\n").writerows([fields] if size else [COLUMNS, fields])
    stream.write(lines.getvalue().encode("utf-8", "replace"))
    stream.flush()
    os.fsync(stream.fileno())


def _lines(path: Path) -> Iterator[Receipt]:
    try:
        stream = path.open(encoding="utf-8", errors="replace", newline="")
    except FileNotFoundError:
        return
    with stream:
        for number, row in enumerate(csv.reader(stream)):
            try:
                assignment, student, received, source = map(_unguarded, row)
                when = as_utc(datetime.fromisoformat(received))
            except ValueError:
                if number:
                    get_logger().warning("%s: line %d is no receipt: %r", path, number + 1, row)
                continue
            yield Receipt(assignment, student, when, source)


def _guarded(field: str) -> str:
    return f"'{field}" if field.startswith(FORMULA_STARTS) else field


def _unguarded(field: str) -> str:
    return field[1:] if field[:1] == "'" and field[1:].startswith(FORMULA_STARTS) else field


def as_utc(when: datetime) -> datetime:
    """Return a time in UTC; one without a time zone is taken as UTC."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def is_plain_name(name: str) -> bool:
    """Tell whether a name names something in a folder, and not the folder or what is above."""
    odd = any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
    return bool(name) and not odd and not name.startswith(".") and not {"/", "\\"} & set(name)


def _has_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _share(folder: Path) -> None:
    """Give the group its rights, as nbgrader does where `CourseDirectory.groupshared` is set."""
    for below, _, files in os.walk(folder):
        os.chmod(below, (os.lstat(below).st_mode | 0o2770) & 0o2777)
        for name in files:
            path = os.path.join(below, name)
            os.chmod(path, (os.lstat(path).st_mode | 0o660) & 0o777)
