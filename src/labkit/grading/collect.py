"""Whose a file is that came out of an archive: the collector of `nbgrader zip_collect`.

Names are read by the instructor's pattern, or by that of the zips which `labkit submit` writes.
Unpacking them is left to `labkit.grading.unpack`, what a time of receipt means to
`labkit.grading.receipts`.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks, parse_utc
from traitlets import Dict, Unicode

from labkit.grading.receipts import as_utc, is_plain_name, receipts_path, record
from labkit.grading.unpack import learner_in_receipt, split_platform_prefix
from labkit.learner.zip_names import PATTERN as ZIP_NAME
from labkit.learner.zip_names import unescaped

# What Canvas makes of a file that is handed in again: p1.ipynb, p1-1.ipynb, p1-2.ipynb.
AGAIN = re.compile(r"(?P<name>.+)-(?P<number>[0-9]{1,4})")

# A file of a zip named by `labkit.learner.zip_names`, unpacked into a folder of its name.
OWN_ZIP = rf"(?P<unpacked>.*[/\\]{ZIP_NAME})[/\\](?P<file_id>.+)"


class StampedZipCollector(FileNameCollectorPlugin):
    """Collect from archives: those of a learning platform, and those that `labkit submit` wrote.

    A platform's file names tell when it received them, which is recorded. The time in the name of
    our own zips is the learner's word: it only orders one learner's zips among themselves.
    """

    named_regexp = Unicode(
        OWN_ZIP,
        help="Reads a file's path; by default that of zips written by `labkit submit`.",
    ).tag(config=True)

    _latest = Dict(help="The latest time recorded in this run, by learner.")
    _newest = Dict(help="The number of the last file of a name, by folder, learner and name.")
    _taken = Dict(help="The time of each file taken in this run, by learner and name.")

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Return what the file's name says of it, or None for a file that must be passed over."""
        own = re.fullmatch(OWN_ZIP, submitted_file)
        # Where the instructor says how the platform names files, that tells whose they are.
        platform = self.named_regexp != OWN_ZIP and re.match(self.named_regexp, submitted_file)
        if own is not None and not platform:
            return self._collect_own(submitted_file, own.groupdict())
        found = super().collect(submitted_file)
        if not found:
            return None
        student, file_id = str(found.get("student_id")), str(found.get("file_id"))
        if not is_plain_name(student) or not all(map(is_plain_name, file_id.split("/"))):
            self.log.warning("%s is passed over: it leads elsewhere", ascii(submitted_file))
            return None
        name, number = self._name_and_number(submitted_file, file_id)
        if number < self._last(submitted_file, student, name) and not found.get("timestamp"):
            self.log.warning("%s is passed over: it was handed in again", ascii(submitted_file))
            return None
        return self._timed(submitted_file, student, found | {"file_id": name})

    def _name_and_number(self, path: str, file_id: str) -> tuple[str, int]:
        """Read of a notebook which one it is, and which time it was handed in."""
        stem, extension = os.path.splitext(file_id)
        found = AGAIN.fullmatch(stem)
        if not (path.endswith(".ipynb") and found):
            return file_id, 0
        coursedir: CourseDirectory = self.parent.coursedir
        place = coursedir.format_path(coursedir.release_directory, ".", coursedir.assignment_id)
        released = {Path(name).stem for name in find_all_notebooks(place)}
        if stem in released or found["name"] not in released:
            return file_id, 0
        return found["name"] + extension, int(found["number"])

    def _last(self, path: str, student: str, name: str) -> int:
        """The number of a learner's last file of a name in the folder that a file lies in."""
        folder = os.path.dirname(path)
        if folder not in self._newest:
            newest: dict[tuple[str, str], int] = {}
            for other in os.listdir(folder) if os.path.isdir(folder) else ():
                found = super().collect(os.path.join(folder, other))
                if found:
                    other_name, number = self._name_and_number(other, str(found["file_id"]))
                    key = (str(found["student_id"]), other_name)
                    newest[key] = max(newest.get(key, 0), number)
            self._newest[folder] = newest
        return int(self._newest[folder].get((student, name), 0))

    def _timed(self, path: str, student: str, found: dict[str, str]) -> dict[str, str] | None:
        """Record a platform's time, and leave out what would end nbgrader's run for everybody.

        nbgrader stops at a time that it cannot read, and at a learner's second file of one name
        where no times tell which is the later one.
        """
        text = found.get("timestamp")
        name = f"{student}/{os.path.splitext(found['file_id'])[0]}{os.path.splitext(path)[1]}"
        when = self._time(path, text)
        if name in self._taken and (when is None or self._taken[name] is None):
            self.log.error("%s is passed over: there is another file of this name", ascii(path))
            return None
        self._taken[name] = when
        if when is not None:
            self._record(student, when)
            return found
        return {key: value for key, value in found.items() if key != "timestamp"}

    def _collect_own(self, path: str, found: dict[str, str]) -> dict[str, str] | None:
        """Take a file of a zip that `labkit submit` wrote, whatever its kind."""
        unpacked = Path(found["unpacked"])
        student, _ = split_platform_prefix(
            unescaped(found["student_id"]), learner_in_receipt(unpacked)
        )
        file_id = found["file_id"].replace("\\", "/")
        reason = ""
        if not all(map(is_plain_name, [student, *file_id.split("/")])):
            reason = "it leads elsewhere"
        elif found["lab"] != self.parent.coursedir.assignment_id:
            reason = f"it was handed in for {found['lab']}"
        if reason:
            self.log.error("%s is passed over: %s", ascii(path), reason)
            return None
        said = {"student_id": student, "file_id": file_id}
        claimed = found["claimed"]
        return said | ({"timestamp": claimed} if self._time(path, claimed) else {})

    def _time(self, path: str, text: str | None) -> datetime | None:
        """Read a time, or None, with a line in the log, where a text is none."""
        try:
            return as_utc(parse_utc(text)) if text else None
        # The parser of dates raises more than it documents.
        except Exception:
            self.log.warning("%s: %s is no time, and is left out", ascii(path), ascii(text))
            return None

    def _record(self, student: str, when: datetime) -> None:
        """Record the latest of the times that one run finds for a learner."""
        coursedir: CourseDirectory = self.parent.coursedir
        path = receipts_path(coursedir.db_url, coursedir.root)
        if student not in self._latest or when > self._latest[student]:
            self._latest[student] = when
            record(path, coursedir.assignment_id, student, when, "learning platform")
