"""Lab 11: its tasks and the quiz of its lesson."""

from __future__ import annotations

from labkit.checks.tinyml_pico import battery, budget, deploy, kernel, layer, network, windows
from labkit.checks.tinyml_pico.quiz import QUESTIONS
from labkit.exercise.lab import opener
from labkit.exercise.task import LabSpec

SPEC = LabSpec(
    number=11,
    slug="tinyml_pico",
    edition=1,
    tasks=(
        windows.TASK,
        layer.TASK,
        network.TASK,
        budget.TASK,
        kernel.TASK,
        deploy.TASK,
        battery.TASK,
    ),
    questions=QUESTIONS,
)

open_lab = opener(SPEC)
