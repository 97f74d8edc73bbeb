"""A report of a check that seems wrong: instance, answer, outcome and versions in one file.

A learner sends it to whom the course names. It holds nothing of the learner but the answer.
"""

from __future__ import annotations

import inspect
import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from labkit import __version__
from labkit.exercise import cards
from labkit.exercise.task import Instance, LabSpec, Task, judge

FOLDER = "reports"
PACKAGES = ("numpy", "pandas", "scipy", "torch", "scikit-learn")


def pack_report(spec: LabSpec, task: Task, answer: Any, instance: Instance) -> cards.Card:
    """Judge an answer once more and write the report; return a card that says where it lies."""
    now = datetime.now(UTC)
    content = {
        "lab": spec.assignment,
        "edition": spec.edition,
        "task": task.name,
        "when": now.isoformat(timespec="seconds"),
        "answer": source_of(answer),
        "instance": instance,
        "outcome": asdict(judge(task, answer, instance)),
        "versions": versions(),
    }
    path = Path(FOLDER) / f"{spec.assignment}-{task.name}-{now:%Y%m%dT%H%M%SZ}.json"
    text = json.dumps(content, indent=1, default=repr, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as problem:
        return cards.notice_card("Not packed", f"{path} cannot be written: {problem.strerror}.")
    return cards.notice_card(
        "Packed for a report",
        f"{path}, beside this notebook, holds the instance, your answer, what the check said and "
        "the versions. Send it to whom the course's home page names under Help, with a sentence "
        "on what you expected.",
    )


def source_of(answer: Any) -> str:
    """Return an answer's code where there is some, else how it is shown; at most 20,000 signs."""
    try:
        text = inspect.getsource(answer)
    except (OSError, TypeError):
        text = repr(answer)
    return text[:20_000]


def versions() -> dict[str, str]:
    """Return the versions that an outcome may depend on."""
    found = {"labkit": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found | {"system": platform.platform()}
