"""Draw a lab's practice instances from its exams: parameters and reference figures, no code.

They stand in `labkit/checks/<slug>/practice.json` and are part of the wheel. Drawn once and
committed: other seeds than any exam's, and the last digits may differ from machine to machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from labkit.exercise.drawing import Draw, plain
from labkit.exercise.instances import exam_of
from labkit.exercise.task import LabSpec
from labkit.files import write_atomically
from labkit.learner.variants import PRACTICE_KEY, seed

VARIANTS = 8
"""Enough that neighbours rarely share all numbers; eight take 115 kB for the largest lab."""


def render_practice(draws: Mapping[str, Draw], assignment: str) -> bytes:
    """Draw every task's variants, as the bytes of the file; `draws` has an exam a task."""
    variants = {
        task: [
            plain(draw, seed(PRACTICE_KEY, f"variant {number}", assignment, task))
            for number in range(VARIANTS)
        ]
        for task, draw in draws.items()
    }
    return (json.dumps(variants, separators=(",", ":")) + "\n").encode()


def write_practice(root: Path, spec: LabSpec) -> Path:
    """Draw the practice instances of a lab anew; return the file's path."""
    path = root / "src" / "labkit" / "checks" / spec.slug / "practice.json"
    grader = root / "grader"
    draws = {task.name: exam_of(grader, spec.slug, task.name) for task in spec.tasks}
    write_atomically(path, render_practice(draws, spec.assignment))
    return path
