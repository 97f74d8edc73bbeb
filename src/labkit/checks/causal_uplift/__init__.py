"""Checks of module 09, one file a task; `redraw` draws again the data that an instance names."""

from __future__ import annotations

from labkit.checks.causal_uplift import (
    adjustment,
    aipw,
    budget,
    cate,
    lalonde,
    qini,
    targeting,
    triage,
)
from labkit.checks.causal_uplift.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=9,
    slug="causal_uplift",
    edition=1,
    tasks=(
        adjustment.TASK,
        aipw.TASK,
        lalonde.TASK,
        qini.TASK,
        cate.TASK,
        targeting.TASK,
        triage.TASK,
        budget.TASK,
    ),
    questions=QUESTIONS,
)
open_lab = opener(SPEC)
