"""This course's grading meets the attacks: all of them in one cohort, as an instructor grades."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from attacks import course
from attacks.cohort import Evidence, run
from attacks.submission import ASSIGNMENT, Attack, Place

# Short limits, so that an endless loop does not cost minutes.
CONFIG = """
from labkit.grading.config import apply
apply(c)
c.ExecuteApart.exams = str(root)
c.ExecuteApart.timeout = 2
c.ExecuteApart.limits = {
    "total_seconds": 10, "memory_mb": 600, "disk_mb": 64, "processes": 64
}
"""
COMMANDS = (["labkit.cli", "grade", ASSIGNMENT, "--workers", "2"],)


def make_place(root: Path) -> Place:
    """Build the attacked course below a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = Place(root / "course", root / "home", port)
    place.course.mkdir()
    course.build(place.course, CONFIG)
    return place


def grade(place: Place, attacks: Sequence[Attack]) -> Evidence:
    """Grade the attacks with the honest learners among them."""
    return run(place, attacks, COMMANDS, 900)
