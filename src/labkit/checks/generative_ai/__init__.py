"""Checks of module 01: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.generative_ai.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=1,
    slug="generative_ai",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "allowed",
        "pick_prompt",
        "adapt",
        "decode",
        "quantise",
        "distil",
        "sample",
        "contaminated",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
