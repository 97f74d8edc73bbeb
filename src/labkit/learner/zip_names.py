"""The name of a handed-in zip: learner, lab, time and receipt, on every file system.

The desk writes such names and the collector at grading reads them, so both take them from here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

# Besides what Windows or a Unix shell forbids: our own separator and escape sign.
_FORBIDDEN = set('<>:"/\\|?*+%') | {chr(number) for number in (*range(32), 127)}
LEARNER_CHARACTERS = 80
# The folder in the workbook where zips are laid, in one folder a lab.
HANDED_IN = "handed_in"
PATTERN = (
    r"(?P<student_id>[^/\\+]+)\+(?P<lab>[^/\\+]+)\+(?P<claimed>\d{8}T\d{6}Z)"
    r"\+(?P<receipt>[0-9a-f]{12})"
)


@dataclass(frozen=True)
class ZipName:
    """What a zip's name says.

    Attributes:
        learner: the learner's name.
        lab: for example "08_rl_supply_chain".
        claimed: the time on the learner's clock in UTC, like "20261121T143000Z".
        receipt: the receipt's id.
    """

    learner: str
    lab: str
    claimed: str
    receipt: str

    def __str__(self) -> str:
        """The file's name."""
        return f"{escaped(self.learner)}+{self.lab}+{self.claimed}+{self.receipt}.zip"

    @classmethod
    def read(cls, name: str) -> ZipName | None:
        """Read a file's name; None if it is no such name."""
        match = re.fullmatch(PATTERN + r"\.zip", name)
        if match is None:
            return None
        learner, lab, claimed, receipt = match.groups()
        return cls(unescaped(learner), lab, claimed, receipt)


def escaped(learner: str) -> str:
    """Write a learner's name so that every file system takes it; letters of all scripts stay."""
    plain = unicodedata.normalize("NFC", learner)
    text = "".join(
        "".join(f"%{byte:02X}" for byte in letter.encode()) if letter in _FORBIDDEN else letter
        for letter in plain
    )
    # Windows drops a dot or a space at a name's start or end; a leading dot hides a file.
    return re.sub(r"^[. ]|[. ]$", lambda found: f"%{ord(found[0]):02X}", text)


def unescaped(text: str) -> str:
    """Read a learner's name from a file's name; some systems decompose accents on the way."""
    return unquote(unicodedata.normalize("NFC", text), errors="replace")
