"""Checks of module 01: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.generative_ai import (
    adapt,
    allowed,
    contaminated,
    decode,
    distil,
    pick_prompt,
    quantise,
    sample,
)
from labkit.checks.generative_ai.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=1,
    slug="generative_ai",
    edition=1,
    tasks=(
        allowed.TASK,
        pick_prompt.TASK,
        adapt.TASK,
        decode.TASK,
        quantise.TASK,
        distil.TASK,
        sample.TASK,
        contaminated.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
