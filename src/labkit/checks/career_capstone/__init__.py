"""Checks of module 14: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.career_capstone.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=14,
    slug="career_capstone",
    edition=1,
    tasks=TaskFiles(__name__, "accepted", "plan", "offer", "stock", "fair_offer", "alarm", "run"),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
