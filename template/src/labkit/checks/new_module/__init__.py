"""Checks of module 00: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.new_module.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=0,
    slug="new_module",
    edition=1,
    tasks=TaskFiles(__name__, "fill_rate"),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
