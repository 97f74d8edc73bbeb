"""Checks of module 03: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.explainable_ai import (
    counterfactual,
    hides_discrimination,
    ignores_model,
    leaks,
    local_slopes,
    repair,
    shapley,
)
from labkit.checks.explainable_ai.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=3,
    slug="explainable_ai",
    edition=1,
    tasks=(
        shapley.TASK,
        local_slopes.TASK,
        leaks.TASK,
        repair.TASK,
        ignores_model.TASK,
        counterfactual.TASK,
        hides_discrimination.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
