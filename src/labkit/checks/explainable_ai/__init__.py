"""Checks of module 03: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.explainable_ai.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=3,
    slug="explainable_ai",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "shapley",
        "local_slopes",
        "leaks",
        "repair",
        "ignores_model",
        "counterfactual",
        "hides_discrimination",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
