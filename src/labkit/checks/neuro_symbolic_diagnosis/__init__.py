"""Checks of module 07: its tasks, a file each, and the quiz of the lesson."""

from __future__ import annotations

from labkit.checks.neuro_symbolic_diagnosis import (
    abstain,
    adapt,
    explain,
    label_efficiency,
    measure,
    posterior,
    shortcut,
    sparql,
)
from labkit.checks.neuro_symbolic_diagnosis.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=7,
    slug="neuro_symbolic_diagnosis",
    edition=1,
    tasks=(
        posterior.TASK,
        measure.TASK,
        label_efficiency.TASK,
        explain.TASK,
        shortcut.TASK,
        adapt.TASK,
        sparql.TASK,
        abstain.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
