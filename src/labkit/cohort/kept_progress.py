"""Tries and hints out of progress files that learners gave.

nbgrader's gradebook knows nothing of tries. A learner may save the own progress on the home page
and pass the file on; an instructor who collects such files in a folder, `LEARNER.json` each, sees
tries and hints in the report. Such a file is a learner's word: nothing in it counts for a mark, and
what makes no sense in it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labkit.grading.receipts import is_plain_name
from labkit.handed_in.notebook import MEGABYTE
from labkit.learner import store

# A file of progress has a few kB a lab.
LARGEST = 2 * MEGABYTE
# More tries or hints than this are a made-up number.
MOST = 100_000


@dataclass(frozen=True)
class Effort:
    """What a learner's own file says of a task.

    Attributes:
        tries: how often it was checked.
        hints: how many hints are open.
        passed: whether it was passed at some time.
        minutes: from the first try that is kept to the first pass after it; None where that is not
            known. The file keeps the last five tries.
    """

    tries: int = 0
    hints: int = 0
    passed: bool = False
    minutes: float | None = None


def read_efforts(folder: Path, learners: Iterable[str]) -> dict[tuple[str, str, str], Effort]:
    """Return the efforts of these learners by learner, lab and task; a broken file has none."""
    return {
        (learner, lab, task): effort
        for learner in learners
        for lab, task, effort in _efforts(_labs(folder, learner))
    }


def _labs(folder: Path, learner: str) -> Mapping[str, Any]:
    """Return what a learner's file holds, in the form that `labkit.learner.store` checks."""
    path = folder / f"{learner}.json"
    try:
        if not is_plain_name(learner) or path.is_symlink() or path.stat().st_size > LARGEST:
            return {}
        labs: Mapping[str, Any] = store.parse(path.read_text(encoding="utf-8-sig"))["labs"]
    except (OSError, ValueError):
        return {}
    return labs


def _efforts(labs: Mapping[str, Any]) -> Iterator[tuple[str, str, Effort]]:
    for name, lab in labs.items():
        hints = lab.get("hints", {})
        for task, entry in lab.get("tasks", {}).items():
            passed = entry["best"] == 1.0
            tries, opened = (min(MOST, n) for n in (entry["tries"], hints.get(task, 0)))
            yield name, task, Effort(tries, max(0, opened), passed, _minutes(entry))


def _minutes(entry: Mapping[str, Any]) -> float | None:
    history = entry.get("history", [])
    if entry["tries"] > len(history):
        return None  # the first try is no longer kept
    times = [(_time(one.get("when", "")), one["score"]) for one in history]
    first = next((when for when, _ in times), None)
    passes = [when for when, score in times if when and score == 1.0]
    return max(0.0, (min(passes) - first).total_seconds() / 60) if first and passes else None


def _time(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
