"""Checks of module 10: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.mlops import (
    alarm,
    canary,
    contract,
    known_then,
    promote,
    respond,
    version,
)
from labkit.checks.mlops.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=10,
    slug="mlops",
    edition=1,
    tasks=(
        contract.TASK,
        known_then.TASK,
        version.TASK,
        respond.TASK,
        alarm.TASK,
        promote.TASK,
        canary.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
