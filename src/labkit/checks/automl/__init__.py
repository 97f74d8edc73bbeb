"""Checks of module 13: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.automl.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=13,
    slug="automl",
    edition=1,
    tasks=TaskFiles(
        __name__, "folds", "features", "suggest", "next_runs", "weights", "pick", "score"
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
