"""Handing feedback back through nbgrader's exchange, whatever learners left in their folders.

nbgrader names each page after a secret that came with the submission, `submission_secret.txt`. A
submission without it (one that came as a zip, or was put together by hand) ended the release for
everybody whose name comes later in the alphabet. Here such a learner alone is left out, by name.
"""

from __future__ import annotations

import glob
import re
from pathlib import Path

from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback

NEEDED = ("submission_secret.txt", "timestamp.txt")


class CarefulReleaseFeedback(ExchangeReleaseFeedback):
    """Release the feedback of all whose submission can be named, and name the others."""

    src_path: str

    def copy_files(self) -> None:
        """Copy pages into the exchange, without those of learners whose folder lacks a file."""
        pattern = self.coursedir.format_path(
            self.coursedir.feedback_directory,
            "(?P<student_id>.*)",
            self.coursedir.assignment_id,
            escape=True,
        )
        # nbgrader has put the pattern for all learners into `src_path`. One folder at a time, since
        # its list of learners to leave out is parted by commas, which a learner's name may hold.
        everybody = self.src_path
        try:
            for folder in sorted(Path("/").glob(everybody.lstrip("/"))):
                found = re.fullmatch(pattern, str(folder))
                name = next((name for name in NEEDED if not _is_text(folder / name)), "")
                if found and name:
                    self._tell(found["student_id"], name)
                    continue
                self.src_path = glob.escape(str(folder))
                super().copy_files()
        finally:
            self.src_path = everybody

    def _tell(self, student: str, name: str) -> None:
        self.log.error(
            "The feedback of %s is not released: the submission came without a readable %s, as a "
            "zip does. Give it by another way.",
            ascii(student),
            name,
        )


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return True
