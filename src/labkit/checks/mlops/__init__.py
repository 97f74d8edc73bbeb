"""Checks of module 10: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.mlops.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=10,
    slug="mlops",
    edition=1,
    tasks=TaskFiles(
        __name__, "contract", "known_then", "version", "respond", "alarm", "promote", "canary"
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
