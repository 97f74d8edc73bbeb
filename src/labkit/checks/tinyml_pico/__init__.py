"""Lab 11: its tasks and the quiz of its lesson."""

from __future__ import annotations

from labkit.checks.tinyml_pico.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=11,
    slug="tinyml_pico",
    edition=1,
    tasks=TaskFiles(
        __name__, "windows", "layer", "network", "budget", "kernel", "deploy", "battery"
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
