"""Lab 08: its tasks and the quiz of its lesson."""

from __future__ import annotations

from labkit.checks.rl_supply_chain import (
    backprop,
    capped_base_stock,
    dispatch,
    multi_echelon,
    newsvendor,
    ppo,
    simulate,
)
from labkit.checks.rl_supply_chain.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=8,
    slug="rl_supply_chain",
    edition=1,
    tasks=(
        simulate.TASK,
        newsvendor.TASK,
        multi_echelon.TASK,
        capped_base_stock.TASK,
        backprop.TASK,
        ppo.TASK,
        dispatch.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
