"""Checks of module 05: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.personalization.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=5,
    slug="personalization",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "intent",
        "evaluate",
        "upper",
        "serve",
        "plan",
        "release",
        "broken_promises",
        "decide",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
