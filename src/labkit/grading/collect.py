"""Whose a file is that came out of an archive: the collector of `nbgrader zip_collect`.

Names are read by the instructor's pattern, or by that of the zips which `labkit submit` writes.
Unpacking them is left to `labkit.grading.unpack`, what a time of receipt means to
`labkit.grading.receipts`.
"""

from __future__ import annotations

import re
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import FileNameCollectorPlugin
from nbgrader.utils import parse_utc
from traitlets import Dict, Unicode

from labkit.grading.receipts import as_utc, is_plain_name, receipts_path, record
from labkit.grading.unpack import learner_in_receipt, split_platform_prefix
from labkit.learner.zip_names import PATTERN as ZIP_NAME
from labkit.learner.zip_names import unescaped

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
        if found.get("timestamp"):
            self._record(student, found["timestamp"])
        return found

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
        return {"student_id": student, "file_id": file_id, "timestamp": found["claimed"]}

    def _record(self, student: str, text: str) -> None:
        """Record the latest of the times that one run finds for a learner."""
        try:
            when = as_utc(parse_utc(text))
        # The parser of dates raises more than it documents, and nbgrader will speak of it.
        except Exception:
            return
        coursedir: CourseDirectory = self.parent.coursedir
        path = receipts_path(coursedir.db_url, coursedir.root)
        if student not in self._latest or when > self._latest[student]:
            self._latest[student] = when
            record(path, coursedir.assignment_id, student, when, "learning platform")
