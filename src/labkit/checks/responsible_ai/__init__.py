"""Checks of module 02: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.responsible_ai.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=2,
    slug="responsible_ai",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "rate_gaps",
        "largest_gap",
        "diagnose",
        "accept",
        "blind_policy",
        "anonymise",
        "release",
        "false_claims",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
