"""Lab 08: its tasks and the quiz of its lesson."""

from __future__ import annotations

from labkit.checks.rl_supply_chain.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec, TaskFiles

SPEC = LabSpec(
    number=8,
    slug="rl_supply_chain",
    edition=1,
    tasks=TaskFiles(
        __name__,
        "simulate",
        "newsvendor",
        "multi_echelon",
        "capped_base_stock",
        "backprop",
        "ppo",
        "dispatch",
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
