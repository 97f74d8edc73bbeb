"""What a learner has reached, in one small file that can be saved elsewhere and restored.

Of every task the best score and the last few tries are kept, of a lab its quiz answers, opened
hints and what was handed in. How the file is read and written without losing anything is left to
`labkit.learner.store`. A disk that is full costs the record, not the check: the caller gets a
`ProgressError` with words and goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from labkit.learner import store
from labkit.learner.store import ProgressError, Record

__all__ = [
    "ProgressError",
    "Record",
    "copy",
    "load",
    "progress_path",
    "record_hint",
    "record_lesson",
    "record_quiz",
    "record_sent",
    "record_submission",
    "record_task",
    "restore",
    "restore_from",
    "save_to",
    "what_changed",
]

HISTORY = 5
"""Tries of a task that are kept; enough to tell a trend, and the file stays small."""


def progress_path() -> Path:
    """Where progress is kept: `$LABKIT_HOME/progress.json`, else `~/.labkit/progress.json`."""
    home = os.environ.get("LABKIT_HOME")
    return (Path(home) if home else Path.home() / ".labkit") / "progress.json"


def load(path: Path | None = None) -> Record:
    """Read progress, lab by lab; every part of a lab may be missing.

    `{lab: {"tasks": {task: {"best", "last", "status", "tries", "when", "history"}},
    "quiz": {question: {"right", "when"}}, "hints": {task: number opened},
    "submitted": [{"when", "receipt", "how", "digest"}], "sent": {receipt: when},
    "lesson": {"begun": when, "read": when}}}`. Scores are shares from 0 to 1, times
    are ISO 8601 in UTC. `history` holds the last tries, `{"score", "status", "when"}`, the newest
    last; so does `submitted`.

    Raises:
        ProgressError: the file exists and cannot be read; one that is broken has been set aside.
    """
    labs: Record = store.read(path or progress_path())["labs"]
    return labs


def record_task(lab: str, task: str, score: float, status: str) -> Record | None:
    """Keep the outcome of a check; the best score so far stays.

    Returns:
        The try before this one, `{"score", "status", "when"}`, or None if this is the first.

    Raises:
        ProgressError: it could not be kept.
    """
    before: list[Record] = []

    def change(labs: Record) -> None:
        tasks = labs.setdefault(lab, {}).setdefault("tasks", {})
        kept = tasks.get(task, {})
        now = {"score": score, "status": str(status), "when": _now()}
        before.extend(_history(kept)[-1:])
        tasks[task] = kept | {
            "best": max(kept.get("best", 0.0), score),
            "last": score,
            "status": now["status"],
            "tries": kept.get("tries", 0) + 1,
            "when": now["when"],
            "history": [*_history(kept), now][-HISTORY:],
        }

    _update(change)
    return before[0] if before else None


def record_hint(lab: str, task: str, opened: int) -> None:
    """Keep how many hints of a task are open.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(labs: Record) -> None:
        hints = labs.setdefault(lab, {}).setdefault("hints", {})
        hints[task] = max(hints.get(task, 0), opened)

    _update(change)


def record_quiz(lab: str, question: str, right: bool) -> None:
    """Keep whether a quiz question was answered correctly at the latest try.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(labs: Record) -> None:
        quiz = labs.setdefault(lab, {}).setdefault("quiz", {})
        quiz[question] = quiz.get(question, {}) | {"right": right, "when": _now()}

    _update(change)


def record_lesson(lab: str, state: str) -> None:
    """Keep when the lesson of a lab was "begun", or "read" to its end; the first time counts.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(labs: Record) -> None:
        lesson = labs.setdefault(lab, {}).setdefault("lesson", {})
        lesson.setdefault(state, _now())

    _update(change)


def record_sent(lab: str, receipt: str) -> None:
    """Keep that the learner says to have sent a packed zip.

    Raises:
        ProgressError: it could not be kept.
    """

    def change(labs: Record) -> None:
        labs.setdefault(lab, {}).setdefault("sent", {}).setdefault(receipt, _now())

    _update(change)


def record_submission(
    lab: str, receipt: str, how: str, digest: str, when: str | None = None
) -> None:
    """Keep that a lab was handed in.

    Args:
        lab: the assignment, for example "08_rl_supply_chain".
        receipt: the receipt's id.
        how: "exchange" or "zip".
        digest: SHA-256 of the notebook as handed in, in hexadecimal.
        when: ISO 8601 in UTC; now, if left out.

    Raises:
        ProgressError: it could not be kept.
    """
    entry = {"when": when or _now(), "receipt": receipt, "how": how, "digest": digest}

    def change(labs: Record) -> None:
        own = labs.setdefault(lab, {})
        own["submitted"] = _joined(own.get("submitted", []), [entry])

    _update(change)


def what_changed(lab: str | None = None, labs: Record | None = None) -> list[Record]:
    """Tell which tasks' last try ended otherwise than the try before; the newest first.

    Args:
        lab: the assignment; all, if left out.
        labs: what `load` gave; read, if left out.

    Returns:
        `[{"lab", "task", "before", "after", "status", "when", "text"}]`, where `before` and
        `after` are scores from 0 to 1 and `text` is one line for people.

    Raises:
        ProgressError: the file cannot be read.
    """
    labs = load() if labs is None else labs
    found = []
    for name in [lab] if lab is not None else labs:
        for task, entry in labs.get(name, {}).get("tasks", {}).items():
            tries = _history(entry)[-2:]
            if len(tries) == 2 and tries[0]["score"] != tries[1]["score"]:
                found.append({"lab": name, "task": task} | _change(task, *tries))
    return sorted(found, key=lambda change: change["when"], reverse=True)


def _change(task: str, before: Record, after: Record) -> Record:
    scores = f"{_share(before['score'])} -> {_share(after['score'])}"
    return {
        "before": before["score"],
        "after": after["score"],
        "status": after.get("status", ""),
        "when": after.get("when", ""),
        "text": f"{task}: {scores} since your last try",
    }


def save_to(target: Path) -> None:
    """Write a copy of the progress that can be carried elsewhere.

    An earlier copy at that place is joined with the present progress, so nothing in it is lost.

    Raises:
        ProgressError: it could not be written, or the target is some other file.
    """
    content = store.read(progress_path())
    try:
        kept = store.parse(target.read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = store.empty()
    except (ValueError, OSError):
        raise ProgressError(
            f"{target} exists and is not a copy of your progress; it stays as it is. "
            "Choose another name."
        ) from None
    _merge(content, kept)
    store.write(target, content)


def restore_from(source: Path) -> None:
    """Merge a saved copy into the present progress; the better score of each task stays.

    Raises:
        ProgressError: the copy cannot be read (it stays as it is), or the result not be kept.
    """
    try:
        content = source.read_bytes()
    except FileNotFoundError:
        raise ProgressError(f"There is no file {source}.") from None
    except OSError as problem:
        raise ProgressError(
            f"{source} cannot be read ({problem.strerror}); nothing was changed."
        ) from None
    restore(content, str(source))


def copy() -> str:
    """Return the text of a copy that can be kept elsewhere; it needs no room on the disk.

    Raises:
        ProgressError: the progress cannot be read.
    """
    return store.render(store.read(progress_path()))


def restore(copied: bytes, name: str) -> None:
    """Merge a copy's bytes into the present progress; the better score of each task stays.

    Args:
        copied: what a file holds that `save_to` or `copy` made.
        name: what to call that file in an error.

    Raises:
        ProgressError: it is no such copy, or the result was not kept.
    """
    try:
        saved = store.parse(copied.decode("utf-8-sig"))
    except store.NewerFormatError:
        raise ProgressError(
            f"{name} was saved by a newer labkit; nothing was changed. Update labkit: run "
            "`make setup` in the course's folder."
        ) from None
    except ValueError:
        raise ProgressError(
            f"{name} is not a progress file of this course; nothing was changed."
        ) from None
    store.update(progress_path(), lambda content: _merge(content, saved))


def _update(change: store.Change) -> None:
    store.update(progress_path(), lambda content: change(content["labs"]))


def _merge(content: Record, saved: Record) -> None:
    """Join a saved content into another: the better, the later and the more of each stays."""
    for name, other in saved["labs"].items():
        own = content["labs"].setdefault(name, {})
        _merge_lab(own, other)
    _fill(content, saved)


def _merge_lab(own: Record, other: Record) -> None:
    tasks, quiz = own.setdefault("tasks", {}), own.setdefault("quiz", {})
    hints = own.setdefault("hints", {})
    for task, entry in other.get("tasks", {}).items():
        tasks[task] = _merge_task(tasks[task], entry) if task in tasks else entry
    for question, answer in other.get("quiz", {}).items():
        quiz[question] = _by_time(quiz.get(question, answer), answer)
    for task, opened in other.get("hints", {}).items():
        hints[task] = max(hints.get(task, 0), opened)
    for part in ("lesson", "sent"):
        if other.get(part):
            own[part] = other[part] | own.get(part, {})
    if own.get("submitted") or other.get("submitted"):
        own["submitted"] = _joined(own.get("submitted", []), other.get("submitted", []))
    _fill(own, other)


def _merge_task(own: Record, other: Record) -> Record:
    return _by_time(own, other) | {
        "best": max(own["best"], other["best"]),
        # A copy of this very progress must not count its tries twice.
        "tries": max(own["tries"], other["tries"]),
        "history": _joined(_history(own), _history(other))[-HISTORY:],
    }


def _by_time(one: Record, two: Record) -> Record:
    """All fields of both; those that both have are the later one's, of equals the first one's."""
    return two | one if one.get("when", "") >= two.get("when", "") else one | two


def _fill(own: Record, other: Record) -> None:
    """Take over fields that are not known here."""
    for name, value in other.items():
        own.setdefault(name, value)


def _joined(entries: Iterable[Record], others: Iterable[Record]) -> list[Record]:
    """Both lists in the order of time, what stands in both once."""
    entries = list(entries)
    entries += [other for other in others if other not in entries]
    return sorted(entries, key=lambda entry: str(entry.get("when", "")))


def _history(entry: Record) -> list[Record]:
    """The tries that are known, of files of before at least the last one."""
    if entry.get("history"):
        return list(entry["history"])
    if not entry.get("tries"):
        return []
    last = {"score": entry.get("last", 0.0), "status": entry.get("status", "")}
    return [last | {"when": entry.get("when", "")}]


def _share(score: float) -> str:
    return f"{score:.2f}".rstrip("0").ljust(3, "0")


def _now() -> str:
    # Milliseconds: two tries within a second must not look like one and the same.
    return datetime.now(UTC).isoformat(timespec="milliseconds")
