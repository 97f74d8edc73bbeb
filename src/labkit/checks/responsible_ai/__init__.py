"""Checks of module 02: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.responsible_ai import (
    accept,
    anonymise,
    blind_policy,
    diagnose,
    false_claims,
    largest_gap,
    rate_gaps,
    release,
)
from labkit.checks.responsible_ai.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=2,
    slug="responsible_ai",
    edition=1,
    tasks=(
        rate_gaps.TASK,
        largest_gap.TASK,
        diagnose.TASK,
        accept.TASK,
        blind_policy.TASK,
        anonymise.TASK,
        release.TASK,
        false_claims.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
