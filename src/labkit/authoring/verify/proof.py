"""The record of a proof: what was proven, on which files, with which figures.

It stands beside a lab's answers, in `tests/labs/NN_slug/proof.json`, and is written by
`labkit verify NN_slug --record`. Each room of the module has a digest in it, so that a record which
no longer fits says what changed. Words of the notebook, plots and explorations prove nothing and
may change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from labkit.authoring.cost import over_budget
from labkit.authoring.source import read_source
from labkit.authoring.verify.run import HEADER, summary
from labkit.authoring.verify.trials import Result
from labkit.authoring.verify.worlds import NOT_WORLD
from labkit.files import write_atomically

LEAST_SEEDS = 20

ROOMS = {
    "checks": "src/labkit/checks/{slug}",
    "world": "src/labkit/trends/{slug}",
    "exams": "grader/exams/{slug}",
    "answers": "tests/labs/{name}",
}
"""The rooms whose files a proof depends on, beside the code of the lab's notebook."""

Record = dict[str, Any]


def path_of(root: Path, assignment: str) -> Path:
    """Where the record of a lab stands."""
    return root / "tests" / "labs" / assignment / "proof.json"


def write(
    root: Path, assignment: str, seeds: int, results: list[Result], cost: dict[str, float]
) -> Path:
    """Record a proof without faults; return the file's path."""
    record = {
        "seeds": seeds,
        "trials": len(results),
        "files": digests(root, assignment),
        "cost": cost,
        "tasks": {row[0]: dict(zip(HEADER[1:], row[1:], strict=True)) for row in summary(results)},
    }
    path = path_of(root, assignment)
    write_atomically(path, (json.dumps(record, indent=1) + "\n").encode())
    return path


def faults(root: Path, assignment: str) -> list[str]:
    """What is wrong with a lab's record, in sentences; empty where all is well, or there is none.

    Raises:
        json.JSONDecodeError: it is no record at all.
    """
    path = path_of(root, assignment)
    if not path.exists():
        return []
    record = json.loads(path.read_text(encoding="utf-8"))
    now = digests(root, assignment)
    changed = [room for room in now if record["files"].get(room) != now[room]]
    found = []
    if changed:
        found.append(f"The proof is older than the module's {', '.join(changed)}.")
    if record["seeds"] < LEAST_SEEDS:
        found.append(f"The proof has {record['seeds']} seeds; {LEAST_SEEDS} are needed.")
    return found + over_budget(record["cost"])


def digests(root: Path, assignment: str) -> dict[str, str]:
    """One digest for each room of a module."""
    slug = assignment.partition("_")[2]
    found = {
        room: _digest(_files(root / place.format(slug=slug, name=assignment)))
        for room, place in ROOMS.items()
    }
    code = [
        cell.source.encode()
        for cell in read_source(root / "labs" / assignment / f"{slug}.py").cells
        if cell.cell_type == "code"
    ]
    return found | {"notebook": _digest(enumerate(code))}


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.is_dir() or "__pycache__" in place.parts or path.name == "proof.json":
            continue
        if path.stem not in NOT_WORLD:
            # Git may give the same text other ends of lines on another system.
            yield place.as_posix(), path.read_bytes().replace(b"\r\n", b"\n")


def _digest(named: Iterable[tuple[object, bytes]]) -> str:
    total = hashlib.sha256()
    for name, content in named:
        total.update(f"{name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()[:16]
