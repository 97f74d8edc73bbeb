"""The record of a proof: what was proven of each task, on which files, with which figures.

It stands beside a lab's answers, in `tests/labs/NN_slug/proof.json`, and is written by
`labkit verify NN_slug --record`, for all tasks or some. Each task has digests of what its proof
depends on: the files of checks, exams and answers that the task's own files reach by imports, the
module's world, the code of the notebook without the other tasks' cells. So a record that no longer
fits says what changed, and a task that did not change needs no new proof. Words of the notebook,
plots and explorations prove nothing and may change.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labkit.authoring.cost import Cost, figures, over_budget
from labkit.authoring.source import header_of, read_source
from labkit.authoring.verify.lab import spec
from labkit.authoring.verify.run import HEADER, summary
from labkit.authoring.verify.trials import Result
from labkit.authoring.verify.worlds import NOT_WORLD
from labkit.files import write_atomically

LEAST_SEEDS = 20

ROOMS = {
    "checks": "src/labkit/checks/{slug}",
    "exams": "grader/exams/{slug}",
    "answers": "tests/labs/{name}",
}
"""The rooms in which a task has a file of its own."""

PACKAGES = {"checks": "labkit.checks.{slug}", "exams": "exams.{slug}"}
"""What other rooms import these by. Answers are imported by each other alone."""

WORLD = "src/labkit/trends/{slug}"
PRACTICE = "practice.json"

Record = dict[str, dict[str, Any]]
"""What was proven, by task: seeds, trials, digests of files, the task's cost, the table's row."""


def path_of(root: Path, assignment: str) -> Path:
    """Where the record of a lab stands."""
    return root / "tests" / "labs" / assignment / "proof.json"


def read(root: Path, assignment: str) -> Record:
    """The record of a lab; empty where there is none.

    Raises:
        json.JSONDecodeError: it is no record at all.
    """
    path = path_of(root, assignment)
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def write(
    root: Path, assignment: str, seeds: int, results: list[Result], costs: Iterable[Cost]
) -> Path:
    """Record proofs without faults beside those of other tasks; return the file's path."""
    record, cost_of = read(root, assignment), {cost.task: cost for cost in costs}
    for task, *row in summary(results):
        record[task] = {
            "seeds": seeds,
            "trials": sum(result.task == task for result in results),
            "shown": dict(zip(HEADER[1:], row, strict=True)),
            "cost": {k: round(v, 3) for k, v in asdict(cost_of[task]).items() if k != "task"},
            "files": digests(root, assignment, task),
        }
    names = [task.name for task in spec(assignment).tasks]
    record = {name: record[name] for name in names if name in record}
    path = path_of(root, assignment)
    write_atomically(path, (json.dumps(record, indent=1) + "\n").encode())
    return path


def faults(root: Path, assignment: str) -> list[str]:
    """What is wrong with a lab's record, in sentences; empty where all is well.

    A task without a proof is no fault: nothing is claimed of it.

    Raises:
        json.JSONDecodeError: it is no record at all.
    """
    record = read(root, assignment)
    tasks = [task.name for task in spec(assignment).tasks]
    found = [f"It has a proof of {name}, which is no task." for name in record.keys() - set(tasks)]
    for task in record.keys() & set(tasks):
        then, now = record[task]["files"], digests(root, assignment, task)
        if changed := [room for room in now if then.get(room) != now[room]]:
            found.append(f"The proof of {task} is older than its {', '.join(changed)}.")
        if record[task]["seeds"] < LEAST_SEEDS:
            found.append(
                f"The proof of {task} has {record[task]['seeds']} seeds; {LEAST_SEEDS} are needed."
            )
    costs = [Cost(task=task, **record[task]["cost"]) for task in tasks if task in record]
    return sorted(found) + (over_budget(figures(costs)) if costs else [])


def digests(root: Path, assignment: str, task: str) -> dict[str, str]:
    """One digest for each room that the proof of a task depends on."""
    slug = assignment.partition("_")[2]

    def place(room: str) -> Path:
        return root / room.format(slug=slug, name=assignment)

    folders = {room: place(path) for room, path in ROOMS.items()}
    reached = _reached(folders, slug, task)
    found = {
        room: _digest(_of_task(folder, task, {file for where, file in reached if where == room}))
        for room, folder in folders.items()
    }
    names = {other.name for other in spec(assignment).tasks} - {task}
    code = [
        cell.source.encode()
        for cell in read_source(root / "labs" / assignment / f"{slug}.py").cells
        if cell.cell_type == "code" and header_of(cell).key not in names
    ]
    return found | {"world": _digest(_files(place(WORLD))), "notebook": _digest(enumerate(code))}


def _of_task(folder: Path, task: str, reached: set[str]) -> Iterator[tuple[str, bytes]]:
    """What a task needs of a room: files that its own reach by imports, and stored data."""
    for name, content in _files(folder):
        if name == PRACTICE:
            yield name, json.dumps(json.loads(content).get(task)).encode()
        elif not name.endswith(".py") or name in reached:
            yield name, content


def _reached(folders: dict[str, Path], slug: str, task: str) -> set[tuple[str, str]]:
    """Rooms and names of the files that a task's files import, by themselves or through others."""
    todo, reached = [(room, f"{task}.py") for room in folders], set[tuple[str, str]]()
    while todo:
        room, file = todo.pop()
        path = folders[room] / file
        if (room, file) in reached or not path.exists():
            continue
        reached.add((room, file))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            todo += [(to, f"{name}.py") for to, name in _imported(node, room, slug)]
    return reached


def _imported(node: ast.AST, room: str, slug: str) -> Iterator[tuple[str, str]]:
    """Rooms and names of what an import takes out of them, files or what stands in files."""
    if isinstance(node, ast.Import):
        dotted = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        dotted = [f"{node.module or ''}.{alias.name}".lstrip(".") for alias in node.names]
        if node.level:
            yield from ((room, name.partition(".")[0]) for name in dotted)
            return
    else:
        return
    for other, package in PACKAGES.items():
        inside = package.format(slug=slug) + "."
        for name in dotted:
            if name.startswith(inside):
                yield other, name.removeprefix(inside).partition(".")[0]


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
