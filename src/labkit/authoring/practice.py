"""Draw a lab's practice instances from its exams: parameters and reference figures, no code.

They stand in `labkit/checks/<slug>/practice.json` and are part of the wheel. Drawn once and
committed: other seeds than any exam's, and the last digits may differ from machine to machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from labkit.exercise.instances import exams
from labkit.exercise.task import Instance
from labkit.files import write_atomically
from labkit.learner.variants import PRACTICE_KEY, seed

VARIANTS = 8
"""Enough that neighbours rarely share all numbers; eight take 115 kB for the largest lab."""


class Exams(Protocol):
    """What every package in `grader/exams` offers."""

    TASKS: tuple[str, ...]

    def draw(self, task: str, seed: int) -> Instance:
        """Draw the instance of a task that belongs to a seed."""


def render_practice(drawn_by: Exams, assignment: str) -> bytes:
    """Draw every task's variants, as the bytes of the file."""
    variants = {
        task: [
            drawn_by.draw(task, seed(PRACTICE_KEY, f"variant {number}", assignment, task))
            for number in range(VARIANTS)
        ]
        for task in drawn_by.TASKS
    }
    return (json.dumps(variants, separators=(",", ":")) + "\n").encode()


def write_practice(root: Path, assignment: str) -> Path:
    """Draw the practice instances of a lab anew; return the file's path."""
    slug = assignment.partition("_")[2]
    path = root / "src" / "labkit" / "checks" / slug / "practice.json"
    write_atomically(path, render_practice(exams(root / "grader", slug), assignment))
    return path
