"""How far a learner is in a module, in one vocabulary for home page, cards and prerequisites.

Reading the lesson, passing checks in practice, packing a zip and handing in are different things,
and points that a check gives are not those that a person gives. "Done" is said where every check
is passed and the lab is handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from labkit.learner.store import Record


class Stage(StrEnum):
    """How far a module is; the words are those that a learner reads."""

    NEW = "not begun"
    LESSON_BEGUN = "lesson begun"
    LESSON_READ = "lesson read"
    LAB_BEGUN = "lab begun"
    PASSED = "all checks passed"
    PACKED = "packed, not sent yet"
    HANDED_IN = "handed in"
    DONE = "done"


@dataclass(frozen=True)
class HandIn:
    """The latest time a lab was handed in or packed.

    Attributes:
        when: ISO 8601 in UTC.
        receipt: the receipt's id.
        how: "exchange" or "zip".
        digest: SHA-256 of the work.
        times: how often so far.
        sent: whether it has left the learner's computer, as far as anybody knows.
    """

    when: str
    receipt: str
    how: str
    digest: str
    times: int
    sent: bool

    @property
    def stage(self) -> Stage:
        """A zip that nobody has sent is packed, no more."""
        return Stage.HANDED_IN if self.sent else Stage.PACKED


def last_hand_in(reached: Record) -> HandIn | None:
    """Return the latest hand-in in a lab's part of the progress, or None.

    They stand there in the order of time, of two in one second the later one last.
    """
    entries = [one for one in reached.get("submitted", []) if isinstance(one, dict)]
    if not entries:
        return None
    last = entries[-1]
    receipt, how = str(last.get("receipt", "")), str(last.get("how", ""))
    return HandIn(
        when=str(last.get("when", "")),
        receipt=receipt,
        how=how,
        digest=str(last.get("digest", "")),
        times=len(entries),
        sent=how != "zip" or receipt in reached.get("sent", {}),
    )


def stage(reached: Record, tasks: list[str]) -> Stage:
    """Return how far a module is.

    Args:
        reached: the lab's part of what `progress.load` gives; may be empty.
        tasks: the names of all tasks that are checked.
    """
    tried: dict[str, Any] = reached.get("tasks", {})
    passed = bool(tasks) and all(tried.get(task, {}).get("best", 0.0) >= 1 for task in tasks)
    handed_in = last_hand_in(reached)
    if handed_in is not None:
        return Stage.DONE if passed and handed_in.sent else handed_in.stage
    if passed:
        return Stage.PASSED
    if tried:
        return Stage.LAB_BEGUN
    lesson = reached.get("lesson", {})
    if "read" in lesson:
        return Stage.LESSON_READ
    return Stage.LESSON_BEGUN if lesson or reached.get("quiz") else Stage.NEW
