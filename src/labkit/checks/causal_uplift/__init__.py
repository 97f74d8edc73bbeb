"""Checks of module 09, one file a task; `redraw` draws again the data that an instance names."""

from __future__ import annotations

from labkit.checks.causal_uplift.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=9,
    slug="causal_uplift",
    edition=1,
    tasks=TaskFiles(
        __name__, "adjustment", "aipw", "lalonde", "qini", "cate", "targeting", "triage", "budget"
    ),
    questions=QUESTIONS,
)
open_lab = opener(SPEC)
