"""The summary of a lab: what was reached, what changed since the last try, what was handed in.

It makes the words out of the lab's part of the progress file; how they look is left to `cards`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labkit.exercise import cards
from labkit.exercise.outcome import Status
from labkit.exercise.task import LabSpec, Task
from labkit.learner.progress import what_changed
from labkit.learner.state import last_hand_in

HEADER = ("task", "best", "of", "tries", "last outcome")


def progress_card(
    spec: LabSpec, reached: dict[str, Any], done: Sequence[cards.Row] = ()
) -> cards.Card:
    """Show the progress in a lab.

    Args:
        spec: the lab.
        reached: the lab's part of what `progress.load` gives; may be empty.
        done: what was just saved or restored, in words.
    """
    tasks = reached.get("tasks", {})
    full = sum(task.points for task in spec.tasks)
    points = sum(t.points * tasks[t.name]["best"] for t in spec.tasks if t.name in tasks)
    note = f"{points:.3g} of {full:g} points in practice, essays not counted"
    changes = what_changed(spec.assignment, {spec.assignment: reached})
    more = [
        *done,
        ("Changed", "; ".join(change["text"] for change in changes)),
        ("Quiz", _quiz(spec, reached)),
        ("Handed in", _submitted(reached)),
        ("To keep it", "lab.progress(save='FILE') and lab.progress(restore='FILE')"),
    ]
    rows = [_row(spec.called(task.name), task, tasks.get(task.name)) for task in spec.tasks]
    return cards.table_card(f"Progress in {spec.assignment}", note, HEADER, rows, more)


def _row(title: str, task: Task, entry: dict[str, Any] | None) -> tuple[str, ...]:
    if entry is None:
        return (title, "0", f"{task.points:g}", "0", str(Status.NOT_ATTEMPTED))
    best = f"{entry['best'] * task.points:.3g}"
    return (title, best, f"{task.points:g}", str(entry["tries"]), str(entry.get("status", "")))


def _quiz(spec: LabSpec, reached: dict[str, Any]) -> str:
    if not spec.questions:
        return ""
    answers = reached.get("quiz", {})
    right = sum(bool(answers.get(question.name, {}).get("right")) for question in spec.questions)
    return f"{right} of {len(spec.questions)} questions answered correctly"


def _submitted(reached: dict[str, Any]) -> str:
    last = last_hand_in(reached)
    if last is None:
        return "not yet"
    when = last.when[:16].replace("T", " ")
    times = f" ({last.times} times so far)" if last.times > 1 else ""
    return f"{last.stage}: {when} UTC, receipt {last.receipt or 'unknown'}{times}"
