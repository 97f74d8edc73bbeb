"""Checks of module 05: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.personalization import (
    broken_promises,
    decide,
    evaluate,
    intent,
    plan,
    release,
    serve,
    upper,
)
from labkit.checks.personalization.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=5,
    slug="personalization",
    edition=1,
    tasks=(
        intent.TASK,
        evaluate.TASK,
        upper.TASK,
        serve.TASK,
        plan.TASK,
        release.TASK,
        broken_promises.TASK,
        decide.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
