"""Checks of module 06: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.intelligent_agents.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=6,
    slug="intelligent_agents",
    edition=1,
    tasks=TaskFiles(
        __name__, "triage", "handle", "pay_all", "gate", "agent", "monday_report", "first_breach"
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
