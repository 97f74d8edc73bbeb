"""Checks of module 14: its tasks in the order of the notebook, and the lesson's quiz."""

from __future__ import annotations

from labkit.checks.career_capstone import accepted, alarm, fair_offer, offer, plan, run, stock
from labkit.checks.career_capstone.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=14,
    slug="career_capstone",
    edition=1,
    tasks=(
        accepted.TASK,
        plan.TASK,
        offer.TASK,
        stock.TASK,
        fair_offer.TASK,
        alarm.TASK,
        run.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
