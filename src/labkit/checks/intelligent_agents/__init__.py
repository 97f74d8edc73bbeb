"""Checks of module 06: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.intelligent_agents import (
    agent,
    first_breach,
    gate,
    handle,
    monday_report,
    pay_all,
    triage,
)
from labkit.checks.intelligent_agents.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=6,
    slug="intelligent_agents",
    edition=1,
    tasks=(
        triage.TASK,
        handle.TASK,
        pay_all.TASK,
        gate.TASK,
        agent.TASK,
        monday_report.TASK,
        first_breach.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
