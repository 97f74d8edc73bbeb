"""Checks of module 04: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.multimodal_fusion.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=4,
    slug="multimodal_fusion",
    edition=1,
    tasks=TaskFiles(
        __name__, "match", "fuse", "emap", "gain", "predict_any", "style_effect", "choose_pack"
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
