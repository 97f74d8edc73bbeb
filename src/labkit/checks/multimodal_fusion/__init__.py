"""Checks of module 04: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.multimodal_fusion import (
    choose_pack,
    emap,
    fuse,
    gain,
    match,
    predict_any,
    style_effect,
)
from labkit.checks.multimodal_fusion.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=4,
    slug="multimodal_fusion",
    edition=1,
    tasks=(
        match.TASK,
        fuse.TASK,
        emap.TASK,
        gain.TASK,
        predict_any.TASK,
        style_effect.TASK,
        choose_pack.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
