"""Checks of module 07: its tasks, a file each, and the quiz of the lesson."""

from __future__ import annotations

from labkit.checks.neuro_symbolic_diagnosis.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=7,
    slug="neuro_symbolic_diagnosis",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "posterior",
        "measure",
        "label_efficiency",
        "explain",
        "shortcut",
        "adapt",
        "sparql",
        "abstain",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
