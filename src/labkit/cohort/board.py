"""The class's board: what learners show of themselves while they work, kept and made into pages.

A file for each learner who wants to be shown; who stops has none. Of what comes in, only tasks that
the course has are kept, with a count, a time and whether they are passed, so that nothing a learner
could type gets in. Who asks is for the hub's service (`hub/board.py`) to know.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from labkit.cohort.rendering import render
from labkit.files import PRIVATE, replacing
from labkit.learner.shown import Shown

Data = dict[str, Any]
# More tries than this are a made-up number.
MOST = 100_000

LEARNER_COLUMNS = (
    ("learner", "name", "text"),
    ("lab", "lab", "text"),
    ("passed", "passed", "number"),
    ("of", "tasks", "number"),
    ("being tried", "trying", "words"),
    ("last try", "when", "time"),
)
TASK_COLUMNS = (
    ("task", "title", "text"),
    ("lab", "lab", "text"),
    ("passed", "passed", "number"),
    ("being tried", "trying", "number"),
    ("tries of those", "tries", "number"),
)
OWN_COLUMNS = (
    ("task", "title", "text"),
    ("lab", "lab", "text"),
    ("state", "state", "text"),
    ("tries", "tries", "number"),
    ("last try", "when", "time"),
)


def record_path(folder: Path, name: str) -> Path:
    """Return where a learner's record lies; no name leads out of the folder."""
    return folder / f"{quote(name, safe='')}.json"


def read(folder: Path, name: str) -> Data | None:
    """Return what a learner shows, `{"name", "since", "tasks"}`, or None if nothing."""
    with suppress(OSError, ValueError):
        record: Data = json.loads(record_path(folder, name).read_text(encoding="utf-8"))
        return record
    return None


def everybody(folder: Path) -> Iterator[Data]:
    """Yield the record of each learner who shows something."""
    for path in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError):
            yield json.loads(path.read_text(encoding="utf-8"))


def show(folder: Path, name: str, now: datetime) -> None:
    """Begin to show a learner, with nothing yet; who is shown already stays so."""
    if read(folder, name) is None:
        _write(folder, {"name": name, "since": now.isoformat(timespec="seconds"), "tasks": {}})


def stop(folder: Path, name: str) -> None:
    """Forget all that a learner showed."""
    record_path(folder, name).unlink(missing_ok=True)


def keep(folder: Path, name: str, tasks: Shown) -> bool:
    """Keep what a learner shows now; return False where nothing is to be shown of this one."""
    record = read(folder, name)
    if record is None:
        return False
    _write(folder, record | {"tasks": tasks})
    return True


def _write(folder: Path, record: Mapping[str, Any]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(record_path(folder, record["name"]), PRIVATE) as file:
        file.write(json.dumps(record).encode())


def accepted(sent: Any, course: Mapping[str, Any]) -> Shown:
    """Return what is kept of what a learner's server sent: the course's own tasks, plain values.

    Args:
        sent: in the form of `labkit.learner.shown.shown`, or anything else.
        course: the facts that a release lays beside the home page.

    Raises:
        ValueError: it has another form.
    """
    tasks = {(lab, task) for lab, task, _ in _tasks(course)}
    kept: Shown = {}
    try:
        for lab, entries in sent.items():
            for task, entry in entries.items():
                if (lab, task) in tasks:
                    kept.setdefault(lab, {})[task] = _entry(entry)
    except (AttributeError, LookupError, TypeError) as problem:
        raise ValueError(f"no progress ({problem})") from None
    return kept


def _entry(entry: Mapping[str, Any]) -> Data:
    passed, tries, when = entry["passed"], entry["tries"], entry["when"]
    if not (isinstance(passed, bool) and type(tries) is int and tries >= 0):
        raise ValueError("a task has no count of tries")
    return {"passed": passed, "tries": min(MOST, tries), "when": _moment(when)}


def _moment(text: str) -> str:
    """Return a time as it was sent, if it is one that every clock can show."""
    if text and not 2000 <= datetime.fromisoformat(text).year < 2200:
        raise ValueError("no time of a try")
    return text


def _tasks(course: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield lab, name and title of each task of the course."""
    for module in course["modules"]:
        for task in module["tasks"]:
            yield module["name"], task["name"], task["title"]


def class_page(records: Iterable[Data], course: Mapping[str, Any], now: datetime) -> bytes:
    """Return the instructor's page: by learner the latest lab, by task who stands there."""
    found = sorted(records, key=lambda record: record["name"])
    return render(
        "board.html",
        course=course["title"],
        now=_local(now.isoformat()),
        learners=[_learner_row(record, course) for record in found],
        tasks=_task_rows(found, course),
        learner_columns=LEARNER_COLUMNS,
        task_columns=TASK_COLUMNS,
    )


def _learner_row(record: Data, course: Mapping[str, Any]) -> Data:
    """Return the row of a learner: the lab of the last try."""
    labs: Shown = record["tasks"]
    row = {"name": record["name"], "lab": "", "passed": None, "tasks": None}
    row |= {"trying": "", "when": ""}
    if not labs:
        return row
    lab = max(labs, key=lambda name: max(_utc(entry["when"]) for entry in labs[name].values()))
    titles = {task: title for name, task, title in _tasks(course) if name == lab}
    tried = labs[lab].items()
    trying = [
        f"{titles.get(task, task)} ({_count(entry['tries'])})"
        for task, entry in tried
        if not entry["passed"]
    ]
    return row | {
        "lab": lab,
        "passed": sum(entry["passed"] for _, entry in tried),
        "tasks": len(titles),
        "trying": ", ".join(trying),
        "when": _local(max((entry["when"] for _, entry in tried), key=_utc)),
    }


def _task_rows(records: Iterable[Data], course: Mapping[str, Any]) -> list[Data]:
    """Return a row for each task that somebody tried; most learners who stand there come first."""
    rows = []
    records = list(records)
    for lab, task, title in _tasks(course):
        entries = [one["tasks"][lab][task] for one in records if task in one["tasks"].get(lab, {})]
        open_ones = [entry["tries"] for entry in entries if not entry["passed"]]
        if entries:
            rows.append(
                {
                    "title": title,
                    "lab": lab,
                    "passed": len(entries) - len(open_ones),
                    "trying": len(open_ones),
                    "tries": float(statistics.median(open_ones)) if open_ones else None,
                }
            )
    return sorted(rows, key=lambda row: -row["trying"])


def own_page(
    record: Data | None, course: Mapping[str, Any], name: str, instructor: str, xsrf: str
) -> bytes:
    """Return a learner's page: what is shown, and the button that begins or stops it.

    Args:
        record: what the learner shows, or None.
        course: the facts that a release lays beside the home page.
        name: the learner's.
        instructor: the name of who sees it.
        xsrf: what a form has to send along.
    """
    labs: Shown = record["tasks"] if record else {}
    rows = [
        {
            "title": title,
            "lab": lab,
            "state": "passed" if labs[lab][task]["passed"] else "being tried",
            "tries": labs[lab][task]["tries"],
            "when": _local(labs[lab][task]["when"]),
        }
        for lab, task, title in _tasks(course)
        if task in labs.get(lab, {})
    ]
    return render(
        "shown.html",
        course=course["title"],
        name=name,
        instructor=instructor,
        since=_local(record["since"]) if record else "",
        rows=rows,
        columns=OWN_COLUMNS,
        xsrf=xsrf,
    )


def _count(tries: int) -> str:
    return f"{tries} {'try' if tries == 1 else 'tries'}"


def _utc(when: str) -> datetime:
    """Read a time; one without a zone is in UTC, and none is before all others."""
    found = datetime.fromisoformat(when) if when else datetime.min
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _local(when: str) -> str:
    """Write a time on this computer's clock, to the minute."""
    return _utc(when).astimezone().strftime("%Y-%m-%d %H:%M") if when else ""
