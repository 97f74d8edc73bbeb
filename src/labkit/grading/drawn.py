"""Instances that were drawn once, kept beside the gradebook for the next time.

Drawing an exam can take longer than all the rest of grading. What was drawn is kept by lab, by the
digest of what made it, by task and by seed; a mended exam or judge finds nothing here and draws
anew. Only the process that grades writes here, each file in one step. The files are as secret as
the exams: they go to the trusted process alone, in its job, and no learner's process has the
folder.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from labkit.files import PRIVATE, replacing
from labkit.learner.variants import seed

FOLDER = "drawn"
DIGITS = 16
"""Digits of the digest in a folder's name."""


def load(store: Path, lab: str, digest: str, student: str, key: bytes) -> dict[str, str]:
    """Return what was drawn of a lab for a learner: JSON by `<slug>/<task>/<seed>`.

    Args:
        store: the folder `drawn` beside the gradebook; it need not be there.
        lab: the assignment, whose name is part of the seed.
        digest: of what instances are made from (`lab_parts.lab_digest`).
        student: whose variants.
        key: the course's private key.
    """
    slug = lab.partition("_")[2]
    found = {}
    for task in _tasks(store / slug / digest[:DIGITS]):
        number = seed(key, student, lab, task.name)
        try:
            text = (task / f"{number}.json").read_text(encoding="utf-8")
            json.loads(text)
        except (OSError, ValueError):
            continue
        found[f"{slug}/{task.name}/{number}"] = text
    return found


def keep(store: Path, digest: str, drawn: dict[str, str]) -> None:
    """Keep what was drawn; several processes may do so at once."""
    for name, text in drawn.items():
        slug, task, number = name.split("/")
        path = store / slug / digest[:DIGITS] / task / f"{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        store.chmod(0o700)
        with replacing(path, PRIVATE) as stream:
            stream.write(text.encode())


def prune(store: Path, slug: str, digest: str) -> None:
    """Remove what was drawn from a former state of a lab: nothing will ask for it again."""
    for former in _tasks(store / slug) if slug else ():
        if former.name != digest[:DIGITS]:
            shutil.rmtree(former, ignore_errors=True)


def _tasks(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []
