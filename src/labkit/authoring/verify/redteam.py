"""Answers of a red team: people who saw the released notebook alone, not the checks or your list.

A folder holds `task.py` with tables `RIGHT` and `WRONG` of named answers, for as many tasks as they
wrote. Every answer is judged in a child process, on exams that `verify` does not draw. What it
shows is for a person to read: a wrong answer may earn a part that the task's text states, and a
"wrong" one may be what the text allows.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from labkit.authoring.verify.lab import VerifyError, spec
from labkit.authoring.verify.trials import MOST_SCORE, RIGHT, WRONG, Bench, Group, shown_by

FIRST = 1_000
"""Number of the first learner whose exam is drawn: far from those that answers were mended on."""

SECONDS = 130.0
"""CPU-seconds of an answer; the longest that a task allows is 120."""


@dataclass(frozen=True)
class Verdict:
    """How an answer fared.

    Attributes:
        task: the task.
        kind: "right" or "wrong", as its author has it.
        name: its author's name for it.
        scores: what it earned on each exam.
        surprise: the outcome of the first exam that is not as its author has it; "" where none is.
    """

    task: str
    kind: str
    name: str
    scores: tuple[float, ...]
    surprise: str


def redteam(
    root: Path, assignment: str, folder: Path, seeds: int, tasks: Iterable[str] = ()
) -> Iterator[Verdict]:
    """Judge all answers of a folder, task by task in the lab's order.

    Args:
        root: the course's folder.
        assignment: the lab.
        folder: has a file a task.
        seeds: exams a task.
        tasks: only these; all where there are none.

    Raises:
        VerifyError: no file is named like a task, or one has neither table.
    """
    chosen = set(tasks)
    names = [task.name for task in spec(assignment).tasks]
    if unknown := chosen - set(names):
        raise VerifyError(f"{assignment} has no task {unknown.pop()!r}; it has {', '.join(names)}.")
    present = [
        name
        for name in names
        if (folder / f"{name}.py").is_file() and (not chosen or name in chosen)
    ]
    if not present:
        raise VerifyError(
            f"{folder} has no answers to {assignment}: name a file like a task, "
            f"{', '.join(f'{name}.py' for name in names[:3])}, …"
        )
    for name in present:
        yield from _of_task(root, assignment, name, _tables(folder / f"{name}.py"), seeds)


def _tables(path: Path) -> list[tuple[str, str, Any]]:
    """Kind, name and answer of each entry of a file, which may import what stands beside it."""
    sys.path.insert(0, str(path.parent))
    try:
        made = importlib.util.spec_from_file_location(f"redteam_{path.stem}", path)
        assert made is not None and made.loader is not None
        module: ModuleType = importlib.util.module_from_spec(made)
        sys.modules[made.name] = module
        made.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    entries = [
        (kind, name, answer)
        for kind, table in ((RIGHT, "RIGHT"), (WRONG, "WRONG"))
        for name, answer in getattr(module, table, {}).items()
    ]
    if not entries:
        raise VerifyError(f"{path} has no table RIGHT and no table WRONG.")
    return entries


def _of_task(
    root: Path, assignment: str, task: str, entries: list[tuple[str, str, Any]], seeds: int
) -> Iterator[Verdict]:
    numbers = tuple(range(FIRST, FIRST + seeds))
    bench = Bench(Group(root, assignment, task, "redteam", numbers), SECONDS)
    steps = [lambda answer=answer: answer for _, _, answer in entries]
    exams = [list(bench.judge_strangers(steps, bench.exam(number))) for number in numbers]
    for (kind, name, _), outcomes in zip(entries, zip(*exams, strict=True), strict=True):
        odd = [
            one for one in outcomes if (one.score < 1 if kind == RIGHT else one.score > MOST_SCORE)
        ]
        scores = tuple(one.score for one in outcomes)
        yield Verdict(task, kind, name, scores, shown_by(odd[0]) if odd else "")


def tally(verdicts: list[Verdict]) -> str:
    """Say of one task's verdicts how many are not as their authors have it."""
    right = [one for one in verdicts if one.kind == RIGHT]
    wrong = [one for one in verdicts if one.kind == WRONG]
    refused = sum(bool(one.surprise) for one in right)
    above = sum(bool(one.surprise) for one in wrong)
    full = sum(min(one.scores) == 1.0 for one in wrong)
    return (
        f"{len(right)} right, {refused} refused; {len(wrong)} wrong, {above} above a quarter, "
        f"{full} of them full on every exam"
    )
