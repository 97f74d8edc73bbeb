"""Checks of module 13: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.automl import features, folds, next_runs, pick, score, suggest, weights
from labkit.checks.automl.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=13,
    slug="automl",
    edition=1,
    tasks=(
        folds.TASK,
        features.TASK,
        suggest.TASK,
        next_runs.TASK,
        weights.TASK,
        pick.TASK,
        score.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
