"""What came of each task in a graded notebook: passed, failed, not tried, and a known trap.

The gradebook has points alone. The card that a check left says more; a plain test says it by its
points, and by the error of an answer that was never written. Only outputs of test cells count,
which come from the trusted process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labkit.exercise.cards import read_outcome
from labkit.exercise.outcome import Status
from labkit.exercise.task import NO_VERDICT

NOT_WRITTEN = "NotImplementedError"


@dataclass(frozen=True)
class TaskOutcome:
    """The status of a task, and the name of the misconception that the answer fits, if any.

    `fault` says that the check itself went wrong.
    """

    status: Status
    trap: str = ""
    fault: bool = False


def task_outcome(cell: Mapping[str, Any], score: float, maximum: float) -> TaskOutcome:
    """Return what came of the task that a test cell judges.

    Args:
        cell: the executed test cell.
        score: its points in the gradebook.
        maximum: the points there are.
    """
    for text in _shown(cell):
        found = read_outcome(text)
        if found:
            return TaskOutcome(*found, fault=NO_VERDICT in " ".join(text.split()))
    errors = {out.get("ename") for out in cell.get("outputs", ()) if out["output_type"] == "error"}
    if NOT_WRITTEN in errors:
        return TaskOutcome(Status.NOT_ATTEMPTED)
    if score >= maximum:
        return TaskOutcome(Status.PASSED)
    return TaskOutcome(Status.PARTIAL if score > 0 else Status.FAILED)


def _shown(cell: Mapping[str, Any]) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        if output["output_type"] == "display_data":
            text = output.get("data", {}).get("text/plain", "")
            yield "".join(text) if isinstance(text, list) else str(text)
